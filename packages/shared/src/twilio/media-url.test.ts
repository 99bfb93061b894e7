import { describe, expect, it } from 'vitest';
import { recordingMediaUrl } from './media-url.ts';

const accountSid = `AC${'1'.repeat(32)}`;
const recordingSid = `RE${'2'.repeat(32)}`;

describe('the address of a recording', () => {
  it('is built from the SIDs on the configured host', () => {
    const url = recordingMediaUrl({ apiUrl: 'https://api.twilio.com', accountSid, recordingSid });
    expect(url.href).toBe(`https://api.twilio.com/2010-04-01/Accounts/${accountSid}/Recordings/${recordingSid}.wav`);
  });

  it('asks for channels where they are given', () => {
    const url = recordingMediaUrl({ apiUrl: 'http://127.0.0.1:4010/', accountSid, recordingSid, requestedChannels: 2 });
    expect(url.host).toBe('127.0.0.1:4010');
    expect(url.search).toBe('?RequestedChannels=2');
    expect(url.pathname).toMatch(/^\/2010-04-01\//);
  });

  it('names the format that is asked for', () => {
    const url = recordingMediaUrl({ apiUrl: 'https://api.twilio.com', accountSid, recordingSid, format: 'mp3' });
    expect(url.pathname).toMatch(/\/Recordings\/RE2+\.mp3$/);
  });

  it.each([
    ['../../etc/passwd', recordingSid],
    [accountSid, `${recordingSid}/../../x`],
    [accountSid, `${recordingSid}?x=1`],
    ['evil.example', recordingSid],
  ])('refuses %s / %s', (account, recording) => {
    expect(() =>
      recordingMediaUrl({ apiUrl: 'https://api.twilio.com', accountSid: account, recordingSid: recording }),
    ).toThrow();
  });
});
