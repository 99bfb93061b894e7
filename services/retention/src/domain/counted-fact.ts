import type { Diagnosis, OnrecordEvent } from '@onrecord/shared/events';
import { isFinal } from '@onrecord/shared/events/call-statuses';
import { NOTICE } from './consent.ts';

/** What is counted of a fact, in values that are few whatever Twilio sends. */
export type CountedFact =
  | { kind: 'leg-ended'; status: string; direction: string; cause: string | undefined }
  | { kind: 'alert'; level: string; cause: string }
  | { kind: 'consent'; outcome: string };

const DIRECTIONS: ReadonlySet<string> = new Set([
  'inbound',
  'outbound-api',
  'outbound-dial',
  'trunking-originating',
  'trunking-terminating',
]);

/** Of Twilio's alerts. */
const LEVELS: ReadonlySet<string> = new Set(['error', 'warning', 'notice', 'debug']);

/** `undefined` for what is not counted, such as a leg that still rings. */
export function countedFact(event: OnrecordEvent): CountedFact | undefined {
  switch (event.type) {
    case 'onrecord.call.status-changed.v1': {
      const { status, direction, diagnosis } = event.data;
      if (!isFinal(status)) return undefined;
      const cause = diagnosis && causeOf(diagnosis);
      return { kind: 'leg-ended', status, direction: oneOf(DIRECTIONS, direction), cause };
    }
    case 'onrecord.alert.raised.v1': {
      const { level, diagnosis } = event.data;
      return { kind: 'alert', level: oneOf(LEVELS, level), cause: causeOf(diagnosis) };
    }
    case 'onrecord.consent.recorded.v1':
      // Who was only told gave no answer.
      return { kind: 'consent', outcome: isNotice(event.data) ? 'told' : event.data.outcome };
    default:
      return undefined;
  }
}

const isNotice = ({ outcome, method }: { outcome: string; method: string }) =>
  outcome === 'granted' && method === NOTICE;

const oneOf = (known: ReadonlySet<string>, value: string | undefined) =>
  value !== undefined && known.has(value) ? value : 'other';

/** A key of the catalogue, which has no more than it has entries; a code that it does not know counts by its kind, as `twilio:unknown`. */
const causeOf = (diagnosis: Diagnosis | undefined): string => {
  if (diagnosis === undefined) return 'none';
  return diagnosis.isKnown ? diagnosis.key : `${diagnosis.key.replace(/:.*/s, '')}:unknown`;
};
