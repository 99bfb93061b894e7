import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { recorded } from '../testing/recorded.ts';
import { openAccountState } from './account-state.ts';

const dataFolder = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'onrecord-state-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
};

test('what was saved is there after a restart, media too', async () => {
  const folder = await dataFolder();
  const first = await openAccountState(folder);
  const recording = recorded();
  await first.saveRecording(recording);
  await first.writeMedia(recording.sid, Buffer.from('RIFF'));
  const second = await openAccountState(folder);
  expect(second.recording(recording.sid)).toEqual(recording);
  expect(await second.readMedia(recording.sid)).toEqual(Buffer.from('RIFF'));
});

test('a recording that was going on when the simulator was ended is absent afterwards', async () => {
  const folder = await dataFolder();
  const recording = recorded({ status: 'in-progress' });
  await (await openAccountState(folder)).saveRecording(recording);
  expect((await openAccountState(folder)).recording(recording.sid)?.status).toBe('absent');
});

test('saves at the same time end as the last of them, with no partial file left', async () => {
  const folder = await dataFolder();
  const state = await openAccountState(folder);
  const recording = recorded();
  await Promise.all([1, 2, 3, 4].map((duration) => state.saveRecording({ ...recording, duration })));
  expect((await openAccountState(folder)).recording(recording.sid)?.duration).toBe(4);
  expect(await readdir(join(folder, 'recordings'))).toEqual([`${recording.sid}.json`]);
});
