import { StageError } from '@onrecord/shared/event-log/failure-policy';
import { instant } from '@onrecord/shared/events';
import { ObjectExistsError } from '@onrecord/shared/object-store/port';
import { z } from 'zod';
import { sentRequestKey } from '../domain/object-keys.ts';
import { STAGES } from '../domain/stages.ts';
import { type HeldObject, readHeld, toStoredJson, type WritableStore } from '../stored-json.ts';

const SENT_SCHEMA = 'onrecord.provider-sent.v1';

/** `provider-sent.….json`: written before a request goes out, so that a process that is killed meanwhile leaves word of it. */
const sentRequest = z.looseObject({
  schema: z.literal(SENT_SCHEMA),
  number: z.number().int().positive(),
  provider: z.string(),
  model: z.string().optional(),
  optionsFingerprint: z.string(),
  /** That it will be billed for. */
  seconds: z.number().nonnegative(),
  sentAt: instant,
  /** Why it is certainly not billed. Absent: it is, or nobody knows. */
  notBilled: z.string().optional(),
});
export type SentRequest = z.output<typeof sentRequest>;

export interface RequestPlace {
  prefix: string;
  optionsFingerprint: string;
}

/** A decision has twelve attempts: so many that may be billed come from people who replay something that cannot succeed. */
const REQUESTS_MAX = 1_000;
/**
 * A provider that is busy is asked for as long as it takes, which counts as no attempt: from this number on the note of a request that
 * was not billed is used again.
 */
const UNBILLED_KEPT = 50;

export interface RequestLimit {
  /** For one transcript, of those that may be charged for: what loses one answer after the other must not go on for ever. */
  chargeableMax: number;
  /** What was sent to the other provider of the policy. */
  besides: readonly SentRequest[];
}

function requireWorthAsking(earlier: readonly SentRequest[], { besides, chargeableMax }: RequestLimit): void {
  const sent = [...earlier, ...besides].filter(mayBeBilled).length;
  if (sent < chargeableMax) return;
  throw new StageError(
    STAGES.transcriptionBudget,
    `${sent} requests for this transcript may be charged for, and none of their answers could be used: find out why, raise TRANSCRIPTION_CHARGEABLE_MAX (${chargeableMax}), and replay`,
    { kind: 'permanent' },
  );
}

/**
 * Notes a request before it is sent. The numbers are taken create-only, so that two processes share none but of refused requests.
 * @returns all requests for this transcript so far, this one last
 * @throws StageError `transcript-store` when one of them cannot be read, `transcription-budget` when so many may be charged for that
 *   another one must be somebody's decision
 */
export async function noteRequest(
  store: WritableStore,
  place: RequestPlace,
  request: Pick<SentRequest, 'provider' | 'model' | 'seconds' | 'sentAt'>,
  limit: RequestLimit,
  signal: AbortSignal,
): Promise<SentRequest[]> {
  const earlier: SentRequest[] = [];
  const { optionsFingerprint } = place;
  while (earlier.length < REQUESTS_MAX) {
    requireWorthAsking(earlier, limit);
    const number = earlier.length + 1;
    const noted: SentRequest = { schema: SENT_SCHEMA, number, ...request, optionsFingerprint };
    try {
      await put(store, place, noted, { createOnly: true, signal });
      return [...earlier, noted];
    } catch (error) {
      if (!(error instanceof ObjectExistsError)) throw error;
    }
    const existing = await readRequest(store, place, number, signal);
    // It is being deleted, with all of its recording.
    if (!existing) throw unreadable(`request ${number} in ${place.prefix} was there and is gone`, 'transient');
    if (number >= UNBILLED_KEPT && !mayBeBilled(existing)) {
      await put(store, place, noted, { signal });
      return [...earlier, noted];
    }
    earlier.push(existing);
  }
  throw unreadable(`${place.prefix} was sent ${REQUESTS_MAX} times already`, 'permanent');
}

/** All requests for this transcript that were noted. */
export async function readRequests(
  store: WritableStore,
  place: RequestPlace,
  signal: AbortSignal,
): Promise<SentRequest[]> {
  const found: SentRequest[] = [];
  while (found.length < REQUESTS_MAX) {
    const next = await readRequest(store, place, found.length + 1, signal);
    if (!next) break;
    found.push(next);
  }
  return found;
}

/** Notes that a request is not billed after all. */
export async function noteNotBilled(
  store: WritableStore,
  place: RequestPlace,
  request: SentRequest,
  reason: string,
): Promise<void> {
  await put(store, place, { ...request, notBilled: reason }, {});
}

/** Requests that may be billed, as far as anybody knows. */
export const mayBeBilled = ({ notBilled }: SentRequest): boolean => notBilled === undefined;

/**
 * Seconds of requests that may be billed although their answers were lost.
 * @param requests one of which was answered
 * @param besides to another provider, none of which was
 */
export function uncertainSeconds(requests: readonly SentRequest[], besides: readonly SentRequest[]): number {
  const lost = [...requests.filter(mayBeBilled).slice(0, -1), ...besides.filter(mayBeBilled)];
  return Math.round(lost.reduce((sum, { seconds }) => sum + seconds, 0) * 1_000) / 1_000;
}

const put = (
  store: WritableStore,
  { optionsFingerprint, prefix }: RequestPlace,
  request: SentRequest,
  options: { createOnly?: boolean; signal?: AbortSignal },
) =>
  store.put(sentRequestKey(prefix, optionsFingerprint, request.number), toStoredJson(request), {
    contentType: 'application/json',
    ...options,
  });

async function readRequest(
  store: WritableStore,
  { optionsFingerprint, prefix }: RequestPlace,
  number: number,
  signal: AbortSignal,
): Promise<SentRequest | undefined> {
  const held = await readHeld(store, sentRequestKey(prefix, optionsFingerprint, number), signal);
  return held && parse(held);
}

function parse({ body, object }: HeldObject): SentRequest {
  try {
    return sentRequest.parse(JSON.parse(body.toString('utf8')));
  } catch (cause) {
    throw unreadable(`${object.key} is no note of a request that this version can read`, 'permanent', cause);
  }
}

const unreadable = (message: string, kind: 'transient' | 'permanent', cause?: unknown) =>
  new StageError(STAGES.transcriptStore, message, { kind, cause });
