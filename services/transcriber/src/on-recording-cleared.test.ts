import { describe, expect, it } from 'vitest';
import { monoAnswer } from './testing/deepgram-answer.ts';
import { serve } from './testing/http-server.ts';
import { cleared, folder, recordingAudio, sha256Of, startDeepgram } from './testing/pipeline.ts';
import { startPipeline } from './testing/start-pipeline.ts';
import { wav } from './testing/wav.ts';

describe('a cleared recording', () => {
  it('is archived and transcribed in one pass over its audio', async () => {
    const { run, read, json, types, twilio, deepgram, legEnds } = await startPipeline();
    await run();
    expect((await read('media.wav')).equals(recordingAudio)).toBe(true);
    expect(types()).toEqual(['onrecord.recording.archived.v1', 'onrecord.transcript.completed.v1']);
    expect(twilio.requests).toHaveLength(1);
    expect(deepgram.paid).toEqual([sha256Of(recordingAudio)]);
    expect(legEnds).toEqual(['answered']);
    const manifest = await json('manifest.json');
    expect(manifest.media).toMatchObject({
      key: `${folder}/media.wav`,
      bytes: recordingAudio.length,
      sha256: sha256Of(recordingAudio),
    });
    expect(manifest.audio).toMatchObject({ channels: 2, sampleRateHz: 8_000, durationSeconds: 2 });
    const transcript = await json('transcript.json');
    expect(transcript.turns.map((turn: { speaker: string; text: string }) => [turn.speaker, turn.text])).toEqual([
      ['caller', 'Hello there.'],
      ['agent', 'Hi.'],
    ]);
    expect(transcript.audio.sha256).toBe(sha256Of(recordingAudio));
    expect((await read('transcript.txt')).toString()).toBe('[00:00:00] caller: Hello there.\n[00:00:01] agent: Hi.\n');
  });

  it('keeps the provider’s answer as it came', async () => {
    const { run, read, deepgram } = await startPipeline();
    await run();
    expect((await read('provider-response.json')).toString()).toBe(deepgram.answer.body);
  });

  it('is announced with objects that are there, by their hashes', async () => {
    const { run, published, store } = await startPipeline();
    await run();
    const [archived, completed] = published;
    if (archived?.type !== 'onrecord.recording.archived.v1' || completed?.type !== 'onrecord.transcript.completed.v1') {
      throw new Error('other events');
    }
    expect(archived.data).toMatchObject({ prefix: `${folder}/`, channels: 2, durationSeconds: 2, store: store.uri });
    expect(completed.data).toMatchObject({ turns: 2, words: 3, billedSeconds: 4, simulated: false, language: 'en' });
    const named = [archived.data.media, archived.data.manifest, completed.data.transcript, ...completed.data.derived];
    for (const object of named) {
      const { body } = await store.get(object.key);
      const bytes = Buffer.concat(await body.toArray());
      expect([object.key, sha256Of(bytes), bytes.length]).toEqual([object.key, object.sha256, object.bytes]);
    }
  });

  it('is not fetched, paid for or changed again when the event comes twice', async () => {
    const { run, published, twilio, deepgram } = await startPipeline();
    await run();
    await run();
    expect(twilio.requests).toHaveLength(1);
    expect(deepgram.paid).toHaveLength(1);
    expect(published.slice(2)).toEqual(published.slice(0, 2));
  });

  // An agreement to share would have been carried out as another clearance, with the options of its day, and paid for again.
  it('is left as it is by an event that continues its clearance', async () => {
    const { run, published, twilio, deepgram } = await startPipeline();
    await run();
    await run(cleared({ decision: 2, continues: 1, transcription: { language: 'de' } }));
    expect(published).toHaveLength(2);
    expect([twilio.requests.length, deepgram.paid.length]).toEqual([1, 1]);
  });

  it('is archived alone where transcription is no purpose: the provider gets no byte', async () => {
    const { run, types, deepgram, store } = await startPipeline();
    await run(cleared({ purposes: ['store'] }));
    expect(types()).toEqual(['onrecord.recording.archived.v1']);
    expect(deepgram.bytes()).toBe(0);
    expect(await store.head(`${folder}/transcript.json`)).toBeUndefined();
  });

  it('is refused for transcription without storage', async () => {
    const { run, deepgram } = await startPipeline();
    await expect(run(cleared({ purposes: ['transcribe'] }))).rejects.toMatchObject({
      stage: 'clearance',
      kind: 'permanent',
    });
    expect(deepgram.bytes()).toBe(0);
  });

  it('is read from the store when the provider’s leg was cut', async () => {
    const { run, types, twilio, deepgram, legEnds } = await startPipeline({ lagBytesMax: 100 });
    await run();
    expect(legEnds).toEqual(['cut']);
    expect(twilio.requests).toHaveLength(1);
    expect(deepgram.paid).toEqual([sha256Of(recordingAudio)]);
    expect(types()).toEqual(['onrecord.recording.archived.v1', 'onrecord.transcript.completed.v1']);
  });

  it('is archived and announced when the provider fails, and transcribed from the store at the next try', async () => {
    const { run, types, twilio, deepgram } = await startPipeline({ answer: { status: 503, body: '{"err_code":"X"}' } });
    await expect(run()).rejects.toMatchObject({ stage: 'transcription-request', kind: 'transient' });
    expect(types()).toEqual(['onrecord.recording.archived.v1']);
    Object.assign(deepgram.answer, { status: 200, body: (await startDeepgram()).answer.body });
    await run();
    expect(twilio.requests).toHaveLength(1);
    expect(types().slice(1)).toEqual(['onrecord.recording.archived.v1', 'onrecord.transcript.completed.v1']);
  });

  it('keeps no answer that cannot be read', async () => {
    const { run, store } = await startPipeline({ answer: { status: 200, body: '{"metadata":{}}' } });
    await expect(run()).rejects.toMatchObject({ stage: 'transcription-answer', kind: 'permanent' });
    expect(await store.head(`${folder}/provider-response.json`)).toBeUndefined();
    expect(await store.head(`${folder}/media.wav`)).toBeDefined();
  });

  it('is archived before an impossible option is reported', async () => {
    const { run, types, deepgram } = await startPipeline();
    await expect(run(cleared({ transcription: { redact: ['pci'] } }))).rejects.toMatchObject({
      stage: 'transcription-options',
    });
    expect(types()).toEqual(['onrecord.recording.archived.v1']);
    expect(deepgram.bytes()).toBe(0);
  });

  it('is transcribed anew for other options, beside the first answer', async () => {
    const { run, deepgram, json, store, published } = await startPipeline();
    await run();
    await run(cleared({ decision: 2, transcription: { model: 'nova-2' } }));
    await run(cleared({ decision: 3, transcription: { model: 'nova-2' } }));
    expect(deepgram.paid).toHaveLength(2);
    const { optionsFingerprint, provider } = await json('transcript.json');
    expect(provider.response.key).toBe(`${folder}/provider-response.${optionsFingerprint.slice(0, 16)}.json`);
    expect(await store.head(`${folder}/provider-response.json`)).toBeDefined();
    const completed = published.filter(({ type }) => type === 'onrecord.transcript.completed.v1');
    expect(new Set(completed.map(({ id }) => id)).size).toBe(2);
  });

  it('shows in every form that its transcript is simulated', async () => {
    const { run, read, json, published } = await startPipeline({ providerName: 'simulator' });
    await run();
    for (const name of ['transcript.vtt', 'transcript.srt', 'transcript.txt']) {
      expect((await read(name)).toString()).toContain('SIMULATED TRANSCRIPT');
    }
    expect(await json('transcript.json')).toMatchObject({ simulated: true });
    expect(published.at(-1)?.data).toMatchObject({ simulated: true });
  });

  it('waits for the provider in the store when it has all the requests that it may have', async () => {
    const { run, types, deepgram, legEnds } = await startPipeline({ requestsMax: 1 });
    const other = 'a'.repeat(32);
    await Promise.all([
      run(),
      run(cleared({ recordingSid: `RE${other}` })),
      run(cleared({ recordingSid: `RE${'b'.repeat(32)}` })),
    ]);
    expect(deepgram.paid).toHaveLength(3);
    expect(legEnds.length).toBeLessThan(3);
    expect(types().filter((type) => type === 'onrecord.transcript.completed.v1')).toHaveLength(3);
  });

  it('leaves nothing in the store when its source breaks', async () => {
    const broken = await serve((_request, response) => {
      response.write(recordingAudio.subarray(0, 9_000), () => response.destroy());
    });
    const { run, store, deepgram, published } = await startPipeline({ twilioUrl: broken.url });
    await expect(run()).rejects.toMatchObject({ kind: 'transient' });
    expect(await store.head(`${folder}/media.wav`)).toBeUndefined();
    expect(deepgram.paid).toEqual([]);
    expect(published).toEqual([]);
  });

  it('that was mixed down does not take its speakers from the map of two channels', async () => {
    const answer = { status: 200, body: JSON.stringify(monoAnswer) };
    const { run, read } = await startPipeline({ audio: wav({ seconds: 1 }), answer });
    await run();
    expect((await read('transcript.txt')).toString()).toBe('[00:00:00] Speaker 1: Hello there.\n');
  });
});
