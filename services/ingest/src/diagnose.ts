import { classify } from '@onrecord/shared/diagnosis/classify';
import type { callStatusChanged, DataOf, Diagnosis } from '@onrecord/shared/events';
import type { AlertData } from './domain/read-alert.ts';

/** Why a leg ended as it did; undefined where it was answered, or still goes on. */
export const diagnoseCall = (call: DataOf<typeof callStatusChanged>): Diagnosis | undefined =>
  classify({
    callStatus: call.status,
    sipResponseCode: call.sipResponseCode,
    errorCodes: codesIn(call.parameters.ErrorCode),
    dialCallStatus: call.parameters.DialCallStatus,
    isTrunk: call.direction?.startsWith('trunking-'),
  });

/** What an alert is about. */
export const diagnoseAlert = ({ errorCode, sipResponseCode, text, details = {} }: AlertData): Diagnosis | undefined =>
  classify({
    errorCodes: [errorCode],
    sipResponseCode,
    texts: [...(text === undefined ? [] : [text]), ...Object.values(details)],
  });

/** Call status callbacks have no documented ErrorCode, and some are said to carry one; 0 is none. */
const codesIn = (text: string | undefined) => (text !== undefined && /^[1-9]\d{3,5}$/.test(text) ? [text] : []);
