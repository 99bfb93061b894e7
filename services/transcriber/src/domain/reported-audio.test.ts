import { describe, expect, it } from 'vitest';
import { warningsOf } from './reported-audio.ts';

const served = { channels: 2, durationSeconds: 9.12 };
const kinds = (reported: Parameters<typeof warningsOf>[0]) => warningsOf(reported, served).map(({ kind }) => kind);

describe('audio beside what was reported of it', () => {
  it.each([
    ['the same', { channels: 2, durationSeconds: 9 }],
    ['rounded up, and trimmed a little', { channels: 2, durationSeconds: 11 }],
    ['longer', { channels: 2, durationSeconds: 5 }],
    ['of which nothing was reported', {}],
  ])('raises no warning when it is %s', (_what, reported) => {
    expect(kinds(reported)).toEqual([]);
  });

  it('is shorter, and says by how much', () => {
    expect(warningsOf({ channels: 2, durationSeconds: 12 }, served)).toEqual([
      { kind: 'shorter-than-reported', text: 'Twilio reported 12 s and served 9.12 s' },
    ]);
  });

  it('has fewer channels, or more', () => {
    expect(kinds({ channels: 1 })).toEqual(['other-channels-than-reported']);
    expect(kinds({ channels: 3, durationSeconds: 60 })).toEqual([
      'shorter-than-reported',
      'other-channels-than-reported',
    ]);
  });
});
