import { StageError } from '@onrecord/shared/event-log/failure-policy';
import type { Resource } from '../domain/resource.ts';
import { judgePage } from './judge-page.ts';
import type { Find, Step, SurveyOptions } from './step.ts';

/** Calls that one look asks more about: some ten seconds of requests. The list of alerts tells of the others. */
const CALLS_MAX = 100;

/** "Invalid recordingStatusCallback URL": there is a recording, and no callback will tell of it. Source: Twilio's error catalogue. */
const RECORDED_UNTOLD = '13256';

interface Question {
  callSid: string;
  kind: 'alert' | 'recording';
}

/** What else is asked about a call because of what was found: its notifications, or its recordings. */
export interface FollowUp {
  /** To be asked before what was found is published, and so is known. */
  choose(finds: readonly Find[]): readonly Question[];
  /** @throws StageError for what may pass */
  ask(questions: readonly Question[]): AsyncGenerator<Step>;
}

export function createFollowUp(options: SurveyOptions): FollowUp {
  let left = CALLS_MAX;
  return {
    choose: (finds) => {
      const questions = finds.flatMap((find) => questionOf(find, options) ?? []).slice(0, left);
      left -= questions.length;
      return questions;
    },
    async *ask(questions) {
      for (const { callSid, kind } of questions) {
        try {
          for await (const page of pagesAbout({ callSid, kind }, options)) yield judgePage(kind, page, options).step;
        } catch (error) {
          if (!(error instanceof StageError) || error.kind !== 'permanent') throw error;
          yield { kind: 'call', finds: [], passedOver: [{ sid: callSid, reason: error.message }] };
        }
      }
    },
  };
}

function pagesAbout({ callSid, kind }: Question, { lists, signal }: SurveyOptions): AsyncIterable<readonly Resource[]> {
  return kind === 'alert'
    ? lists.notifications(callSid, signal)
    : lists.pages('recording', { CallSid: callSid }, signal);
}

/** A listed call never carries a code, so that a failed one is not explained by itself. */
function questionOf({ event }: Find, { isKnown }: SurveyOptions): Question | undefined {
  if (isKnown(event.id)) return undefined;
  if (event.type === 'onrecord.call.status-changed.v1' && event.data.status === 'failed') {
    return { callSid: event.data.callSid, kind: 'alert' };
  }
  if (event.type !== 'onrecord.alert.raised.v1' || event.data.errorCode !== RECORDED_UNTOLD) return undefined;
  return event.data.callSid === undefined ? undefined : { callSid: event.data.callSid, kind: 'recording' };
}
