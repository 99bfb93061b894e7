import { describe, expect, it } from 'vitest';
import { MARK, toHighlights } from './highlights.ts';
import { searchConfigOf, toSearchText, toSearchWords } from './search-text.ts';

const turn = (text: string, start = 0) => ({ speaker: 'caller', start, end: start + 1, text });
const marked = (text: string) => text.replaceAll('[', MARK.start).replaceAll(']', MARK.end);

describe('the text that is searched', () => {
  it.each([
    ['en-US', 'english'],
    ['DE', 'german'],
    ['pt_BR', 'portuguese'],
    ['ja', 'simple'],
    ['', 'simple'],
    [undefined, 'simple'],
  ])('of a transcript in %s is read as %s', (language, config) => {
    expect(searchConfigOf(language)).toBe(config);
  });

  it('has a line for each turn, whatever a turn has in it', () => {
    const { body, turns, isCut } = toSearchText({
      turns: [turn('one\ntwo\0\ue000\u200b'), turn('', 1), turn('e\u0301', 2)],
    });
    expect({ lines: body.split('\n'), starts: turns.map(({ start }) => start), isCut }).toEqual({
      lines: ['one two', '', 'é'],
      starts: [0, 1, 2],
      isCut: false,
    });
  });

  it('is cut at a turn where it is more than can be searched, and says so', () => {
    const long = 'word '.repeat(20_000);
    const { body, turns, isCut } = toSearchText({ turns: Array.from({ length: 9 }, (_, n) => turn(long, n)) });
    expect({ isCut, turns: turns.length, fits: Buffer.byteLength(body) <= 400_000 }).toEqual({
      isCut: true,
      turns: 4,
      fits: true,
    });
  });

  it('looks for characters of scripts without spaces one after the other', () => {
    const bare = (text: string) => text.replaceAll('\u001f', '·');
    expect(bare(toSearchWords('refund 東京 or "大阪 city"'))).toBe('refund  "·東··京·"  or "·大··阪· city"');
    expect(bare(toSearchText({ turns: [turn('東京 is')] }).body)).toBe('·東··京· is');
  });
});

describe('a highlight', () => {
  const turns = [turn('', 1), turn('', 2), turn('', 3)];
  it('tells the turn, its time, the text without any markup and where the words are', () => {
    expect(toHighlights(marked('no\n<b>a [refund]</b> or [refunds]\n[refund]'), turns, 'refund', 1)).toEqual({
      matches: 2,
      highlights: [
        {
          ...{ turn: 1, speaker: 'caller', start: 2, end: 3, text: '<b>a refund</b> or refunds' },
          marks: [
            { start: 5, end: 11 },
            { start: 19, end: 26 },
          ],
        },
      ],
    });
  });

  it('is one where words without a space between them were found', () => {
    const { highlights } = toHighlights(
      marked('京 [\u001f東]\u001f\u001f[京]\u001fx [\u001f東\u001f]\n[\u001f東\u001f]'),
      turns,
      '東京',
      3,
    );
    expect(highlights).toMatchObject([{ text: '京 東京x 東', marks: [{ start: 2, end: 4 }] }]);
  });

  it('shows of a long turn what is around the first word', () => {
    const { highlights } = toHighlights(marked(`${'😀'.repeat(300)}[refund]${'😀'.repeat(300)}`), turns, 'refund', 3);
    const [{ text, marks } = { text: '', marks: [] }] = highlights;
    expect(marks.map(({ start, end }) => text.slice(start, end))).toEqual(['refund']);
    expect({ text, isWhole: text.isWellFormed() }).toEqual({ text: expect.stringMatching(/^….*…$/u), isWhole: true });
    expect(text.length).toBeLessThan(410);
  });
});
