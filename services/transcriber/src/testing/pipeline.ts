import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createEvent,
  type DataOf,
  type OnrecordEvent,
  recordingCleared,
  recordingRefused,
  recordingWithheld,
} from '@onrecord/shared/events';
import { openObjectStore } from '@onrecord/shared/object-store/open';
import type { ObjectStore } from '@onrecord/shared/object-store/port';
import { recordingMediaUrl } from '@onrecord/shared/twilio/media-url';
import { type Logger, pino } from 'pino';
import { Registry } from 'prom-client';
import { onTestFinished } from 'vitest';
import { createDeepgram } from '../adapters/deepgram.ts';
import { createTwilioMedia, type TwilioMediaOptions } from '../adapters/twilio-media.ts';
import { createDependencies, type DependenciesOptions } from '../dependencies/dependencies.ts';
import { guardSource, watchProvider, watchStore } from '../dependencies/guarded.ts';
import type { MediaFormat } from '../domain/media-format.ts';
import { createTranscriberMetrics, type TranscriberMetrics } from '../metrics.ts';
import { createDecisionHandler, type Transcribing } from '../on-recording-cleared.ts';
import { createProviderLegs } from '../relay/provider-legs.ts';
import { createSlots } from '../relay/slots.ts';
import { openSender } from '../spending/open-sender.ts';
import type { Fallback } from '../transcribe-with-fallback.ts';
import type { TranscriptionProvider } from '../transcription-provider.ts';
import { twoChannelAnswer } from './deepgram-answer.ts';
import { bodyOf, serve } from './http-server.ts';
import { wav } from './wav.ts';

/** As by default. */
export const CHARGEABLE_MAX = 4;

export const accountSid = `AC${'1'.repeat(32)}`;
export const recordingSid = `RE${'2'.repeat(32)}`;
const callSid = `CA${'3'.repeat(32)}`;
export const folder = `${accountSid}/2026/11/21/${callSid}/${recordingSid}`;
export const recordingAudio = wav({ seconds: 2, channels: 2 });
const AT = new Date('2026-11-21T12:00:00.000Z');

export const sha256Of = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

export function cleared(overrides: Partial<DataOf<typeof recordingCleared>> = {}): OnrecordEvent {
  const data = {
    accountSid,
    recordingSid,
    callSid,
    decision: 1,
    policy: { name: 'built-in', version: 1 },
    rule: 'caller-granted',
    reason: 'the caller agreed',
    decidedAt: AT.toISOString(),
    supersedesClearance: false,
    purposes: ['store' as const, 'transcribe' as const],
    transcription: {},
    recording: { channels: 2, durationSeconds: 2, startedAt: '2026-11-21T11:00:00Z' },
    speakers: [
      { channel: 0, role: 'caller' },
      { channel: 1, role: 'agent' },
    ],
    ...overrides,
  };
  return createEvent(recordingCleared, data, { time: AT.toISOString() });
}

const unclearedData = {
  accountSid,
  recordingSid,
  callSid,
  decision: 1,
  policy: { name: 'built-in', version: 1 },
  rule: 'r',
  reason: 'r',
  decidedAt: AT.toISOString(),
  supersedesClearance: false,
};
export const refused = (): OnrecordEvent =>
  createEvent(recordingRefused, { ...unclearedData, deleteAfter: AT.toISOString() }, { time: AT.toISOString() });

export const withheld = (): OnrecordEvent =>
  createEvent(recordingWithheld, { ...unclearedData, releasedBy: ['a consent'] }, { time: AT.toISOString() });

/** A Deepgram of one test: counts what reached it whole, since that is what is paid for. */
export async function startDeepgram(
  answer: { status: number; body: string } = { status: 200, body: JSON.stringify(twoChannelAnswer) },
) {
  const paid: string[] = [];
  let bytes = 0;
  const { url } = await serve(async (request, response) => {
    request.on('data', (piece: Buffer) => {
      bytes += piece.length;
    });
    const body = await bodyOf(request).catch(() => undefined);
    if (!body) return;
    paid.push(sha256Of(body));
    response.writeHead(answer.status, { 'content-type': 'application/json', 'dg-request-id': 'r-1' }).end(answer.body);
  });
  return { url, paid, answer, bytes: () => bytes };
}

export async function startTwilio(audio: Buffer = recordingAudio) {
  const served = { audio };
  const { url, requests } = await serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'audio/x-wav', 'content-length': served.audio.length }).end(served.audio);
  });
  return { url, requests, served };
}

export async function openTestStore(): Promise<{
  store: ObjectStore;
  folder: string;
  read(name: string): Promise<Buffer>;
}> {
  const root = await mkdtemp(join(tmpdir(), 'onrecord-transcriber-'));
  const store = await openObjectStore({ kind: 'file', folder: root });
  onTestFinished(async () => {
    await store.close();
    await rm(root, { recursive: true, force: true });
  });
  return { store, folder: root, read: (name) => readFile(join(root, folder, name)) };
}

