import { connect } from 'node:net';
import type { LogRecord } from '@onrecord/shared/event-log/port';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BASE, RECORDING, TOKEN } from './signed-request.ts';
import { callback, startedIngest } from './started-ingest.ts';

export interface RawRequest {
  method?: string;
  target?: string;
  version?: string;
  /** Instead of, or beside, the usual ones; undefined leaves one out. */
  headers?: Record<string, string | undefined>;
  body?: string | Uint8Array;
}

/** A request, and what must come of it. */
export interface Hostile {
  name: string;
  sent: string | Uint8Array | RawRequest;
  /** Statuses of all answers on the connection, in order; none where it is closed without a word. */
  answers: number[];
  /** The parameter that the problem names. */
  parameter?: string;
  /** Of a header or the body of the answers. */
  says?: RegExp;
  /** The `reason` of the log line. Every refusal has one. */
  reason?: RegExp;
  /** The data of the event that is published. Nothing is when this is absent. */
  kept?: object;
  /** A field that the data does not have. */
  without?: string;
  /** How many events, where it is not one. */
  events?: number;
}

type Fields = Record<string, string | string[] | undefined>;

/** The bytes of a request as they go over the wire. */
export function bytesOf({ method = 'POST', target = PATH, version = 'HTTP/1.1', headers = {}, body = '' }: RawRequest) {
  const usual = {
    Host: 'internal:8080',
    Connection: 'close',
    'Content-Type': 'application/x-www-form-urlencoded',
    'Content-Length': String(Buffer.byteLength(body)),
  };
  const lines = Object.entries({ ...usual, ...headers }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}\r\n`],
  );
  return Buffer.concat([Buffer.from(`${method} ${target} ${version}\r\n${lines.join('')}\r\n`), Buffer.from(body)]);
}

export const PATH = '/webhooks/recording';

export const signature = (target: string, fields: object = {}, { token = TOKEN, base = BASE } = {}) =>
  webhooks.getExpectedTwilioSignature(token, `${base}${target}`, fields as Record<string, string>);

/** The usual recording callback with other fields, signed by Twilio all the same. */
export function signedForm(change: Fields, request: RawRequest = {}, as: { token?: string; base?: string } = {}) {
  const fields = Object.entries({ ...RECORDING, ...change }).filter(([, value]) => value !== undefined);
  const body = request.body ?? encodeForm(fields as [string, string | string[]][]);
  const headers = { 'X-Twilio-Signature': signature(request.target ?? PATH, Object.fromEntries(fields), as) };
  return { ...request, body, headers: { ...headers, ...request.headers } };
}

export const encodeForm = (fields: [string, string | string[]][]) =>
  fields
    .flatMap(([name, value]) => [value].flat().map((each) => [name, each]))
    .map((pair) => pair.map((text) => encodeURIComponent(text ?? '')).join('='))
    .join('&');

/** A JSON callback whose hash is right unless `hashed` is another text. */
export function signedJson(body: string, hashed = body): RawRequest {
  const target = `${PATH}?bodySHA256=${webhooks.getExpectedBodyHash(hashed)}`;
  return { target, body, headers: { 'Content-Type': 'application/json', 'X-Twilio-Signature': signature(target) } };
}

/** Sends each to one running ingest over a socket of its own. After each, a callback of Twilio's is still taken in. */
export function describeHostile(theme: string, table: readonly Hostile[], environment: Record<string, string> = {}) {
  describe(theme, () => {
    let ingest: Awaited<ReturnType<typeof startedIngest>>;
    beforeAll(async () => {
      ingest = await startedIngest({ SHUTDOWN_TIMEOUT: '1s', ...environment });
    });
    afterAll(() => ingest.service.stop());

    test.each(table)('$name: $answers', async (row) => {
      const [linesBefore, eventsBefore] = [ingest.lines.length, ingest.eventLog.appended.length];
      const answer = await exchange(ingest.at, toBytes(row.sent), row.answers.length);
      expect(Array.from(answer.matchAll(/HTTP\/1\.1 (\d{3}) /g), ([, status]) => Number(status))).toEqual(row.answers);
      if (row.answers.some((status) => status >= 400)) expect(answer).toContain('application/problem+json');
      if (row.parameter !== undefined) expect(answer).toContain(`"parameter":${JSON.stringify(row.parameter)}`);
      if (row.says !== undefined) expect(answer).toMatch(row.says);
      await expectLine(() => ingest.lines.slice(linesBefore), row.reason);
      expectKept(ingest.eventLog.appended.slice(eventsBefore), row);
      expect((await callback(ingest.at)).status).toBe(204);
    });

    test('nothing of it is left in flight', async () => {
      await expect.poll(() => ingest.metrics()).toMatch(/onrecord_ingest_requests_in_flight\{.*\} 0/);
    });
  });
}

const toBytes = (sent: Hostile['sent']) =>
  typeof sent === 'string' || sent instanceof Uint8Array ? Buffer.from(sent as string) : bytesOf(sent);

async function expectLine(lines: () => readonly Readonly<Record<string, unknown>>[], reason: RegExp | undefined) {
  const reasons = () => lines().flatMap((line) => (line.reason === undefined ? [] : [String(line.reason)]));
  if (reason === undefined) expect(reasons()).toEqual([]);
  // A connection is cut after it was answered, and told of after it was cut.
  else await expect.poll(() => reasons().join('\n')).toMatch(reason);
}

function expectKept(appended: readonly LogRecord[], { kept, without, events = kept === undefined ? 0 : 1 }: Hostile) {
  expect(appended).toHaveLength(events);
  if (kept === undefined) return;
  const text = Buffer.from(appended[0]?.value ?? []).toString();
  const data = JSON.parse(text);
  expect(data).toMatchObject(kept);
  if (without !== undefined) expect(data).not.toHaveProperty(without);
  expect(text).not.toMatch(/\\u0000|\\ud[89a-f]/i);
}

/** Everything that comes back until the connection ends, or until all answers are there and nothing else comes. */
function exchange(at: string, bytes: Uint8Array, answers: number): Promise<string> {
  const socket = connect(Number(new URL(at).port), '127.0.0.1');
  const { promise, resolve } = Promise.withResolvers<string>();
  let received = '';
  socket.setEncoding('latin1').on('data', (text) => {
    received += text;
    if (answers > 1 && received.split('HTTP/1.1 ').length > answers) socket.end();
  });
  // What is refused before it was read is cut, which resets the connection under what is still being sent.
  socket.on('error', () => socket.destroy());
  socket.on('close', () => resolve(received));
  socket.write(bytes);
  return promise;
}
