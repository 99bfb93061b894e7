import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { policyJsonSchema } from './policy-schema.ts';
import { POLICY_BYTES_MAX, readPolicy } from './read-policy.ts';

const GOOD = `name: calls
defaults:
  periods: { audio: 90d, transcript: 2y, providerResponse: 30d, metadata: 3y, numbers: 2y }
  consent: { mode: explicit }
`;
const rules = (...lines: string[]) => `${GOOD}rules:\n${lines.map((line) => `  - ${line}\n`).join('')}`;
const instead = (text: string, other: string) => GOOD.replace(text, other);

const PERIODS = '30min, 36h, 90d, 2w, 6mo or 7y';

describe('a policy is refused with the place, the value and the remedy:', () => {
  it.each([
    [
      'a unit that is a word',
      instead('90d', '90 days'),
      `line 3, column 21: defaults.periods.audio is "90 days": give a period such as ${PERIODS}, or forever`,
    ],
    [
      'a unit that says two things',
      instead('90d', '6m'),
      'line 3, column 21: defaults.periods.audio is "6m": write 6mo for months or 6min for minutes',
    ],
    [
      'a number without a unit',
      instead('90d', '90'),
      `line 3, column 21: defaults.periods.audio is 90: give a period such as ${PERIODS}, or forever`,
    ],
    [
      'no time at all',
      instead('90d', '0d'),
      `line 3, column 21: defaults.periods.audio is "0d": give a period such as ${PERIODS}, or forever`,
    ],
    [
      'a class of data without a period',
      instead('audio: 90d, ', ''),
      `line 3, column 3: defaults.periods.audio is missing: give a period such as ${PERIODS}, or forever`,
    ],
    [
      'a key that nobody knows',
      `${GOOD}retention: 5y\n`,
      'line 5, column 1: retention is not known here: it can have name, description, matching, defaults, rules',
    ],
    [
      'a key that is misspelt',
      `${GOOD}matchin: first\n`,
      'line 5, column 1: matchin is not known here: did you mean matching? it can have name, description, matching, defaults, rules',
    ],
    [
      'a key that is there twice',
      `${GOOD}name: again\n`,
      'line 5, column 1: this key is there twice; keep one of them',
    ],
    [
      'a period below the law',
      `${GOOD}  minimums:\n    - { classes: [audio], period: 5y, source: "Directive 2014/65/EU, Article 16(7)" }\n`,
      'line 3, column 21: defaults.periods.audio is "90d": that is shorter than the minimum of 5y by Directive 2014/65/EU, Article 16(7); keep it at least so long',
    ],
    [
      'a minimum of a rule above the period of the defaults',
      rules('name: a\n    select: { tags: [x] }\n    minimums: [{ classes: [transcript], period: 7y, source: a law }]'),
      'line 8, column 49: rules[0].minimums[0].period is "7y": transcript is kept for 2y only, less than the minimum of 7y by a law; set periods.transcript',
    ],
    [
      'a minimum without its source',
      `${GOOD}  minimums:\n    - { classes: [audio], period: 1d }\n`,
      'line 6, column 7: defaults.minimums[0].source is missing: give the law or rule that says so, with its article',
    ],
    [
      'metadata that go before what they are about',
      instead('metadata: 3y, numbers: 2y', 'metadata: 1y, numbers: 1y'),
      'line 3, column 75: defaults.periods.metadata is "1y": metadata (1y) would go before transcript (2y); keep metadata at least as long',
    ],
    [
      'numbers beyond the metadata',
      instead('numbers: 2y', 'numbers: 4y'),
      'line 3, column 88: defaults.periods.numbers is "4y": numbers (4y) are a part of the metadata (3y); keep them no longer',
    ],
    [
      'audio at Twilio beyond the audio',
      `${GOOD}  twilioDeletion: 120d\n`,
      'line 5, column 19: defaults.twilioDeletion is "120d": Twilio’s copy is audio and goes with it at the latest: twilioDeletion (120d) is longer than periods.audio (90d); give with-audio',
    ],
    [
      // It said "give a period such as …" alone, as if there were no word for it.
      'no word and no period for Twilio’s copy',
      `${GOOD}  twilioDeletion: never\n`,
      'line 5, column 19: defaults.twilioDeletion is "never": give after-archive, with-audio, or a period after the archive such as 30min, 36h, 90d, 2w, 6mo or 7y',
    ],
    [
      'rules that may both fit one call',
      rules('{ name: a, select: { directions: [inbound] } }', '{ name: b, select: { numbers: ["+1415*"] } }'),
      'line 7, column 16: rules[1].select: a call can fit this rule and rule a; add a selector that tells them apart, or put them in order and set matching: first',
    ],
    [
      'a rule that never has its turn',
      `matching: first\n${rules('{ name: eu, select: { jurisdictions: [EU] } }', '{ name: de, select: { jurisdictions: [DE], directions: [inbound] } }')}`,
      'line 8, column 17: rules[1].select: rule eu before it fits every call that this one fits; put this rule first',
    ],
    [
      'two rules of one name',
      rules('{ name: a, select: { directions: [inbound] } }', '{ name: a, select: { directions: [outbound] } }'),
      'line 7, column 13: rules[1].name is "a": another rule has this name; give each its own',
    ],
    [
      'a rule without a selector',
      rules('{ name: a, select: {} }'),
      'line 6, column 16: rules[0].select: it selects nothing; name at least one selector, or write this into defaults',
    ],
    [
      'a jurisdiction by another code',
      rules('{ name: a, select: { jurisdictions: [UK] } }'),
      'line 6, column 42: rules[0].select.jurisdictions[0] is "UK": did you mean GB? give a country by ISO 3166-1 such as DE, a state or province such as US-CA or CA-ON, or EU',
    ],
    [
      'a jurisdiction that there is not',
      rules('{ name: a, select: { jurisdictions: [US-XX] } }'),
      'line 6, column 42: rules[0].select.jurisdictions[0] is "US-XX": give a country by ISO 3166-1 such as DE, a state or province such as US-CA or CA-ON, or EU',
    ],
    [
      'a number that YAML takes for a sum',
      rules('{ name: a, select: { numbers: [+14155550100] } }'),
      'line 6, column 36: rules[0].select.numbers[0] is 14155550100: give a number as "+14155550100", or how numbers begin as "+4930*", in quotes',
    ],
    [
      'what a provider cannot do',
      `${GOOD}  transcription: { provider: openai-compatible, options: { redact: [pci] } }\n`,
      'line 5, column 60: defaults.transcription.options.redact: openai-compatible cannot be asked for redact "pci"',
    ],
    [
      'a fallback that would leave in what the first one masks',
      `${GOOD}  transcription:\n    provider: deepgram\n    options: { language: en, redact: [pci] }\n    fallback: { provider: openai-compatible }\n`,
      'line 8, column 5: defaults.transcription.fallback: deepgram masks pci and the fallback does not: whenever it stands in, that would stay in the text; give it the same redact, or leave the fallback out',
    ],
    [
      'a delay for what is never done',
      instead('mode: explicit', 'mode: explicit, onRefusal: withhold, refusalDelay: 1h'),
      'line 4, column 65: defaults.consent.refusalDelay is "1h": nothing is deleted where onRefusal is withhold; leave refusalDelay out, or set onRefusal: delete',
    ],
    [
      'patience with nobody',
      instead('mode: explicit', 'mode: none, gracePeriod: 1h'),
      'line 4, column 39: defaults.consent.gracePeriod is "1h": nobody is waited for where mode is none; leave gracePeriod out, or choose another mode',
    ],
    [
      'the name of the policy of the settings',
      instead('name: calls', 'name: built-in'),
      'line 1, column 7: name is "built-in": that is the policy of the settings; give another name',
    ],
    ['something else than a policy', '- a\n', 'line 1, column 1: give a policy with name and defaults'],
    ['nothing', '', 'line 1, column 1: give a policy with name and defaults'],
  ])('%s', (_, text, message) => {
    expect(readPolicy(text).faults?.map((fault) => fault.text)).toEqual([message]);
  });

  // "Nested mappings are not allowed in compact mappings; write it as YAML or JSON", for a colon too many.
  it.each([
    ['two keys on a line', 'name: calls: x', 'line 1, column 7: this line has a second key, or is indented further'],
    [
      'a key that is indented too far',
      'name: calls\n defaults: {}',
      'line 1, column 7: this line has a second key, or',
    ],
    [
      'a tab',
      'defaults:\n\tperiods: {}',
      'line 2, column 1: a tab stands at the beginning of the line; indent with spaces',
    ],
    [
      'an open list',
      'rules: [a, b\nname: calls',
      'line 2, column 1: a list in [ ] or a section in { } is not closed here',
    ],
    ['an open quote', 'name: "calls', 'line 1, column 13: a quote is opened here and not closed; close it'],
    ['no colon', 'name: calls\ndefaults\nrules: []', 'line 2, column 1: this line has no colon after its key'],
    ['a value that begins oddly', 'name: @calls', 'line 1, column 7: a value cannot begin with this character'],
    ['no comma', '{ name: calls defaults: x }', 'a comma is missing between two keys in { }'],
    ['two policies', `${GOOD}---\n${GOOD}`, 'line 5, column 1: a second document begins here with ---'],
    ['a * in front of a name', 'name: *calls', 'line 1, column 7: this * names no anchor'],
    ['a list beside keys', '- a\nname: calls', 'line 2, column 1: this does not belong here'],
  ])('%s, once and in words for who wrote it', (_, text, said) => {
    const texts = readPolicy(text).faults?.map((fault) => fault.text);
    expect(texts).toEqual([expect.stringContaining(said)]);
  });

  it('everything at once, in the order of the text', () => {
    const text = rules('{ name: B, select: { directions: [sideways] } }').replace('90d', '3 months');
    expect(readPolicy(text).faults?.map(({ line, column }) => [line, column])).toEqual([
      [3, 21],
      [6, 13],
      [6, 39],
    ]);
  });

  it('what is wrong between values beside what is wrong with one', () => {
    const text = `${instead('numbers: 2y', 'numbers: 4y')}  mediaFormat: ogg\n`;
    expect(readPolicy(text).faults?.map(({ line }) => line)).toEqual([3, 5]);
  });

  it('lists that multiply each other, and what is far too long, without reading it', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x]',
      ...'bcdef'.split('').map((key, at) => {
        const before = 'abcde'[at];
        return `${key}: &${key} [${Array(8).fill(`*${before}`).join(',')}]`;
      }),
    ].join('\n');
    expect(readPolicy(bomb).faults).toHaveLength(1);
    expect(readPolicy('x'.repeat(POLICY_BYTES_MAX + 1)).faults).toHaveLength(1);
  });
});

describe('a policy is taken', () => {
  it('from YAML and from JSON alike', () => {
    const { policy } = readPolicy(GOOD);
    expect(policy?.defaults.periods.audio).toBe('90d');
    expect(readPolicy(JSON.stringify(policy)).policy).toEqual(policy);
  });

  it('with rules that nothing can fit twice, and with rules in an order', () => {
    const inbound = '{ name: a, select: { directions: [inbound], jurisdictions: [DE] } }';
    const outbound = '{ name: b, select: { directions: [outbound] } }';
    const german = '{ name: c, select: { jurisdictions: [EU] } }';
    expect(readPolicy(rules(inbound, outbound)).faults).toBeUndefined();
    expect(readPolicy(`matching: first\n${rules(inbound, outbound, german)}`).faults).toBeUndefined();
  });

  it('by the schema that is committed', () => {
    const committed = new URL('../../contracts/policy.schema.json', import.meta.url);
    expect(JSON.parse(readFileSync(committed, 'utf8'))).toEqual(policyJsonSchema());
  });
});
