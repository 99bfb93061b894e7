import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createRecordingsClient, type RecordingsClientOptions } from './recordings-client.ts';

const name = { accountSid: `AC${'1'.repeat(32)}`, recordingSid: `RE${'2'.repeat(32)}` };

interface Answer {
  status: number;
  body?: object;
  headers?: Record<string, string>;
}

let server: Server | undefined;
let requests: Pick<IncomingMessage, 'method' | 'url' | 'headers'>[] = [];

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  requests = [];
});

/** A Twilio that gives these answers in turn, the last one for ever. */
async function twilioAnswering(...answers: Answer[]): Promise<string> {
  server = createServer((request, response) => {
    requests.push(request);
    const { status, body, headers } = answers[Math.min(requests.length, answers.length) - 1] ?? { status: 500 };
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const clientOf = (apiUrl: string, options: Partial<RecordingsClientOptions> = {}) =>
  createRecordingsClient({ apiUrl, accountSid: name.accountSid, authToken: 'token', ...options });

const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

describe('deleting a recording at Twilio', () => {
  it('goes to the configured base with its path, with the account’s own credentials', async () => {
    const client = clientOf(`${await twilioAnswering({ status: 204 })}/twilio/`);
    expect(await client.deleteRecording(name)).toBe('deleted');
    expect(requests[0]).toMatchObject({
      method: 'DELETE',
      url: `/twilio/2010-04-01/Accounts/${name.accountSid}/Recordings/${name.recordingSid}.json`,
      headers: { authorization: basic(name.accountSid, 'token') },
    });
  });

  it('prefers the API key', async () => {
    const apiKey = { sid: `SK${'3'.repeat(32)}`, secret: 'secret' };
    await clientOf(await twilioAnswering({ status: 204 }), { apiKey }).deleteRecording(name);
    expect(requests[0]?.headers.authorization).toBe(basic(apiKey.sid, 'secret'));
  });

  it('reports a recording that is gone already', async () => {
    const gone = { status: 404, body: { code: 20404, message: 'not found', status: 404 } };
    expect(await clientOf(await twilioAnswering(gone)).deleteRecording(name)).toBe('not-found');
  });

  // A wrong TWILIO_API_URL, or a proxy's page, once ended deletions as confirmed while the audio stayed at Twilio.
  it('takes an answer of 404 that is not Twilio’s for no answer', async () => {
    const page = { status: 404, headers: { 'content-type': 'text/html' } };
    await expect(clientOf(await twilioAnswering(page)).deleteRecording(name)).rejects.toMatchObject({
      kind: 'transient',
      message: expect.stringContaining('TWILIO_API_URL'),
    });
  });

  it('asks for patience while the recording is not complete', async () => {
    const early = { status: 400, body: { code: 20009, message: 'Cannot delete', status: 400 } };
    await expect(clientOf(await twilioAnswering(early)).deleteRecording(name)).rejects.toMatchObject({
      name: 'StageError',
      stage: 'twilio-delete',
      kind: 'transient',
      retryAfterMs: 300_000,
    });
  });

  it('repeats what failed for the moment, after the time that Twilio names', async () => {
    const busy = { status: 429, headers: { 'retry-after': '0' }, body: { code: 20429, message: 'too many' } };
    expect(await clientOf(await twilioAnswering(busy, { status: 503 }, { status: 204 })).deleteRecording(name)).toBe(
      'deleted',
    );
    expect(requests).toHaveLength(3);
  });

  it('hands a long Retry-After to the caller instead of waiting', async () => {
    const busy = { status: 429, headers: { 'retry-after': '120' } };
    await expect(clientOf(await twilioAnswering(busy)).deleteRecording(name)).rejects.toMatchObject({
      kind: 'transient',
      retryAfterMs: 120_000,
    });
    expect(requests).toHaveLength(1);
  });

  it('says which settings to check when the credentials are refused', async () => {
    const refused = { status: 401, body: { code: 20003, message: 'Authenticate', status: 401 } };
    await expect(clientOf(await twilioAnswering(refused)).deleteRecording(name)).rejects.toMatchObject({
      kind: 'transient',
      message: expect.stringContaining('TWILIO_API_KEY_SID'),
    });
  });

  it('names the address when nothing answers, and never the credentials', async () => {
    const client = clientOf('http://127.0.0.1:1', { attemptsMax: 1, authToken: 'top-secret-token' });
    const failure = await client.deleteRecording(name).catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: 'transient', message: expect.stringContaining('http://127.0.0.1:1') });
    expect(JSON.stringify(failure) + String((failure as Error).cause)).not.toContain('top-secret-token');
  });

  it('sends no request for what is not a SID', async () => {
    const client = clientOf(await twilioAnswering({ status: 204 }));
    await expect(client.deleteRecording({ ...name, recordingSid: '../Calls' })).rejects.toThrow();
    expect(requests).toHaveLength(0);
  });
});

describe('looking a recording up', () => {
  it('sees deleted ones too', async () => {
    const client = clientOf(
      await twilioAnswering({ status: 200, body: { sid: name.recordingSid, status: 'deleted' } }),
    );
    expect(await client.fetchRecording(name)).toEqual({ status: 'deleted' });
    expect(requests[0]?.url).toContain('IncludeSoftDeleted=true');
  });

  it('finds nothing where Twilio has forgotten it', async () => {
    const client = clientOf(await twilioAnswering({ status: 404, body: { code: 20404, message: 'not found' } }));
    expect(await client.fetchRecording(name)).toBeUndefined();
  });
});
