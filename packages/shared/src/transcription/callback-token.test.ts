import { describe, expect, it } from 'vitest';
import { readTranscriptionCallback, transcriptionCallbackUrl } from './callback-token.ts';

const secret = 's'.repeat(32);
const now = new Date('2026-11-21T12:00:00Z');
const until = new Date('2026-11-22T12:00:00Z');
const subject = {
  folder: `AC${'1'.repeat(32)}/2026/11/21/CA${'3'.repeat(32)}/RE${'2'.repeat(32)}/`,
  audioSha256: 'a'.repeat(64),
  optionsFingerprint: 'b'.repeat(64),
};
const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

function asked(about = subject) {
  const url = new URL(transcriptionCallbackUrl('https://calls.example.com/twilio', about, { secret, until }));
  const token = url.pathname.split('/').at(-1) ?? '';
  return { url, token, authorization: basic(url.username, url.password) };
}

describe('the address of a callback', () => {
  it('is below the public one, and says whose answer it takes', () => {
    const { url, token, authorization } = asked();
    expect(url.origin).toBe('https://calls.example.com');
    expect(url.pathname).toBe(`/twilio/webhooks/transcription/${token}`);
    expect(readTranscriptionCallback(token, authorization, { secret, now })).toEqual({ subject });
  });

  it('is another one for each recording, audio and way of asking', () => {
    const others = [
      subject,
      { ...subject, folder: subject.folder.replace('RE2', 'RE3') },
      { ...subject, audioSha256: 'c'.repeat(64) },
      { ...subject, optionsFingerprint: 'c'.repeat(64) },
    ].map((each) => asked(each).token);
    expect(new Set(others).size).toBe(4);
  });

  it('fits into an address', () => {
    expect(asked().url.href.length).toBeLessThan(1_000);
  });

  it('is made for nothing but a recording’s folder', () => {
    for (const folder of ['', 'AC1/', `${subject.folder}../`, subject.folder.slice(0, -1)]) {
      expect(() => asked({ ...subject, folder })).toThrow();
    }
  });
});

describe('a callback is refused', () => {
  const { token, authorization } = asked();
  const refusal = (given: string, header: string | undefined = authorization, at = now, withSecret = secret) =>
    readTranscriptionCallback(given, header, { secret: withSecret, now: at });

  it('where its token has another form', () => {
    for (const given of ['', 'a', '.', `${token}x`, token.replace('.', ''), `${token}.${token}`, 'ü.ü']) {
      expect(refusal(given)).toEqual({ refusal: 'malformed' });
    }
  });

  it('where any character of its token was changed', () => {
    for (let at = 0; at < token.length; at += 1) {
      if (token[at] === '.') continue;
      const changed = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
      expect(refusal(changed)).toEqual({ refusal: 'not-signed' });
    }
  });

  it('where another secret signed it', () => {
    expect(refusal(token, authorization, now, 't'.repeat(32))).toEqual({ refusal: 'not-signed' });
  });

  it('from the moment on at which it ends', () => {
    expect(refusal(token, authorization, new Date(until.getTime() - 1))).toEqual({ subject });
    expect(refusal(token, authorization, until)).toEqual({ refusal: 'expired' });
  });

  it.each([
    ['none', ''],
    ['a wrong password', basic('onrecord', 'guess')],
    ['the password of another one', asked({ ...subject, audioSha256: 'c'.repeat(64) }).authorization],
    ['another scheme', `Bearer ${token}`],
  ])('with %s for credentials', (_which, header) => {
    expect(refusal(token, header)).toEqual({ refusal: 'credentials' });
  });
});
