import { describe, expect, it } from 'vitest';
import { catalogue, findEntry } from './catalogue.ts';

/** Every code that a voice application meets, as the error dictionary groups them. */
const TWILIO_CODES = [
  ...[10004, 11200, 11205, 11206, 11210, 11215, 11217, 11220, 11235, 11236, 11237, 11750, 12100, 12200, 12300],
  ...[13201, 13214, 13223, 13224, 13225, 13226, 13227, 13247, 13256, 13621, 15002, 15003],
  ...[16101, 16102, 16104, 16105, 16106, 16107, 16108, 16111, 16112, 20003, 20009, 20404, 20429],
  ...[21210, 21211, 21212, 21215, 21216, 21219, 21220, 30003],
  ...[31404, 31408, 31480, 31486, 31487, 31503, 31600, 31603],
  ...[32001, 32009, 32010, 32011, 32012, 32013, 32014, 32015, 32016, 32017, 32022, 32101, 32102],
  ...[32200, 32201, 32202, 32203, 32204, 32205, 32206, 32207, 32208, 32209, 34002, 34003],
];
const SIP_RESPONSES = [400, 401, 403, 404, 407, 408, 415, 422, 480, 484, 486, 487, 488, 500, 503, 504, 600, 603, 604];
const STATUSES = ['busy', 'no-answer', 'failed', 'canceled'];

const entries = catalogue.entries.map((entry) => [entry.key, entry] as const);

describe('the catalogue', () => {
  it('has every code, response and status, and each once', () => {
    const keys = [
      ...TWILIO_CODES.map((code) => `twilio:${code}`),
      ...SIP_RESPONSES.map((code) => `sip:${code}`),
      ...STATUSES.flatMap((status) => [`call:${status}`, `dial:${status}`]),
      ...['dial:completed', 'dial:answered'],
    ];
    expect(keys.filter((key) => findEntry(key) === undefined)).toEqual([]);
    expect(new Set(entries.map(([key]) => key)).size).toBe(entries.length);
  });

  it.each(entries)('%s says where each of its facts is from', (_, { level, codes, sources }) => {
    for (const id of Object.values(sources)) expect(catalogue.sources).toHaveProperty(id);
    expect(sources.level !== undefined).toBe(level !== undefined);
    expect(sources.codes !== undefined).toBe(codes !== undefined);
  });

  // "Trying again later can help. What to do: Try later": the advice was there twice.
  it('leaves to what it says of trying again whether and when to try', () => {
    const fixes = entries.flatMap(([key, { fix, byStatus = {} }]) =>
      [fix, ...Object.values(byStatus).map((each) => each.fix)].map((text) => `${key}: ${text}`),
    );
    expect(fixes.filter((text) => /\b(try|once more) (later|again)\b/i.test(text))).toEqual([]);
  });

  it('gives Twilio’s codes a level, and a name of its own only where it says so', () => {
    for (const [key, { level, named, sources }] of entries) {
      expect([key, level !== undefined]).toEqual([key, key.startsWith('twilio:')]);
      expect([key, sources.name === 'inference']).toEqual([key, named === 'here']);
    }
  });

  it('refers to codes that it has', () => {
    for (const [, { codes = [] }] of entries) for (const code of codes) expect(findEntry(code)).toBeDefined();
  });

  // An article on 13201 sent people to their carrier, and made them repeat calls that can never succeed.
  it.each([
    ['13201', 'no', /TwiML/],
    ['13214', 'after-fix', /warning/],
    ['30003', 'not-needed', /messaging/],
  ])('contradicts what is widely said of %s', (code, helps, correction) => {
    const entry = findEntry(`twilio:${code}`);
    expect(entry?.retry.helps).toBe(helps);
    expect(entry?.disputed?.correction).toMatch(correction);
  });

  it('explains no trunk message twice', () => {
    const matches = entries.flatMap(([, { match }]) =>
      (match?.sipResponseCodes ?? []).flatMap((code) => (match?.phrases ?? ['']).map((phrase) => `${code} ${phrase}`)),
    );
    expect(new Set(matches).size).toBe(matches.length);
  });
});
