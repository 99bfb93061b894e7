import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timestamp } from './captions.ts';
import { toPlainText } from './plain-text.ts';
import { toSrt } from './srt.ts';
import type { SpokenTranscript, TranscriptTurn } from './transcript.ts';
import { toWebvtt } from './webvtt.ts';

const turn = (text: string, overrides: Partial<TranscriptTurn> = {}): TranscriptTurn => ({
  speaker: 'caller',
  channel: 0,
  start: 1.5,
  end: 3,
  text,
  words: [],
  ...overrides,
});

const spoken = (turns: TranscriptTurn[], simulated = false): SpokenTranscript => ({
  simulated,
  recordingSid: `RE${'1'.repeat(32)}`,
  provider: { name: simulated ? 'simulator' : 'deepgram' },
  turns,
});

/** A reader of WebVTT that knows nothing of the writer: header, then blocks apart by empty lines. */
function readWebvtt(text: string) {
  const [head, ...blocks] = text.replace(/\n$/, '').split('\n\n');
  expect(head).toBe('WEBVTT');
  return blocks.map((block) => {
    const [timing = '', ...payload] = block.split('\n');
    expect(timing).toMatch(/^\d{2,}:\d\d:\d\d\.\d{3} --> \d{2,}:\d\d:\d\d\.\d{3}$/);
    expect(payload).toHaveLength(1);
    const voice = /^<v ([^>]*)>(.*)$/su.exec(payload[0] ?? '');
    return { speaker: voice && unescaped(voice[1] ?? ''), text: unescaped(voice?.[2] ?? payload[0] ?? '') };
  });
}

const unescaped = (text: string) => {
  expect(text.replace(/&(amp|lt|gt);/g, '')).not.toMatch(/[&<>]/);
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
};

const normal = (text: string) => text.replace(/\s+/g, ' ').trim();

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc
    .array(
      fc.constantFrom(
        '-->',
        '<b>',
        '&amp;',
        '\n',
        '\n\n',
        '\r',
        '\u2028',
        '\u0000',
        '\u001b[31m',
        'אבג',
        '你好',
        ' ',
        '1',
      ),
    )
    .map((parts) => parts.join('')),
);

describe('WebVTT', () => {
  it('gives each turn its speaker as a voice', () => {
    expect(toWebvtt(spoken([turn('hello'), turn('hi', { speaker: 'agent', start: 3_723.042, end: 3_724 })]))).toBe(
      'WEBVTT\n\n00:00:01.500 --> 00:00:03.000\n<v caller>hello\n\n01:02:03.042 --> 01:02:04.000\n<v agent>hi\n',
    );
  });

  it('keeps any text a text', () => {
    fc.assert(
      fc.property(fc.array(anyText, { maxLength: 5 }), anyText, (texts, speaker) => {
        const cues = readWebvtt(toWebvtt(spoken(texts.map((text) => turn(text, { speaker })))));
        expect(cues).toHaveLength(texts.length);
        // Control characters are dropped by design; everything else is read back as it was said.
        const clean = (text: string) => normal(text.replace(/[\s\u2028\u2029]+/gu, ' ').replace(/\p{Cc}/gu, ''));
        expect(cues.map((cue) => normal(cue.text))).toEqual(texts.map(clean));
      }),
    );
  });

  it('shows that a transcript is simulated', () => {
    const [first] = readWebvtt(toWebvtt(spoken([turn('hello')], true)));
    expect(first?.text).toMatch(/^SIMULATED TRANSCRIPT/);
  });

  it('is a valid file without a turn', () => {
    expect(toWebvtt(spoken([]))).toBe('WEBVTT\n');
  });
});

describe('SRT', () => {
  it('numbers the cues and puts the speaker before the words', () => {
    expect(toSrt(spoken([turn('hello'), turn('hi', { speaker: 'agent', start: 3, end: 3 })]))).toBe(
      '1\n00:00:01,500 --> 00:00:03,000\ncaller: hello\n\n2\n00:00:03,000 --> 00:00:03,001\nagent: hi\n',
    );
  });

  it('keeps any text on its line', () => {
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 1, maxLength: 5 }), (texts) => {
        const blocks = toSrt(spoken(texts.map((text) => turn(text)))).split('\n\n');
        expect(blocks).toHaveLength(texts.length);
        for (const [index, block] of blocks.entries()) {
          const lines = block.replace(/\n$/, '').split('\n');
          expect(lines).toHaveLength(3);
          expect(lines[0]).toBe(String(index + 1));
          expect(lines[2]).not.toMatch(/[<>\p{Cc}]/u);
        }
      }),
    );
  });

  it('shows that a transcript is simulated', () => {
    expect(toSrt(spoken([turn('hello')], true))).toContain('SIMULATED TRANSCRIPT');
  });
});

describe('plain text', () => {
  it('has a line for each turn', () => {
    expect(toPlainText(spoken([turn('hello\nthere')]))).toBe('[00:00:01] caller: hello there\n');
  });

  it('begins with the notice of a simulated transcript', () => {
    expect(toPlainText(spoken([turn('hello')], true))).toMatch(
      /^SIMULATED TRANSCRIPT.*\n\n\[00:00:01\] caller: hello\n$/,
    );
  });
});

describe('a timestamp', () => {
  it.each([
    [0, '00:00:00.000'],
    [59_999, '00:00:59.999'],
    [3_600_000, '01:00:00.000'],
    [360_000_000 + 61_001, '100:01:01.001'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(timestamp(ms, '.')).toBe(text);
  });
});
