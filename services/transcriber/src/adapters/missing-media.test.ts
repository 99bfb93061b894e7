import { describe, expect, it } from 'vitest';
import { serve } from '../testing/http-server.ts';
import { accountSid, recordingSid } from '../testing/pipeline.ts';
import { twilioMediaAt } from '../testing/twilio-media.ts';

const path = `/2010-04-01/Accounts/${accountSid}/Recordings/${recordingSid}`;

/** A Twilio that has no media, and says this of the recording; `undefined`: nothing. */
async function openMissing(resource: object | undefined) {
  const { url, requests } = await serve((request, response) => {
    const isAsked = request.url?.startsWith(`${path}.json`) && resource !== undefined;
    response.writeHead(isAsked ? 200 : 404).end(isAsked ? JSON.stringify(resource) : '{"code":20404}');
  });
  const media = twilioMediaAt(url);
  const opening = media.open({ accountSid, recordingSid, channels: 2, format: 'wav' }, new AbortController().signal);
  return { opening, requests };
}

describe('a recording without media', () => {
  it.each([
    ['deleted', null, 'whose status is "deleted": it was deleted there before it could be read'],
    ['absent', 16_101, 'whose status is "absent", error 16101: there never was audio'],
    ['failed', 16_112, 'whose status is "failed", error 16112: it could not be kept'],
  ])('is given up when Twilio calls it %s', async (status, error_code, reason) => {
    const { opening } = await openMissing({ status, error_code });
    await expect(opening).rejects.toMatchObject({
      stage: 'media-gone',
      kind: 'permanent',
      message: expect.stringContaining(reason),
    });
  });

  it.each(['processing', 'completed', 'a-newer-word'])('is waited for when Twilio calls it %s', async (status) => {
    const { opening, requests } = await openMissing({ status, media_url: `https://api.twilio.com${path}` });
    await expect(opening).rejects.toMatchObject({ stage: 'media-not-ready', kind: 'transient' });
    expect(requests.map((request) => request.url?.slice(path.length))).toEqual([
      '.wav?RequestedChannels=2',
      '.json?IncludeSoftDeleted=true',
    ]);
  });

  it('is waited for when Twilio knows nothing of it, or says nothing usable', async () => {
    const unknown = await openMissing(undefined);
    await expect(unknown.opening).rejects.toMatchObject({ stage: 'media-not-ready', kind: 'transient' });
    const unusable = await openMissing({ status: 7 });
    await expect(unusable.opening).rejects.toMatchObject({ stage: 'media-not-ready', kind: 'transient' });
  });

  it('is looked for in the account’s own bucket, without credentials, and never in this network', async () => {
    const inside = await serve((_request, response) => response.end());
    const { opening } = await openMissing({ status: 'completed', media_url: `${inside.url}/bucket/RE` });
    await expect(opening).rejects.toMatchObject({
      kind: 'permanent',
      message: expect.stringContaining('not a public address'),
    });
    expect(inside.requests).toEqual([]);
  });
});