export interface PipelineParts {
  twilioUrl: string;
  deepgramUrl: string;
  store: ObjectStore;
  published: OnrecordEvent[];
  lagBytesMax?: number;
  providerName?: 'deepgram' | 'simulator';
  /** In place of Deepgram; closed by whoever made it. */
  provider?: TranscriptionProvider;
  fallback?: Omit<Fallback, 'providerGate' | 'slots' | 'onTaken'>;
  publish?: Transcribing['publisher']['publish'];
  requestsMax?: number;
  mediaBodyTimeoutMs?: number;
  /** Default: only before each step. */
  withdrawalCheckMs?: number;
  providerTimeoutMs?: number;
  recordingKeys?: TwilioMediaOptions['recordingKeys'];
  budgetSecondsPerDay?: number;
  mediaFormat?: MediaFormat;
  now?: () => Date;
  logger?: Logger;
  /** Leaves alone what is busy or away, by this clock; without it nothing is. */
  breaker?: Omit<DependenciesOptions, 'registry'>;
}

const OPEN = { admit: () => {} };

/** The handler with its real adapters, aimed at servers of this test. */
export function openPipeline(parts: PipelineParts) {
  const now = parts.now ?? (() => AT);
  const logger = parts.logger ?? pino({ level: 'silent' });
  const source = createTwilioMedia({
    apiUrl: parts.twilioUrl,
    authorization: `Basic ${btoa(`${accountSid}:token`)}`,
    connectTimeoutMs: 5_000,
    headersTimeoutMs: 5_000,
    bodyTimeoutMs: parts.mediaBodyTimeoutMs ?? 5_000,
    redirectsMax: 3,
    recordingKeys: parts.recordingKeys,
    now,
  });
  const deepgram = createDeepgram({
    name: parts.providerName ?? 'deepgram',
    baseUrl: parts.deepgramUrl,
    apiKey: 'key',
    timeoutMs: parts.providerTimeoutMs ?? 10_000,
    connectTimeoutMs: 5_000,
    answerBytesMax: 10_000_000,
    now,
  });
  onTestFinished(async () => {
    await source.close();
    await deepgram.close();
  });
  const slots = createSlots(parts.requestsMax ?? 4);
  const registry = new Registry();
  const { budgetSecondsPerDay } = parts;
  const guards = parts.breaker && createDependencies({ ...parts.breaker, registry });
  const storeGate = guards?.named('the object store');
  const store = storeGate ? watchStore(parts.store, storeGate) : parts.store;
  const sentAgain: TranscriberMetrics['sentAgain'] = (...sent) => metrics.sentAgain(...sent);
  const sender = openSender({ store, budgetSecondsPerDay, chargeableMax: CHARGEABLE_MAX, now, logger, sentAgain });
  const metrics = createTranscriberMetrics(registry, {
    budgetSeconds: budgetSecondsPerDay,
    spentToday: sender.budget.spentToday,
    legBufferedBytes: () => 0,
    providerRequests: slots.taken,
  });
  const bare = parts.provider ?? deepgram;
  const providerGate = guards?.named(bare.name);
  const legEnds: string[] = [];
  const legs = createProviderLegs(
    { lagBytesMax: parts.lagBytesMax ?? 1_000_000, lagBytesMaxOfAll: 16_000_000, slots },
    (end) => {
      legEnds.push(end);
      metrics.legEnded(end);
    },
  );
  const handle = createDecisionHandler({
    store,
    storeGate: storeGate ?? OPEN,
    source: guards ? guardSource(source, guards) : source,
    sourceUrl: (_clearance, format) =>
      recordingMediaUrl({ apiUrl: 'https://api.twilio.com', accountSid, recordingSid, format }).href,
    mediaFormat: parts.mediaFormat ?? 'wav',
    provider: providerGate ? watchProvider(bare, providerGate) : bare,
    providerGate: providerGate ?? OPEN,
    sender,
    fallback: parts.fallback && {
      providerGate: guards?.named(parts.fallback.provider.name) ?? OPEN,
      slots: createSlots(4),
      onTaken: metrics.fellBack,
      ...parts.fallback,
    },
    publisher: { publish: parts.publish ?? (async (events) => void parts.published.push(...events)) },
    slots,
    keepDelaysMs: [1, 1],
    withdrawalCheckMs: parts.withdrawalCheckMs ?? 60_000,
    legs,
    metrics,
    now,
  });
  const { signal } = new AbortController();
  const run = (event = cleared(), attempt = 1) => handle(event, { attempt, signal, logger });
  return { run, legEnds, registry };
}
