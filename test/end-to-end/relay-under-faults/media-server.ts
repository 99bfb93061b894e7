import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { cutAnswer } from '@onrecord/simulator/twilio/broken-answer';
import { type MediaSpoil, spoilMedia } from '@onrecord/simulator/twilio/media-spoils';
import type { FaultPlan } from './fault-plan.ts';
import { type Listening, listen } from './http-server.ts';
import type { SeededRecording } from './recordings.ts';

/** Whoever does as Twilio advises gets the recording in the end. */
const REFUSALS = {
  'not-found': [404, {}],
  'too-many-requests': [429, { 'retry-after': '1' }],
  'internal-error': [500, {}],
  unavailable: [503, {}],
} as const;
const SPOILS = [
  'stall',
  'xml-error',
  'json-error',
  'empty',
  'long-length',
  'short-length',
  'bad-sizes',
] as const satisfies MediaSpoil[];
const KINDS = [...(Object.keys(REFUSALS) as (keyof typeof REFUSALS)[]), 'reset', 'cut', ...SPOILS] as const;
type Kind = (typeof KINDS)[number];

const WAV = { 'content-type': 'audio/x-wav' };

export interface MediaServer extends Listening {
  /** The hashes of the answers that were whole and without a fault, by recording. */
  served: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Twilio's media, for recordings that are made when they are asked for; a request fails where the plan says so. */
export async function startMediaServer(
  recordings: readonly SeededRecording[],
  credentials: { user: string; password: string },
  plan: FaultPlan,
): Promise<MediaServer> {
  const served = new Map<string, Set<string>>();
  const bySid = new Map(recordings.map((recording) => [recording.sid, recording]));
  const authorization = `Basic ${btoa(`${credentials.user}:${credentials.password}`)}`;
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname, search } = new URL(request.url ?? '', 'http://twilio');
    const [, accountSid, sid = '', extension] =
      /^\/2010-04-01\/Accounts\/(AC\w+)\/Recordings\/(RE\w+)\.(wav|json)$/.exec(pathname) ?? [];
    const recording = bySid.get(sid);
    if (request.headers.authorization !== authorization) return void response.writeHead(401).end();
    if (recording === undefined || recording.accountSid !== accountSid) return void response.writeHead(404).end();
    const kind = plan.next({
      side: 'media',
      request: `${pathname}${search}`,
      kinds: KINDS,
      sid,
      attemptsLost: () => (extension === 'wav' ? 1 : 0),
    });
    if (extension === 'json') return tellOf(recording, kind, response);
    if (search === '?RequestedChannels=2' && recording.channels === 1) return void response.writeHead(400).end();
    if (kind !== undefined) return spoil(recording, kind, response);
    const sha256 = await sendWhole(recording, response);
    served.set(sid, (served.get(sid) ?? new Set()).add(sha256));
  };
  // Whoever is killed in the middle of an answer breaks it off.
  const listening = await listen((request, response) => void serve(request, response).catch(() => response.destroy()));
  return { ...listening, served };
}

/** The resource that is asked for when there are no media. */
function tellOf({ sid }: SeededRecording, kind: Kind | undefined, response: ServerResponse): void {
  if (kind !== undefined) return void response.destroy();
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ sid, status: 'completed' }));
}

async function sendWhole(recording: SeededRecording, response: ServerResponse): Promise<string> {
  response.writeHead(200, { ...WAV, 'content-length': recording.bytes });
  const hash = createHash('sha256');
  const hashed = function* () {
    for (const piece of recording.audio()) {
      hash.update(piece);
      yield piece;
    }
  };
  await pipeline(Readable.from(hashed()), response);
  return hash.digest('hex');
}

async function spoil(recording: SeededRecording, kind: Kind, response: ServerResponse): Promise<void> {
  if (kind in REFUSALS) {
    const [status, headers] = REFUSALS[kind as keyof typeof REFUSALS];
    return void response.writeHead(status, headers).end();
  }
  if (kind === 'reset') return void response.socket?.resetAndDestroy();
  const whole = Buffer.concat([...recording.audio()]);
  const answer = new Response(new Uint8Array(whole), { headers: WAV });
  const spoilt =
    kind === 'cut'
      ? await cutAnswer(answer, Math.floor(whole.length / 2))
      : await spoilMedia(answer, kind as MediaSpoil);
  response.writeHead(spoilt.status, Object.fromEntries(spoilt.headers));
  for await (const piece of spoilt.body ?? []) response.write(piece);
  response.end();
  await finished(response);
}
