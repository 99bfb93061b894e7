import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { onrecord } from '../testing/onrecord.ts';

const RECORDING = `RE${'b'.repeat(32)}`;
const finding = (heard: boolean) => ({
  found: {
    kind: 'recording',
    eventId: `recording:${RECORDING}:completed`,
    status: 'completed',
    at: '2026-11-20T10:00:00.000Z',
    heard,
  },
});
const done = { done: { found: 2, unheard: 1, published: 0 } };

/** An ingest that answers these lines, and the command that asks it. */
async function asked(line: string, answer: { status?: number; type?: string; lines: readonly object[] }) {
  const requests: { request: IncomingMessage; body: Record<string, unknown> }[] = [];
  const server = createServer(async (request, response) => {
    requests.push({ request, body: JSON.parse(await text(request)) });
    response.writeHead(answer.status ?? 200, { 'content-type': answer.type ?? 'application/x-ndjson' });
    response.end(answer.lines.map((each) => `${JSON.stringify(each)}\n`).join(''));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const result = await onrecord(line, { ONRECORD_INGEST_URL: url, INGEST_API_TOKEN: 'the-token' });
  return { ...result, requests };
}

describe('onrecord reconcile', () => {
  it('asks ingest, and shows what it has not heard of', async () => {
    const since = new Date(Date.now() - 86_400_000).toISOString();
    const line = `reconcile --since ${since} --dry-run`;
    const { status, out, requests } = await asked(line, { lines: [finding(true), finding(false), done] });
    expect({ status, out }).toEqual({
      status: 0,
      out: `2026-11-20 10:00:00Z  recording  ${RECORDING}  completed\n2 found, 1 of them not heard of since ingest was started. Nothing was published.`,
    });
    expect(requests.map(({ body }) => body)).toEqual([{ since, dryRun: true }]);
    expect(requests[0]?.request.headers.authorization).toBe('Bearer the-token');
  });

  it('shows an alert with its code and the call that it is about', async () => {
    const [ALERT, CALL] = [`NO${'c'.repeat(32)}`, `CA${'d'.repeat(32)}`];
    const about = { kind: 'alert', eventId: `alert:${ALERT}`, status: 'warning 13256', callSid: CALL };
    const { out } = await asked('reconcile', { lines: [{ found: { ...finding(false).found, ...about } }, done] });
    expect(out).toContain(`2026-11-20 10:00:00Z  alert      ${ALERT}  warning 13256  ${CALL}`);
  });

  it('gives programs every line', async () => {
    const { out } = await asked('reconcile --json', { lines: [finding(true), done] });
    expect(out.split('\n').map((each) => JSON.parse(each))).toEqual([finding(true), done]);
  });

  // What ingest answers to it names neither the flag nor its value.
  it.each(['999d', '2020-01-01T00:00Z', '2199-01-01T00:00Z'])('takes no time such as %s', async (since) => {
    const { status, err, requests } = await asked(`reconcile --since ${since}`, { lines: [done] });
    expect({ status, requests }).toEqual({ status: 2, requests: [] });
    expect(err).toContain(`--since is "${since}": give a time in the past, at most 60 days ago`);
  });

  it('publishes unless told otherwise', async () => {
    const published = { done: { ...done.done, published: 2 } };
    const { out, requests } = await asked('reconcile --since 7d', { lines: [published] });
    expect(requests[0]?.body.dryRun).toBe(false);
    expect(out).toContain('2 published.');
  });

  it.each([
    [1, { lines: [finding(false), { failed: 'Twilio answers 503' }] }, 'ingest gave up: Twilio answers 503'],
    [1, { lines: [finding(false)] }, 'ingest broke off before it was done'],
    [
      4,
      { status: 401, type: 'application/problem+json', lines: [{ detail: 'no' }] },
      'refuses the token of INGEST_API_TOKEN: no',
    ],
    [3, { status: 404, type: 'application/problem+json', lines: [{ detail: 'Set it.' }] }, 'Set it.'],
    [1, { type: 'text/html', lines: [] }, 'no answer of ingest on its metrics port'],
  ])('ends with status %i where ingest answers %j', async (expected, answer, said) => {
    const { status, err } = await asked('reconcile', answer);
    expect(status).toBe(expected);
    expect(err).toContain(said);
  });

  it('says where ingest is looked for', async () => {
    const { err } = await onrecord('reconcile', { ONRECORD_INGEST_URL: 'http://127.0.0.1:1' });
    expect(err).toContain('INGEST_API_TOKEN is not');
  });
});
