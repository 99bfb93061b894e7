import { setTimeout as sleep } from 'node:timers/promises';
import { StageError } from '@onrecord/shared/event-log/failure-policy';
import { ObjectExistsError, type ObjectStore } from '@onrecord/shared/object-store/port';
import { type AskedNote, askedNote, askedNoteOf, callbackKeys } from '@onrecord/shared/transcription/callback-objects';
import type { CallbackSubject } from '@onrecord/shared/transcription/callback-token';
import { atStage } from '../at-stage.ts';
import { STAGES } from '../domain/stages.ts';
import { readHeld, toStoredJson } from '../stored-json.ts';
import { type ProviderAnswer, RefusedByProviderError } from '../transcription-provider.ts';
import { failureIn } from './deepgram-answer.ts';

interface Waiting {
  store: Pick<ObjectStore, 'put' | 'get' | 'head' | 'deleteAllVersions'>;
  /** How long an answer is waited for. */
  timeoutMs: number;
  now(): Date;
}

/** An answer that is called back: ingest puts it into the store, where every worker finds it, also after a restart. */
export interface AwaitedAnswer {
  readonly subject: CallbackSubject;
  /** Waits for what was asked for before; `undefined` where nothing was, or it is not to be expected any more. @throws StageError */
  earlier(signal: AbortSignal): Promise<ProviderAnswer | undefined>;
  /**
   * Notes that it is asked for, which has to be done before it is.
   * @returns false where a callback did not come in time, or told of a failure
   * @throws StageError when another worker asks at this moment
   */
  expect(signal: AbortSignal): Promise<boolean>;
  /** It was not asked for after all. */
  expectNoMore(): Promise<void>;
  /** Waits for it. @throws StageError `transcription-callback` when it did not come, or tells of a failure */
  come(signal: AbortSignal, requestId?: string): Promise<ProviderAnswer>;
}

/** Looked for soon, because most recordings are short, and then ever more rarely, because each look is a request to the store. */
const LOOK_FIRST_MS = 250;
const LOOK_GROWTH = 1.5;
const LOOK_MAX_MS = 5_000;

export function createAwaitedAnswer(subject: CallbackSubject, { now, store, timeoutMs }: Waiting): AwaitedAnswer {
  const keys = callbackKeys(subject);
  const inStore = <T>(step: () => Promise<T>) => atStage(STAGES.transcriptStore, step);
  const readNote = async (signal: AbortSignal): Promise<AskedNote | undefined> => {
    const held = await inStore(() => readHeld(store, keys.asked, signal));
    return held && askedNote.safeParse(JSON.parse(held.body.toString('utf8'))).data;
  };
  const read = async (signal: AbortSignal) => inStore(() => readHeld(store, keys.answer, signal));
  const isOver = (note: AskedNote) => now().getTime() >= Date.parse(note.answerBy);

  const wait = async (note: AskedNote, signal: AbortSignal, requestId?: string) => {
    const untilMs = performance.now() + Date.parse(note.answerBy) - now().getTime();
    for (let pauseMs = LOOK_FIRST_MS; ; pauseMs = Math.min(pauseMs * LOOK_GROWTH, LOOK_MAX_MS)) {
      const held = await read(signal);
      if (held) return held.body;
      // It was refused to another worker, or the recording is deleted.
      if (!(await inStore(() => store.head(keys.asked)))) throw missing('is not asked for any more');
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0) throw missing(neverCame(note, requestId));
      await sleep(Math.min(pauseMs, leftMs), undefined, { signal });
    }
  };

  return {
    subject,
    async earlier(signal) {
      const note = await readNote(signal);
      if (note === undefined) return undefined;
      // One that came late was paid for all the same.
      if (isOver(note) && !(await inStore(() => store.head(keys.answer)))) return undefined;
      const body = await wait(note, signal);
      return failureIn(body) === undefined ? { body, requestId: undefined } : undefined;
    },
    async expect(signal) {
      const askedAt = now();
      const note = askedNoteOf(subject, { askedAt, answerBy: new Date(askedAt.getTime() + timeoutMs) });
      const put = { contentType: 'application/json', createOnly: true, signal };
      try {
        await inStore(() => store.put(keys.asked, toStoredJson(note), put));
        return true;
      } catch (error) {
        if (!(error instanceof StageError && error.cause instanceof ObjectExistsError)) throw error;
      }
      const [earlier, answer] = [await readNote(signal), await read(signal)];
      const isLost = answer === undefined && earlier !== undefined && isOver(earlier);
      if (isLost || (answer && failureIn(answer.body) !== undefined)) return false;
      throw missing('was asked for by another worker a moment ago');
    },
    expectNoMore: async () => {
      await inStore(() => store.deleteAllVersions(keys.asked));
    },
    async come(signal, requestId) {
      const note = await readNote(signal);
      if (note === undefined) throw missing('is not asked for any more');
      const body = await wait(note, signal, requestId);
      const failure = failureIn(body);
      if (failure !== undefined) throw refused(failure);
      return { body, requestId };
    },
  };
}

/** Nothing is charged for what failed. */
const refused = (failure: string) =>
  new RefusedByProviderError(
    STAGES.transcriptionCallback,
    `what was called back is no answer (${failure}): it is asked for once more, without a callback`,
    { kind: 'transient' },
  );

const missing = (what: string) =>
  new StageError(STAGES.transcriptionCallback, `the answer that is to be called back ${what}`, { kind: 'transient' });

const neverCame = ({ askedAt, answerBy }: AskedNote, requestId: string | undefined) =>
  `never came: asked for at ${askedAt}${requestId === undefined ? '' : ` as request ${requestId}`}, and waited for until ${answerBy}. ` +
  'It may be charged for, and is asked for once more, without a callback. Check that the provider reaches /webhooks/transcription/ at PUBLIC_BASE_URL, and that ingest has the same TRANSCRIPTION_WEBHOOK_SECRET and store';
