import { describe, expect, test } from 'vitest';
import { exampleFile } from '../../testing/voice-example.ts';
import { hearChoice, hearConsent } from './hear.ts';

const file = exampleFile();
const keyed = (digits: string) => ({ digits, speech: '', confidence: undefined });
const said = (speech: string, confidence: number | undefined = 0.9) => ({ digits: '', speech, confidence });

describe('consent', () => {
  test.each([
    ['1', 'granted'],
    ['2', 'refused'],
    ['7', 'none'],
    ['', 'none'],
  ])('key "%s" is %s', (digits, outcome) => {
    expect(hearConsent(file.consent, 'en', keyed(digits)).outcome).toBe(outcome);
  });

  test.each<[string, number | undefined, string]>([
    ['Yes.', 0.9, 'granted'],
    ['yes, please!', 0.7, 'granted'],
    ['I agree', 0.9, 'granted'],
    ['yes', 0.69, 'none'],
    ['yes', undefined, 'none'],
    ['I do not agree', 0.9, 'none'],
    ['yes and no', 0.9, 'none'],
    ['yesterday', 0.9, 'none'],
    ['No, I would rather not', 0.9, 'refused'],
    ['no', 0.4, 'none'],
    ['I know', 0.9, 'none'],
    ['…', 0.9, 'none'],
    ['ja', 0.9, 'none'],
  ])('"%s" with a confidence of %s is %s', (speech, confidence, outcome) => {
    const heard = { digits: '', speech, confidence };
    expect(hearConsent(file.consent, 'en', heard)).toEqual({ outcome, method: 'speech' });
  });

  test('is heard in the caller’s language', () => {
    expect(hearConsent(file.consent, 'de', said('Ja')).outcome).toBe('granted');
    expect(hearConsent(file.consent, 'constructor', said('Ja')).outcome).toBe('none');
  });

  // Vowel signs and tone marks were taken for accents: "hai" was the yes of a caller who had said something else.
  test.each([
    ['हाँ', 'हाँ', 'granted'],
    ['हाँ', 'है', 'none'],
    ['ใช่', 'ใช้', 'none'],
    ['có', 'cỏ', 'none'],
    ['sí', 'si', 'none'],
    ['sí', 'Sí.', 'granted'],
  ])('the yes "%s" is not met by what only looks like it: "%s" is %s', (word, speech, outcome) => {
    const words = { en: { grant: [word], refuse: ['no'] } };
    const consent = { ...file.consent, speech: { confidenceMin: 0.7, words } };
    expect(hearConsent(consent, 'en', said(speech)).outcome).toBe(outcome);
  });

  test('is not heard where speech is off', () => {
    expect(hearConsent({ ...file.consent, speech: undefined }, 'en', said('yes')).outcome).toBe('none');
  });
});

test.each([
  [keyed('1'), { destination: 'sales' }],
  [said('the support desk please'), { destination: 'support' }],
  [said('sales or support'), undefined],
  [said('supporters'), undefined],
  [keyed('5'), undefined],
  [keyed(''), undefined],
])('a choice is one key, or words of one choice alone: %j', (heard, go) => {
  const menu = file.menus.main as NonNullable<typeof file.menus.main>;
  expect(hearChoice(menu, 'en', heard)?.go).toEqual(go);
});
