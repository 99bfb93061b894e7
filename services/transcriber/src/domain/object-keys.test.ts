import { describe, expect, it } from 'vitest';
import { firstAnswerKeys, furtherAnswerKeys, objectKeys } from './object-keys.ts';

const place = {
  accountSid: `AC${'1'.repeat(32)}`,
  recordingSid: `RE${'2'.repeat(32)}`,
  callSid: `CA${'3'.repeat(32)}`,
  startedAt: '2026-11-20T23:30:00-02:00',
};

describe('the objects of a recording', () => {
  it('lie in a folder of its account, date in UTC, call and SID', () => {
    const { prefix, media, transcript } = objectKeys(place);
    expect(prefix).toBe(`${place.accountSid}/2026/11/21/${place.callSid}/${place.recordingSid}/`);
    expect(media).toEqual({ wav: `${prefix}media.wav`, mp3: `${prefix}media.mp3` });
    expect(transcript).toBe(`${prefix}transcript.json`);
  });

  it('keep the answers to different options apart', () => {
    const first = firstAnswerKeys('p/');
    expect(first.response).toBe('p/provider-response.json');
    expect(furtherAnswerKeys('p/', 'a'.repeat(64)).response).not.toBe(first.response);
    expect(furtherAnswerKeys('p/', 'a'.repeat(64))).not.toEqual(furtherAnswerKeys('p/', 'b'.repeat(64)));
  });
});
