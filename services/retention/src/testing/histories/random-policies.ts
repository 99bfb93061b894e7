import { CONSENT_MODES, type PolicyDocument, SHARED_CALLS } from '@onrecord/shared/policy/policy-schema';
import fc from 'fast-check';

const periods = (audio: string, transcript: string, providerResponse: string, metadata = 'forever') => ({
  ...{ audio, transcript, providerResponse },
  ...{ metadata, numbers: metadata },
});

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

/** No period is shorter than the minimum, or the policy would not be accepted. */
const minimum = (...classes: ('audio' | 'transcript' | 'metadata')[]) => ({ classes, period: '5d', source: 'a law' });

/** Policies that differ in everything that moves a deletion or a clearance; a refusal waits as long in each. */
export const policyDocument: fc.Arbitrary<PolicyDocument> = fc
  .record({
    periods: fc.constantFrom(
      periods('30d', '30d', '30d'),
      periods('30d', '30d', '30d', '60d'),
      periods('10d', '20d', '6d', '60d'),
      periods('1mo', 'forever', '5d'),
    ),
    minimums: fc
      .constantFrom([minimum('audio', 'transcript', 'metadata')], [minimum('transcript')], [], [])
      .map((each) => [...each]),
    twilioDeletion: fc.constantFrom(undefined, 'after-archive' as const, '3d'),
    mode: fc.constantFrom('explicit' as const, ...CONSENT_MODES),
    onRefusal: fc.constantFrom('delete' as const, 'delete' as const, 'withhold' as const),
    withheldPeriod: fc.constantFrom('forever', '20d'),
    transcription: fc.constantFrom(undefined, undefined, undefined, 'none' as const),
    sharedCalls: maybe(fc.constantFrom(...SHARED_CALLS)),
    ofConferences: maybe(fc.constantFrom({ audio: '60d' }, { transcript: '7d' })),
  })
  .map(({ mode, onRefusal, withheldPeriod, ofConferences, ...settings }) => ({
    name: 'random',
    defaults: { ...settings, consent: { mode, onRefusal, withheldPeriod } },
    ...(ofConferences && {
      rules: [{ name: 'conferences', select: { sources: ['Conference' as const] }, periods: ofConferences }],
    }),
  }));
