import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parseText } from 'media-captions';
import { describe, expect, it } from 'vitest';
import webvtt, { type CueNode } from 'webvtt-parser';
import { transcriptJsonSchema } from './domain/transcript-schema.ts';
import { cleared } from './testing/pipeline.ts';
import { startPipeline } from './testing/start-pipeline.ts';

const committed = JSON.parse(readFileSync(new URL('../contracts/transcript.schema.json', import.meta.url), 'utf8'));
const isTranscript = new Ajv2020({ strict: true, validateFormats: false }).compile(committed);

/** Of one turn: its channel, its first and last second, its words. */
type Said = [channel: number, start: number, end: number, ...words: string[]];

const utterance = ([channel, start, end, ...texts]: Said) => {
  const step = (end - start) / texts.length;
  const words = texts.map((text, index) => ({
    punctuated_word: text,
    start: start + index * step,
    end: start + (index + 1) * step,
    confidence: 0.9,
  }));
  return { channel, start, end, confidence: 0.9, transcript: texts.join(' '), words };
};

/** Each form of the transcript that comes of such an answer of the provider, over the way that every recording takes. */
async function formsOf(said: Said[], roles = ['caller', 'called'], name: 'deepgram' | 'simulator' = 'deepgram') {
  const channels = [{ alternatives: [] }, { alternatives: [] }];
  const metadata = { request_id: 'r1', duration: said.at(-1)?.[2] ?? 2, channels: 2 };
  const body = JSON.stringify({ metadata, results: { channels, utterances: said.map(utterance) } });
  const { run, read } = await startPipeline({ answer: { status: 200, body }, providerName: name });
  await run(cleared({ speakers: roles.map((role, channel) => ({ channel, role })) }));
  const text = async (form: string) => (await read(`transcript.${form}`)).toString('utf8');
  const json = JSON.parse(await text('json'));
  expect(isTranscript(json), JSON.stringify(isTranscript.errors)).toBe(true);
  return { json, vtt: readVtt(await text('vtt')), srt: await readSrt(await text('srt')), txt: await text('txt') };
}

/** By default this parser leaves the semicolons; all of HTML's names are in a file beside it. */
const ENTITIES = createRequire(import.meta.url)('webvtt-parser/html-entities.json');

/** WebVTT has entities in annotations too; this parser leaves them as they are. */
const unescaped = (annotation: string | undefined) =>
  annotation?.replace(/&(amp|lt|gt);/g, (_entity, name: string) => ({ amp: '&', lt: '<', gt: '>' })[name] ?? '');

function readVtt(text: string) {
  const { cues, errors } = new webvtt.WebVTTParser(ENTITIES).parse(text, 'subtitles/captions/descriptions');
  expect(errors).toEqual([]);
  return cues.map(({ startTime, endTime, tree }) => {
    const [voice] = tree.children;
    const isVoice = voice?.name === 'v';
    const said = isVoice ? (voice.children ?? []) : tree.children;
    expect(said.every(({ type }) => type === 'text')).toBe(true);
    return {
      start: startTime,
      end: endTime,
      speaker: isVoice ? unescaped(voice.value) : undefined,
      text: textOf(said),
    };
  });
}

const textOf = (nodes: CueNode[]) => nodes.map(({ value }) => value).join('');

async function readSrt(text: string) {
  const { cues, errors } = await parseText(text, { type: 'srt', strict: true, errors: true });
  expect(errors).toEqual([]);
  expect(cues.map(({ id }) => id)).toEqual(cues.map((_cue, index) => String(index + 1)));
  return cues.map(({ startTime, endTime, text: line }) => ({ start: startTime, end: endTime, text: line }));
}

const linesOf = (txt: string) => txt.split('\n').slice(0, -1);

