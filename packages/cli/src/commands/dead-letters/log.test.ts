import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { onrecord } from '../../testing/onrecord.ts';

async function listIn(content?: object, environment: Record<string, string> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'onrecord-dead-letters-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'event-log.json');
  if (content !== undefined) await writeFile(file, JSON.stringify(content));
  return { file, ...(await onrecord('dead-letters', { ONRECORD_DATA_DIR: folder, ...environment })) };
}

// "EVENTS_URL is missing" was all that was said beside a running start, which alone knows the address of its database.
it('says how to have an event log where none was started', async () => {
  const { status, err, file } = await listIn();
  expect({ status, err }).toEqual({
    status: 1,
    err: `onrecord: no Onrecord was started in this folder (there is no ${file}): start it with \`npx -y pnpm@10 start\`, or set EVENTS_URL`,
  });
});

it('finds the one that a start wrote down, and says where it is stopped', async () => {
  const { status, err, file } = await listIn({ EVENTS_URL: 'postgres://onrecord:secret@127.0.0.1:1/onrecord' });
  expect(status).toBe(1);
  expect(err).toContain(`the event log that ${file} names cannot be used (`);
  expect(err).toContain('start it with `npx -y pnpm@10 start`');
  expect(err).not.toContain('secret');
});

it('takes that of the environment before it', async () => {
  const { err } = await listIn({ EVENTS_URL: 'postgres://127.0.0.1:1/x' }, { EVENTS_URL: 'ftp://nowhere' });
  expect(err).toContain('EVENTS_URL');
  expect(err).toContain('give kafka://host:9092');
});
