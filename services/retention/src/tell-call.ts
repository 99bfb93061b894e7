import { findEntry } from '@onrecord/shared/diagnosis/catalogue';
import { isFinal } from '@onrecord/shared/events/call-statuses';
import type { Call } from './domain/call.ts';
import type { ExplainedAlert, Explanation } from './explain-call.ts';

/** An explanation in plain words, a sentence each: what happened, why, whether to try again, what to mend, and by which evidence. */
export function tellCall(callSid: string, { diagnosis, causedBy, legs, alerts }: Explanation): string[] {
  const happened = legs.length === 0 ? [`No status of ${callSid} was reported.`] : legs.map(tellLeg);
  const raised = alerts.map(tellAlert);
  if (diagnosis === undefined) return [...happened, ...raised, nothingWrong(legs)];
  const where = causedBy === undefined || causedBy === callSid ? '' : ` It is about ${causedBy}.`;
  const why = diagnosis.isKnown ? `Most likely cause: ${diagnosis.cause}` : `The cause is unknown. ${diagnosis.cause}`;
  const disputed = diagnosis.evidence.flatMap((key) => findEntry(key)?.disputed ?? []);
  return [
    ...happened,
    ...raised,
    `${why}${where}`,
    `${RETRY[diagnosis.retry.helps]} ${diagnosis.retry.when}`,
    `What to do: ${diagnosis.fix}`,
    ...disputed.map(({ claim, correction }) => `You may read: “${claim}” That is wrong. ${correction}`),
  ];
}

const RETRY = {
  no: 'Trying again does not help.',
  'after-fix': 'Trying again helps only after a repair.',
  once: 'Trying again may help once.',
  later: 'Trying again later can help.',
  'not-needed': 'Trying again is not needed.',
  unknown: 'Whether trying again helps is unknown.',
} as const;

function tellLeg({ callSid, parentCallSid, status, durationSeconds, sipResponseCode }: Call): string {
  const who = parentCallSid === undefined ? callSid : `${callSid}, dialled by ${parentCallSid},`;
  const how = isFinal(status) ? `ended as ${status}` : `is ${status}`;
  const length = status === 'completed' && durationSeconds !== undefined ? ` after ${durationSeconds} s` : '';
  const name = findEntry(`sip:${sipResponseCode}`)?.name;
  const sip =
    sipResponseCode === undefined ? '' : `, with SIP ${sipResponseCode}${name === undefined ? '' : ` (${name})`}`;
  return `${who} ${how}${length}${sip}.`;
}

function tellAlert({ alertSid, callSid, level, errorCode, text, raisedAt }: ExplainedAlert): string {
  const name = findEntry(`twilio:${errorCode}`)?.name;
  const what = `${errorCode}${name === undefined ? ', which is unknown here' : ` (${name})`}`;
  const said = text === undefined ? '' : `: ${text}`;
  return `Twilio raised the ${level} ${what} about ${callSid} at ${raisedAt.toISOString()}${said}. [${alertSid}]`;
}

const nothingWrong = (legs: readonly Call[]) =>
  legs.every(({ status }) => isFinal(status))
    ? 'Nothing went wrong that Twilio reported.'
    : 'Nothing went wrong so far that Twilio reported.';
