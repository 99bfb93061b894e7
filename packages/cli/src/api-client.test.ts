import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { onrecord } from './testing/onrecord.ts';

const CALL = `CA${'a'.repeat(32)}`;
const RECORDING = `RE${'b'.repeat(32)}`;
const COMMANDS = [
  'recordings',
  `recordings show ${RECORDING}`,
  `transcript ${RECORDING}`,
  `consents record ${CALL} --granted`,
];

let stop: (() => void) | undefined;
afterEach(() => stop?.());

/** Something at the address that was given for the records API. */
async function somethingAt(listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stop = () => {
    server.closeAllConnections();
    server.close();
  };
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, environment: { ONRECORD_API_URL: url, RECORDS_API_TOKEN: 'token' } };
}

const answering =
  (status: number, type: string, body: string): RequestListener =>
  (_, response) =>
    response.writeHead(status, { 'content-type': type }).end(body);

const CHECK = 'check ONRECORD_API_URL, its port (8081 by default; 8080 is for Twilio) and any proxy in between';

describe('where no records API answers', () => {
  // The login page of a proxy ended in "SyntaxError: Unexpected token '<'" with a stack trace.
  it.each(COMMANDS)('`onrecord %s` says so of a page for people, in one line', async (line) => {
    const { url, environment } = await somethingAt(answering(200, 'text/html', '<!doctype html>'));
    expect(await onrecord(line, environment)).toEqual({
      status: 1,
      out: '',
      err: `onrecord: ${url} answers 200 OK (text/html), which is no answer of a records API: ${CHECK}`,
    });
  });

  it.each([
    ['JSON of another kind', answering(200, 'application/json', '{"recordings":"many"}'), 'answers something else'],
    ['a time that is none', answering(200, 'application/json', oneRecording('yesterday')), 'answers something else'],
    ['half of an answer', answering(200, 'application/json', '{"recordings":['), 'answers something else'],
    ['nothing', answering(200, 'application/json', ''), 'answers something else'],
    [
      'ingest, where nothing is at this address',
      answering(404, 'application/problem+json', '{"status":404,"title":"there is nothing at this address"}'),
      'answers 404 Not Found (application/problem+json)',
    ],
    ['a proxy without its server', answering(502, 'text/html', '<h1>'), 'answers 502 Bad Gateway (text/html)'],
    ['a proxy with its own password', answering(401, 'text/html', '<h1>'), 'answers 401 Unauthorized (text/html)'],
  ])('names the address and what to check for %s', async (_, listener, said) => {
    const { url, environment } = await somethingAt(listener);
    const { status, err } = await onrecord('recordings', environment);
    expect(status).toBe(1);
    expect(err).toContain(`${url} ${said}`);
    expect(err).toContain(CHECK);
  });

  it('does not follow where it is sent on to, which may be another’s', async () => {
    const { url, environment } = await somethingAt((_, response) =>
      response.writeHead(302, { location: 'https://login.example.com/' }).end(),
    );
    expect((await onrecord(`consents record ${CALL} --granted`, environment)).err).toBe(
      `onrecord: ${url} sends on to https://login.example.com/: check the address in ONRECORD_API_URL`,
    );
  });

  it('says that a connection broke in the middle of an answer', async () => {
    const { url, environment } = await somethingAt((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' }).write('{');
      setImmediate(() => response.destroy());
    });
    expect((await onrecord('recordings', environment)).err).toContain(`${url} cannot be reached (UND_ERR_SOCKET)`);
  });

  it('says so when nothing listens at the address', async () => {
    const { url, environment } = await somethingAt(answering(200, 'text/html', ''));
    stop?.();
    expect(await onrecord('recordings', environment)).toEqual({
      status: 1,
      out: '',
      err: `onrecord: nothing answers at ${url}: start it with \`npx -y pnpm@10 start\`, or check ONRECORD_API_URL`,
    });
  });
});

it.each(['', '/', '/v1', '/v1/', '/v1/recordings', '/v1/recordings/'])(
  'finds the records API by an address that ends in %j',
  async (end) => {
    const asked: (string | undefined)[] = [];
    const { url, environment } = await somethingAt((request, response) => {
      asked.push(request.url);
      answering(200, 'application/json', '{"recordings":[]}')(request, response);
    });
    const { out } = await onrecord('recordings', { ...environment, ONRECORD_API_URL: url + end });
    expect({ out, asked }).toEqual({ out: 'There are no recordings yet.', asked: ['/v1/recordings?limit=50'] });
  },
);

describe('a records API that refuses', () => {
  it('is quoted', async () => {
    const { environment } = await somethingAt(
      answering(409, 'application/problem+json', '{"status":409,"title":"This is not possible","detail":"Too late."}'),
    );
    expect(await onrecord('recordings', environment)).toEqual({ status: 5, out: '', err: 'onrecord: Too late.' });
  });

  // "With … the purpose in the header X-Access-Purpose" told nobody at a command line what to write.
  it('is quoted with the flag in place of the header', async () => {
    const { environment } = await somethingAt(
      answering(403, 'application/problem+json', '{"detail":"With the purpose in the header X-Access-Purpose."}'),
    );
    const err = 'onrecord: With the purpose in --purpose.';
    expect(await onrecord(`transcript ${RECORDING}`, environment)).toEqual({ status: 4, out: '', err });
  });

  it('the token: the setting is named', async () => {
    const { url, environment } = await somethingAt(
      answering(401, 'application/problem+json', '{"status":401,"title":"A token is needed","detail":"Send it."}'),
    );
    expect(await onrecord('recordings', environment)).toEqual({
      status: 4,
      out: '',
      err: `onrecord: ${url} refuses the token of RECORDS_API_TOKEN: Send it.`,
    });
  });

  it.each([
    [403, 4],
    [404, 3],
    [409, 5],
    // What was removed when its period was over ended in 1, as what may work another time.
    [410, 3],
    // A name with a phone number in it ended in 5, as if something stood in its way.
    [422, 2],
    [429, 1],
    [500, 1],
    [503, 1],
  ])('with %i ends in status %i', async (answer, expected) => {
    const { environment } = await somethingAt(answering(answer, 'application/problem+json', '{"detail":"No."}'));
    expect(await onrecord('recordings', environment)).toEqual({ status: expected, out: '', err: 'onrecord: No.' });
  });
});

// "expiresAt: … is too far away" was answered with 1 to somebody who had written --expires 9000d.
it.each([
  [
    'tokens create x --role reviewer --all-accounts',
    400,
    'expiresAt: it is too far away.',
    2,
    '--expires: it is too far away.',
  ],
  [
    'tokens create x --role reviewer --all-accounts',
    403,
    'accounts: name only your own.',
    4,
    '--account: name only your own.',
  ],
  [
    'recordings',
    400,
    'number is "1": give one; since: give a time.',
    2,
    '--number is "1": give one; --since: give a time.',
  ],
  ['export-subject 1 --out x.tar --purpose y', 400, 'number: give one.', 2, 'NUMBER: give one.'],
  [`consents record ${CALL} --granted --proof-at 4`, 400, 'proof.offsetSeconds is 4: no.', 2, '--proof-at is 4: no.'],
  [
    `consents record ${CALL} --granted --key k`,
    422,
    'This Idempotency-Key recorded another answer: x.',
    2,
    '--key recorded another answer: x.',
  ],
  ['matters open 14155550100', 422, 'name: there is a number in it.', 2, 'NAME: there is a number in it.'],
  [`transcript ${RECORDING}`, 400, 'X-Access-Purpose is missing: say why.', 2, '--purpose is missing: say why.'],
  [`transcript ${RECORDING}`, 404, 'accountSid: nothing is known of it.', 3, '--account: nothing is known of it.'],
  ['recordings', 400, 'cursor: take it unchanged.', 1, 'cursor: take it unchanged.'],
])('`onrecord %s` tells a refusal by its own flags', async (line, answer, detail, status, said) => {
  const { environment } = await somethingAt(
    answering(answer, 'application/problem+json', JSON.stringify({ status: answer, detail })),
  );
  expect(await onrecord(line, environment)).toEqual({ status, out: '', err: `onrecord: ${said}` });
});

function oneRecording(firstSeenAt: string): string {
  return JSON.stringify({ recordings: [{ recordingSid: RECORDING, state: 'waiting', firstSeenAt }] });
}

it('sends why something is read along with the request', async () => {
  const purposes: unknown[] = [];
  const { environment } = await somethingAt((request, response) => {
    purposes.push(request.headers['x-access-purpose']);
    answering(200, 'text/plain', 'caller: hello')(request, response);
  });
  await onrecord(`transcript ${RECORDING} --purpose complaint-17`, environment);
  await onrecord(`transcript ${RECORDING}`, environment);
  expect(purposes).toEqual(['complaint-17', undefined]);
});
