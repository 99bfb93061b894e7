import { expect, it } from 'vitest';
import { replaceNumbers, spellingsIn, spellingsOf } from './number-spellings.ts';

const hidden = (text: string, e164: string) => {
  const spellings = new Set(spellingsOf(e164));
  return replaceNumbers(text, (digits) => (spellings.has(digits) ? 'PERSON' : undefined));
};

it.each([
  ['+14155552671', 'PERSON'],
  ['sip:+14155552671@pbx.example.com', 'sip:PERSON@pbx.example.com'],
  ['sip:14155552671@pbx.example.com;user=phone', 'sip:PERSON@pbx.example.com;user=phone'],
  ['sip:4155552671@pbx.example.com', 'sip:PERSON@pbx.example.com'],
  ['whatsapp:+14155552671', 'whatsapp:PERSON'],
  ['From=%2B14155552671&To=%2B14155550142', 'From=PERSON&To=%2B14155550142'],
  ['From=%28415%29%20555-2671', 'From=PERSON'],
  ['From=415%20555%202671', 'From=PERSON'],
  ['tel:+1-415-555-2671', 'tel:PERSON'],
  ['called (415) 555-2671 at 10:15', 'called PERSON at 10:15'],
  ['+1 (415) 555-2671, again 415.555.2671', 'PERSON, again PERSON'],
  ['0014155552671 and 01114155552671', 'PERSON and PERSON'],
  ['on 2026-03-01 415 555 2671 rang', 'on 2026-03-01 PERSON rang'],
  ['{"to":"+14155552671","n":"14155552671"}', '{"to":"PERSON","n":"PERSON"}'],
])('finds a number in %j', (text, expected) => {
  expect(hidden(text, '+14155552671')).toBe(expected);
});

it.each([
  ['0207 183 8750', 'PERSON'],
  ['+44 (0)20 7183 8750', 'PERSON'],
  ['020 7183 8750', 'PERSON'],
  ['0044 20 7183 8750', 'PERSON'],
])('finds a British number in %j', (text, expected) => {
  expect(hidden(text, '+442071838750')).toBe(expected);
});

it.each([
  '+14155552672',
  '+4155552671',
  '+141555526711',
  'CA4155552671415555267141555526714155',
  '2026-03-01T10:00:00Z',
  '',
])('leaves %j as it is, which is somebody else’s or no number', (text) => {
  expect(hidden(text, '+14155552671')).toBe(text);
});

it('reads no more of a text than its length, however many digits it has', () => {
  const text = '1 2 3 4 5 6 7 8 9 0 '.repeat(2_000);
  expect([...spellingsIn(text)].length).toBeLessThan(text.length * 20);
  expect(hidden(text, '+14155552671')).toBe(text);
});
