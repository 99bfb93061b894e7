import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { listenAnswer } from '@onrecord/simulator/deepgram/answer';
import { createAnswerCallbackFaults } from '@onrecord/simulator/deepgram/callback-faults';
import { createListener, type HeardAudio } from '@onrecord/simulator/deepgram/heard-audio';
import { readListenOptions } from '@onrecord/simulator/deepgram/listen-options';
import { type CallbackTarget, sendCallback } from '@onrecord/simulator/deepgram/send-callback';
import { transcribe } from '@onrecord/simulator/deepgram/transcribe';
import { readWavHead } from '@onrecord/simulator/speech/wav-head';
import type { FaultPlan } from './fault-plan.ts';
import { type Listening, listen } from './http-server.ts';

const REFUSALS = {
  'too-many-requests': [429, { 'retry-after': '1' }],
  'internal-error': [500, {}],
  'bad-gateway': [502, {}],
  unavailable: [503, {}],
} as const;
/** `no-answer`: it takes everything and is silent. `lost-answer`: it has done its work, and the connection breaks in its answer. */
const KINDS = [
  ...(Object.keys(REFUSALS) as (keyof typeof REFUSALS)[]),
  'cut-upload',
  'no-answer',
  'lost-answer',
] as const;

/** Of answers by callback; that one does not arrive is ingest's to bring about, whose store fails, too. */
const CALLBACK_KINDS = ['twice', 'forged', 'late'] as const;
/** Deepgram comes again after 30 s: here after one. */
const CALLBACK_PACE = 30;

/**
 * Deepgram transcribes an hour in about 30 s; beside that a request takes its moment. Without it nothing would be true to life: an
 * answer would be there before the audio is archived.
 */
const SPEED = 120;
const REQUEST_MS = 500;

/** Audio that was answered with 200, and so has to be paid for. */
interface PaidAnswer {
  sid: string;
  sha256: string;
  /** Why nobody could make anything of it. */
  lostTo?: 'network' | 'kill';
}

/** What a worker was answered from its start to its end. */
interface Life {
  answers: PaidAnswer[];
  isOver: boolean;
}

export interface SpeechServer extends Listening {
  paid: readonly PaidAnswer[];
  /** Recordings whose audio it had, and whose client was gone before the answer: what that costs is for a provider to say. */
  unanswered: readonly string[];
  /** A worker was killed: of what it was answered, this is lost. */
  onKilled(worker: number, isLost: (answer: PaidAnswer) => Promise<boolean>): Promise<void>;
}

/**
 * The simulated Deepgram; each worker asks below a path of its own. A request fails where the plan says so; one that names a callback is
 * answered there, whatever became of its client.
 */
export async function startSpeechServer(plan: FaultPlan): Promise<SpeechServer> {
  const paid: PaidAnswer[] = [];
  const unanswered: string[] = [];
  /** The present life of each worker: a request is of the life in which it began, also where its end comes after that. */
  const lives = new Map<number, Life>();
  const lifeOf = (worker: number): Life => {
    const life = lives.get(worker) ?? { answers: [], isOver: false };
    lives.set(worker, life);
    return life;
  };
  const stopped = new AbortController();
  const callBack = async (target: CallbackTarget, sid: string, audio: HeardAudio, query: URLSearchParams) => {
    await sleep((audio.durationSeconds * 1_000) / SPEED, undefined, { signal: stopped.signal });
    paid.push({ sid, sha256: audio.sha256 });
    const faults = createAnswerCallbackFaults();
    const fault = plan.next({
      side: 'callback',
      request: sid,
      kinds: CALLBACK_KINDS,
      sid: undefined,
      attemptsLost: () => 0,
    });
    if (fault) faults.spoilNext({ fault });
    const settings = { faults, speed: CALLBACK_PACE, signal: stopped.signal };
    await sendCallback(settings, target, answerTo(audio, query), randomUUID(), () => undefined);
  };
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '', 'http://speech');
    const life = lifeOf(Number(url.pathname.split('/')[1]));
    const sid = await peekSid(request);
    // A callback that nobody sends is waited for once more before it is asked for again.
    const hasCallback = readListenOptions(url.searchParams).options.callback !== undefined;
    const attemptsLost = (each: (typeof KINDS)[number]) => (each === 'no-answer' && hasCallback ? 2 : 1);
    const kind = plan.next({ side: 'speech', request: sid, kinds: KINDS, sid, attemptsLost });
    if (kind === 'cut-upload') return void request.socket.resetAndDestroy();
    const listener = createListener(() => undefined);
    for await (const piece of request) listener.push(piece);
    if (kind === 'no-answer') return;
    if (kind !== undefined && kind !== 'lost-answer') {
      const [status, headers] = REFUSALS[kind];
      return void response.writeHead(status, headers).end();
    }
    const audio = listener.end();
    const { callback } = readListenOptions(url.searchParams).options;
    if (callback) {
      callBack(callback, sid, audio, url.searchParams).catch(() => undefined);
      if (kind === 'lost-answer') return void request.socket.resetAndDestroy();
      return sendJson(response, { request_id: randomUUID() });
    }
    await sleep(REQUEST_MS + (audio.durationSeconds * 1_000) / SPEED);
    // On a busy machine a kill is heard of before the connection's end is.
    if (response.destroyed || life.isOver) return void unanswered.push(sid);
    const answer: PaidAnswer = { sid, sha256: audio.sha256, ...(kind && { lostTo: 'network' }) };
    for (const list of [paid, life.answers]) list.push(answer);
    if (kind === 'lost-answer') response.socket?.resetAndDestroy();
    else sendJson(response, answerTo(audio, url.searchParams));
  };
  const onKilled: SpeechServer['onKilled'] = async (worker, isLost) => {
    const life = lifeOf(worker);
    life.isOver = true;
    lives.delete(worker);
    for (const answer of life.answers)
      if (answer.lostTo === undefined && (await isLost(answer))) answer.lostTo = 'kill';
  };
  // A worker that is killed in the middle of its upload breaks it off.
  const listening = await listen((request, response) => void serve(request, response).catch(() => response.destroy()));
  const stop = async () => {
    stopped.abort();
    await listening.stop();
  };
  return { ...listening, stop, paid, unanswered, onKilled };
}

const sendJson = (response: ServerResponse, body: object) =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));

function answerTo(audio: HeardAudio, query: URLSearchParams): object {
  const { options } = readListenOptions(query);
  const recognised = transcribe(audio, options, randomUUID);
  return listenAnswer(audio, options, recognised, { id: randomUUID(), created: new Date() });
}

/** The recording that the audio says it is of; whoever reads the body after this gets all of it. @throws Error when it says nothing */
async function peekSid(request: IncomingMessage): Promise<string> {
  let start = Buffer.alloc(0);
  while (!request.readableEnded) {
    const piece: Buffer | null = request.read();
    if (piece === null) {
      await Promise.race([once(request, 'readable'), once(request, 'end')]);
      continue;
    }
    start = Buffer.concat([start, piece]);
    const head = readWavHead(start);
    if (head === 'incomplete') continue;
    request.unshift(start);
    if ('found' in head && head.found.script?.recordingSid) return head.found.script.recordingSid;
    break;
  }
  throw new Error('what was sent is no audio of these recordings');
}