describe('a transcript, read by parsers that are not ours,', () => {
  it('of silence is a valid file of every form', async () => {
    const { json, vtt, srt, txt } = await formsOf([]);
    expect(json).toMatchObject({ turns: [], speakers: [] });
    expect([vtt, srt, txt]).toEqual([[], [], '']);
  });

  it('of one word has it once, and when it was said', async () => {
    const { json, vtt, srt, txt } = await formsOf([[1, 1.25, 1.5, 'Yes.']]);
    expect(json.turns).toMatchObject([{ speaker: 'called', words: [{ text: 'Yes.', start: 1.25, end: 1.5 }] }]);
    expect(vtt).toEqual([{ start: 1.25, end: 1.5, speaker: 'called', text: 'Yes.' }]);
    expect(srt).toEqual([{ start: 1.25, end: 1.5, text: 'called: Yes.' }]);
    expect(txt).toBe('[00:00:01] called: Yes.\n');
  });

  it('of two hours has every turn, in order', async () => {
    const turns = Array.from({ length: 2_400 }, (_, n): Said => [n % 2, n * 3, n * 3 + 2.5, 'turn', String(n)]);
    const { json, vtt, srt, txt } = await formsOf(turns);
    const texts = turns.map(([, , , ...words]) => words.join(' '));
    expect(json.turns.map(({ text }: { text: string }) => text)).toEqual(texts);
    expect(vtt.map(({ text }) => text)).toEqual(texts);
    expect(vtt.at(-1)).toMatchObject({ start: 7_197, end: 7_199.5, speaker: 'called' });
    expect(srt).toHaveLength(2_400);
    expect(srt.at(-1)).toEqual({ start: 7_197, end: 7_199.5, text: 'called: turn 2399' });
    expect(linesOf(txt).at(-1)).toBe('[01:59:57] called: turn 2399');
  });

  it('of people who speak at once keeps them apart, in the order in which they began', async () => {
    const { vtt, srt } = await formsOf([
      [0, 0, 9, 'I', 'go', 'on'],
      [1, 1, 2, 'no'],
      [1, 0, 1, 'wait'],
    ]);
    expect(vtt.map(({ speaker, text }) => [speaker, text])).toEqual([
      ['caller', 'I go on'],
      ['called', 'wait'],
      ['called', 'no'],
    ]);
    expect(srt.map(({ start, end }) => [start, end])).toEqual([
      [0, 9],
      [0, 1],
      [1, 2],
    ]);
  });

  it.each([
    ['Hebrew', ['שלום', 'עולם!', '(123)']],
    ['Arabic, with marks of direction', ['\u200fمرحبا', 'بك\u200e،', 'ABC\u202a42\u202c']],
    ['Chinese', ['你好，世界。', '𠮷野家']],
    ['Japanese and Korean', ['こんにちは', '안녕하세요']],
    ['emoji of several code points', ['👩‍👩‍👧', 'ok']],
  ])('of %s has it untouched', async (_script, words) => {
    const { json, vtt, srt, txt } = await formsOf([[0, 0, 2, ...words]]);
    const text = words.join(' ');
    expect(json.turns[0].words.map((word: { text: string }) => word.text)).toEqual(words);
    expect([json.turns[0].text, vtt[0]?.text]).toEqual([text, text]);
    expect(srt[0]?.text).toBe(`caller: ${text}`);
    expect(txt).toBe(`[00:00:00] caller: ${text}\n`);
  });

  it('of HTML is text: no tag and no entity of it is obeyed', async () => {
    const words = [
      '<b>bold</b>',
      '<v',
      'Eve>hi',
      '&amp;',
      '&lt;i&gt;',
      '-->',
      '<00:00:01.000>',
      '<script>alert(1)</script>',
    ];
    const { json, vtt, srt } = await formsOf([[0, 0, 2, ...words]], ['<b>O’Neill & Sons</b>', 'x --> y']);
    expect(json.turns[0].text).toBe(words.join(' '));
    expect(vtt).toMatchObject([{ speaker: '<b>O’Neill & Sons</b>', text: words.join(' ') }]);
    expect(srt).toHaveLength(1);
    expect(srt[0]?.text).not.toMatch(/[<>]/);
  });

  it('of control characters and line breaks stays in its cue', async () => {
    const words = [
      'a\u0000\u0007',
      '\u001b[31mred',
      'b\r\n\r\n2\n00:00:01,000 --> 00:00:02,000\nforged',
      'c\u2028\u2029\u0085d',
    ];
    const { json, vtt, srt, txt } = await formsOf([[0, 0, 2, ...words]], ['call\ner', 'called']);
    expect(json.turns[0].words.map((word: { text: string }) => word.text)).toEqual(words);
    const text = 'a [31mred b 2 00:00:01,000 --> 00:00:02,000 forged c d';
    expect(vtt).toEqual([{ start: 0, end: 2, speaker: 'call er', text }]);
    expect(srt).toEqual([{ start: 0, end: 2, text: `call er: ${text.replace('-->', '--›')}` }]);
    expect(txt).toBe(`[00:00:00] call er: ${text}\n`);
  });

  it('that is simulated says so first', async () => {
    const { vtt, srt, txt } = await formsOf([[0, 0, 1, 'hello']], undefined, 'simulator');
    for (const first of [vtt[0]?.text, srt[0]?.text, linesOf(txt)[0]]) expect(first).toMatch(/^SIMULATED TRANSCRIPT/);
    expect(vtt).toHaveLength(2);
  });
});

it('is described by the committed schema: run `pnpm generate` when this fails', () => {
  expect(committed).toEqual(JSON.parse(JSON.stringify(transcriptJsonSchema())));
});
