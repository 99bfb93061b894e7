import type { HandlerContext } from '@onrecord/shared/event-log/consumer';
import { StageError } from '@onrecord/shared/event-log/failure-policy';
import { droppedRedaction } from '@onrecord/shared/transcription/dropped-redaction';
import type { Archive } from './archive-recording.ts';
import { atStage } from './at-stage.ts';
import type { Clearance } from './clearance.ts';
import { LeftAloneError } from './dependencies/dependency.ts';
import { STAGES } from './domain/stages.ts';
import { type FallbackLimits, isWorthAnother } from './is-worth-another.ts';
import { answerTo, findAnswer, findInsteadOf } from './provider-answer.ts';
import type { ProviderLeg } from './relay/provider-leg.ts';
import { readRequests } from './spending/sent-requests.ts';
import { type TranscribeDependencies, type Transcription, transcribeRecording } from './transcribe-recording.ts';

/** Another provider, with what bounds it. */
export interface Fallback extends Pick<TranscribeDependencies, 'provider' | 'providerGate' | 'slots'>, FallbackLimits {
  onTaken(provider: string, insteadOf: string): void;
}

export interface WithFallback extends TranscribeDependencies {
  fallback: Fallback | undefined;
}

type Asked = Clearance['transcription'];
type Given = Pick<HandlerContext, 'attempt' | 'logger' | 'signal'> & { leg: ProviderLeg | undefined };

/**
 * Transcribes by the first provider, or, where the policy names another one and the first cannot, by that. What the other one answered
 * before is used again, and the first is not asked then: nobody is paid for what was paid for.
 * @throws StageError
 */
export async function transcribeWithFallback(
  clearance: Clearance,
  archive: Archive,
  dependencies: WithFallback,
  given: Given,
): Promise<Transcription> {
  const wanted = clearance.transcription.fallback;
  const { fallback } = dependencies;
  if (wanted === undefined) return transcribeRecording(clearance, archive, dependencies, given);
  const unusable = whyUnusable(clearance.transcription, wanted, fallback);
  if (fallback === undefined || unusable !== undefined) {
    return transcribeRecording(clearance, archive, dependencies, given).catch((error: unknown) => {
      throw unusable !== undefined && isFallbackMissed(error, given.attempt) ? missed(error, unusable) : error;
    });
  }
  const other = { ...clearance, transcription: wanted.options };
  const byOther = { ...dependencies, ...fallback };
  // A recording that was just relayed was never transcribed.
  const earlier = given.leg ? undefined : await findEarlier(other, archive, byOther, given.signal);
  const sentToFirst = () => findSent(clearance, archive, dependencies, given.signal);
  if (earlier) {
    const besides = await sentToFirst();
    return transcribeRecording(other, archive, byOther, { signal: given.signal, ...earlier, besides });
  }
  // The other one may have been asked in vain before, and may charge for that.
  const sentToOther = given.leg ? [] : await findSent(other, archive, byOther, given.signal);
  try {
    return await transcribeRecording(clearance, archive, dependencies, { ...given, besides: sentToOther });
  } catch (error) {
    const failed = { attempt: given.attempt, isLeftAlone: error instanceof LeftAloneError };
    if (!isWorthAnother(error, failed, fallback)) throw error;
    const insteadOf = { provider: dependencies.provider.name, reason: error.message };
    given.logger.warn({ provider: wanted.provider, reason: error.message }, 'another provider is asked by the policy');
    fallback.onTaken(wanted.provider, insteadOf.provider);
    const besides = await sentToFirst();
    return transcribeRecording(other, archive, byOther, { signal: given.signal, insteadOf, besides }).catch(
      (second: unknown) => {
        throw bothFailed(error, second);
      },
    );
  }
}

/** What the other provider answered in an earlier attempt that did not get to its end. */
const findEarlier = (clearance: Clearance, archive: Archive, by: TranscribeDependencies, signal: AbortSignal) =>
  atStage(STAGES.transcriptStore, async () => {
    const asked = answerTo(clearance, archive, by.provider);
    if (!(await findAnswer(by.store, asked, signal))) return undefined;
    return { insteadOf: await findInsteadOf(by.store, asked, signal) };
  });

/** What was sent to a provider, whatever became of it. */
const findSent = (clearance: Clearance, archive: Archive, by: TranscribeDependencies, signal: AbortSignal) =>
  atStage(STAGES.transcriptStore, () => readRequests(by.store, answerTo(clearance, archive, by.provider), signal));

/** Asked again, the one that may succeed decides; its wait is the one that counts. */
function bothFailed(first: StageError, second: unknown): unknown {
  if (!(second instanceof StageError)) return second;
  const decisive = second.kind === 'permanent' ? first : second;
  const { kind, retryAfterMs, trouble } = decisive;
  const message = `${first.message}; and the fallback: ${second.message}`;
  return new StageError(second.stage, message, { kind, retryAfterMs, trouble, cause: second });
}

const isFallbackMissed = (error: unknown, attempt: number): error is StageError =>
  isWorthAnother(error, { attempt, isLeftAlone: true }, { attempts: 1, waitMsMax: Number.POSITIVE_INFINITY });

/** Masking is never dropped in silence: retention refuses such a policy, but another version of it may not have. */
function whyUnusable(first: Asked, wanted: NonNullable<Asked['fallback']>, fallback: Fallback | undefined) {
  const named = `the policy's fallback, ${wanted.provider},`;
  if (fallback?.provider.name !== wanted.provider) {
    return `${named} is not set up here: set TRANSCRIPTION_FALLBACK_PROVIDER`;
  }
  const dropped = droppedRedaction(first, wanted.options);
  if (dropped.length === 0) return undefined;
  return `${named} is not asked since it would not redact ${dropped.join(', ')}: give TRANSCRIPTION_FALLBACK_OPTIONS of retention the same redact`;
}

const missed = ({ kind, message, retryAfterMs, stage, trouble }: StageError, why: string) =>
  new StageError(stage, `${message}; ${why}`, { kind, retryAfterMs, trouble });
