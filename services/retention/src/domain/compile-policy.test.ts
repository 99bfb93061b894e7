import { readPolicy } from '@onrecord/shared/policy/read-policy';
import { describe, expect, it } from 'vitest';
import { callFacts, entryOf, policy, recording } from '../testing/given.ts';
import { compilePolicy } from './compile-policy.ts';
import type { RecordingEntry } from './custody.ts';

const PLACES: Readonly<Record<string, readonly string[]>> = { '+14155550100': ['US-CA'], '+4930123456': ['DE'] };

const compiled = (text: string) => {
  const { policy: document, faults } = readPolicy(text);
  if (document === undefined) return expect.fail(faults?.map((fault) => fault.text).join('\n'));
  return compilePolicy({ document, version: 3 }, policy, (number) => PLACES[number] ?? []);
};

const policyFor = compiled(`
name: calls
matching: first
defaults:
  periods: { audio: 90d, transcript: 2y, providerResponse: 30d, metadata: 3y, numbers: 2y }
  consent: { mode: explicit, refusalDelay: 2h }
rules:
  - name: payments
    select: { tags: [payment] }
    transcription: none
    twilioDeletion: after-archive
  - name: german
    select: { jurisdictions: [EU], directions: [inbound] }
    consent: { mode: by-rule }
    periods: { audio: 1d }
    twilioDeletion: 12h
    mediaFormat: mp3
  - name: bay-area
    select: { numbers: ["+1415*"], sources: [DialVerb] }
    transcription: { provider: deepgram, options: { language: en, redact: [pci] } }
`);

const entry = (fields: Partial<RecordingEntry>, source = 'DialVerb') =>
  entryOf(callFacts([], { recording: recording({ recordingSource: source }) }), fields);
const inbound = { company: { direction: 'inbound', joined: [] } };

describe('the policy that holds', () => {
  it.each([
    ['a tag', { tags: ['vip', 'payment'] }, 'payments'],
    ['the first that fits', { tags: ['payment'], numbers: ['+4930123456'], ...inbound }, 'payments'],
    ['the jurisdiction of any party', { numbers: ['+14155550100', '+4930123456'], ...inbound }, 'german'],
    ['how a number begins', { numbers: ['+14155550199'] }, 'bay-area'],
    [
      'nothing that fits whole',
      { numbers: ['+4930123456'], company: { direction: 'outbound-api', joined: [] } },
      undefined,
    ],
    ['nothing that is known', {}, undefined],
  ])('goes by %s', (_, fields, rule) => {
    expect(policyFor(entry(fields)).rule).toBe(rule);
  });

  it('goes by the source, where it is told', () => {
    expect(policyFor(entry({ numbers: ['+14155550199'] }, 'Trunking')).rule).toBeUndefined();
  });

  it('stays the one that numbers told when pseudonyms have taken their place', () => {
    const replaced = { numbers: ['psn_0123456789012345678901'], ...inbound };
    expect(policyFor(entry({ ...replaced, rule: 'german' })).rule).toBe('german');
    expect(policyFor(entry({ ...replaced, rule: 'of-another-policy' })).rule).toBeUndefined();
    expect(policyFor(entry(replaced)).rule).toBeUndefined();
  });

  it('is its rule on top of the defaults', () => {
    const german = policyFor(entry({ numbers: ['+4930123456'], ...inbound }));
    expect(german).toMatchObject({
      name: 'calls',
      version: 3,
      mark: 'calls v3',
      consentMode: 'by-rule',
      refusalDeletionDelayMs: 2 * 3_600_000,
      gracePeriodMs: 3_600_000,
      periods: { audio: { ms: 86_400_000 }, transcript: { months: 24 } },
      twilioDeletion: { ms: 12 * 3_600_000 },
      mediaFormat: 'mp3',
    });
    expect(policyFor(entry({}))).toMatchObject({ consentMode: 'explicit', twilioDeletion: 'with-audio' });
  });

  it('asks the provider of the installation, for what the policy says', () => {
    expect(policyFor(entry({ numbers: ['+14155550199'] })).transcription).toEqual({
      provider: 'deepgram',
      options: { language: 'en', redact: ['pci'] },
      canDiarize: true,
      fallback: undefined,
    });
    expect(policyFor(entry({ tags: ['payment'] })).transcribes).toBe(false);
    expect(policyFor(entry({})).transcription).toBe(policy.transcription);
  });
});
