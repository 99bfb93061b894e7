import type { LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { serve } from '../testing/http-server.ts';
import { accountSid, recordingSid } from '../testing/pipeline.ts';
import { twilioMediaAt } from '../testing/twilio-media.ts';
import { wav } from '../testing/wav.ts';

const audio = wav({ seconds: 1 });
/** Every name leads to this test's own servers, in place of the public internet. */
const lookup: LookupFunction = (_name, { all }, callback) =>
  all ? callback(null, [{ address: '127.0.0.1', family: 4 }]) : callback(null, '127.0.0.1', 4);

async function open(apiUrl: string) {
  const media = twilioMediaAt(apiUrl, { lookup });
  const { body } = await media.open(
    { accountSid, recordingSid, channels: 1, format: 'wav' },
    new AbortController().signal,
  );
  return buffer(Readable.from(body));
}

async function startBucket(status: number, headers: Record<string, string> = {}) {
  const { url, requests } = await serve((_request, response) => response.writeHead(status, headers).end(audio));
  return { address: `http://bucket.example:${new URL(url).port}/RE.wav`, requests };
}

const startTwilio = (answer: { status: number; location?: string }, resource: object = {}) =>
  serve((request, response) => {
    if (request.url?.includes('.json')) return response.end(JSON.stringify(resource));
    const { location, status } = answer;
    return response.writeHead(status, location === undefined ? {} : { location }).end();
  });

describe('audio at another host', () => {
  it('is read where a redirect leads, and gets no credentials', async () => {
    const bucket = await startBucket(200);
    const twilio = await startTwilio({ status: 307, location: bucket.address });
    expect((await open(twilio.url)).equals(audio)).toBe(true);
    expect(twilio.requests[0]?.headers.authorization).toBeDefined();
    expect(bucket.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  it('is read from the account’s own bucket, without credentials, when Twilio has it no more', async () => {
    const bucket = await startBucket(200);
    const twilio = await startTwilio({ status: 404 }, { status: 'completed', media_url: bucket.address });
    expect((await open(twilio.url)).equals(audio)).toBe(true);
    expect(bucket.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  it('names the bucket that does not let it be read, and waits as long as that asks', async () => {
    const bucket = await startBucket(403, { 'retry-after': '60' });
    const twilio = await startTwilio({ status: 404 }, { status: 'completed', media_url: bucket.address });
    await expect(open(twilio.url)).rejects.toMatchObject({
      stage: 'media-fetch',
      kind: 'transient',
      retryAfterMs: 60_000,
      message: expect.stringMatching(/kept outside of Twilio, at bucket\.example:\d+, which answered 403/),
    });
  });
});
