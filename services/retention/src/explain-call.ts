import { classify } from '@onrecord/shared/diagnosis/classify';
import type { Diagnosis } from '@onrecord/shared/events';
import { isUnhappy } from '@onrecord/shared/events/call-statuses';
import type { Alert } from './domain/alert.ts';
import type { Call } from './domain/call.ts';

/** What is known of how a call went. */
export interface CallEvidence {
  /** The leg that was asked for. */
  callSid: string;
  /** All legs of the call, the parent first. */
  legs: readonly (Call & { codes: readonly string[] })[];
  alerts: readonly Alert[];
}

type Leg = CallEvidence['legs'][number];
type ExplainedLeg = Leg & { diagnosis: Diagnosis | undefined };
export type ExplainedAlert = Alert & { diagnosis: Diagnosis | undefined };

export interface Explanation {
  /** The one cause that explains the call best; undefined where nothing went wrong. */
  diagnosis: Diagnosis | undefined;
  /** The leg that it is of. */
  causedBy: string | undefined;
  legs: ExplainedLeg[];
  alerts: ExplainedAlert[];
}

/**
 * Why a call went as it did: the asked leg's own end, else that of a leg that it dialled where none of those was answered, else what
 * alerts say about it. Pure; the catalogue of today is asked, whatever was said when the call came in.
 */
export function explainCall({ callSid, legs, alerts }: CallEvidence): Explanation {
  const explained = legs.map((leg) => ({ ...leg, diagnosis: explainLeg(leg, legs, alerts) }));
  const asked = explained.find((leg) => leg.callSid === callSid);
  const dialled = explained.filter(({ parentCallSid }) => parentCallSid === callSid);
  const isConnected = dialled.some(({ status }) => !isUnhappy(status));
  const causes = [
    ...(asked !== undefined && isUnhappy(asked.status) ? [asked] : []),
    ...(isConnected ? [] : dialled.filter(({ status }) => isUnhappy(status)).toReversed()),
    ...(asked === undefined ? [] : [asked]),
    ...explained,
  ].filter(({ diagnosis, ...leg }) => diagnosis !== undefined && !(isConnected && isLoser(leg, callSid)));
  const cause = causes[0];
  const orphan = legs.length === 0 ? explainAlerts(alerts) : undefined;
  return {
    diagnosis: cause?.diagnosis ?? orphan,
    causedBy: cause?.callSid ?? (orphan === undefined ? undefined : callSid),
    legs: explained,
    alerts: alerts.map((alert) => ({ ...alert, diagnosis: explainAlerts([alert]) })),
  };
}

/** Of several legs that were dialled, those that another one was faster than, or came after: no reason for anything. */
const isLoser = (leg: Call, callSid: string) => leg.parentCallSid === callSid && isUnhappy(leg.status);

function explainLeg(leg: Leg, legs: readonly Leg[], alerts: readonly Alert[]): Diagnosis | undefined {
  const siblings = legs.filter(({ parentCallSid }) => parentCallSid === leg.parentCallSid);
  // Twilio files what is wrong with a Dial under the leg whose TwiML dialled: it is about the only leg that was dialled from there.
  const isOnlyChild = leg.parentCallSid !== undefined && siblings.length === 1 && isUnhappy(leg.status);
  const about = alerts.filter(
    ({ callSid }) => callSid === leg.callSid || (isOnlyChild && callSid === leg.parentCallSid),
  );
  return classify({
    callStatus: leg.status,
    sipResponseCode: leg.sipResponseCode,
    errorCodes: [...leg.codes, ...about.map(({ errorCode }) => errorCode)],
    texts: textsOf(about),
    isTrunk: leg.direction?.startsWith('trunking-'),
  });
}

const explainAlerts = (alerts: readonly Alert[]) =>
  classify({
    errorCodes: alerts.map(({ errorCode }) => errorCode),
    texts: textsOf(alerts),
    sipResponseCode: alerts.find(({ sipResponseCode }) => sipResponseCode !== undefined)?.sipResponseCode,
  });

const textsOf = (alerts: readonly Alert[]) =>
  alerts.flatMap(({ text, details }) => [...(text === undefined ? [] : [text]), ...Object.values(details)]);
