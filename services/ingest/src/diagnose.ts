import { classify } from '@onrecord/shared/diagnosis/classify';
import { alertRaised, callStatusChanged, createEvent, type DataOf, type Diagnosis } from '@onrecord/shared/events';
import type { AlertData } from './domain/read-alert.ts';

type CallStatus = DataOf<typeof callStatusChanged>;

/** A call leg's status as an event, with its diagnosis; of the same id however it came to be known. */
export const callEvent = (call: CallStatus, traceparent: string) =>
  createEvent(callStatusChanged, { ...call, diagnosis: diagnoseCall(call) }, { time: call.occurredAt, traceparent });

/** An alert as an event, likewise. */
export const alertEvent = (alert: AlertData, traceparent: string) =>
  createEvent(alertRaised, { ...alert, diagnosis: diagnoseAlert(alert) }, { time: alert.raisedAt, traceparent });

/** Why a leg ended as it did; undefined where it was answered, or still goes on. */
const diagnoseCall = (call: CallStatus): Diagnosis | undefined =>
  classify({
    callStatus: call.status,
    sipResponseCode: call.sipResponseCode,
    errorCodes: codesIn(call.parameters.ErrorCode),
    dialCallStatus: call.parameters.DialCallStatus,
    isTrunk: call.direction?.startsWith('trunking-'),
  });

/** What an alert is about. */
const diagnoseAlert = ({ errorCode, sipResponseCode, text, details = {} }: AlertData): Diagnosis | undefined =>
  classify({
    errorCodes: [errorCode],
    sipResponseCode,
    texts: [...(text === undefined ? [] : [text]), ...Object.values(details)],
  });

/** Call status callbacks have no documented ErrorCode, and some are said to carry one; 0 is none. */
const codesIn = (text: string | undefined) => (text !== undefined && /^[1-9]\d{3,5}$/.test(text) ? [text] : []);
