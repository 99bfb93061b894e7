import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { recordingFolder } from '@onrecord/shared/events';
import { expect, onTestFinished, test, vi } from 'vitest';
import { cleared, sha256Of } from '../../services/transcriber/src/testing/pipeline.ts';
import { describeWith } from '../servers/available.ts';
import { freePorts } from '../servers/free-ports.ts';
import { openOwnLog } from './transcriber-process/own-log.ts';
import { recordCall, type Telephony } from './transcriber-process/telephony.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** The recording has 5.3 MB: it fits once the ballast is gone, and not before. */
const MOUNT = `
  mount -t tmpfs -o size=12m none "$1" && mkdir "$1/recordings" && head -c 9000000 /dev/zero >"$1/ballast" || exit
  shift; exec "$@"`;
const WAIT = { timeout: 60_000, interval: 100 };
const callSid = `CA${'d'.repeat(32)}`;

describeWith('postgres', ({ url: postgresUrl }) => {
  test('a recording that fills the disk is tried again, leaves nothing half, and is done when there is space', {
    timeout: 180_000,
  }, async (context) => {
    const folder = await mkdtemp(join(tmpdir(), 'onrecord-full-disk-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    if (!(await canMount(folder))) context.skip('this system lets nobody mount a disk of their own');
    const telephony = await recordCall();
    const log = await openOwnLog(postgresUrl);
    onTestFinished(() => log.close());
    const { child, disk } = await startOnFullDisk(folder, telephony, log.url);
    const { accountSid, channels, duration, media, sid: recordingSid, startTime: startedAt } = telephony.recording;
    const recording = { channels, durationSeconds: duration ?? 0, startedAt };
    const prefix = recordingFolder({ accountSid, callSid, recordingSid, startedAt });
    await log.publish(cleared({ accountSid, callSid, recordingSid, recording }));

    await vi.waitUntil(() => log.retries().length > 0 || hasEnded(child), WAIT);
    expect(log.retries()[0]).toMatchObject({
      'onrecord-stage': 'archive',
      'onrecord-attempt': '1',
      'onrecord-reason': expect.stringMatching(/the disk is full. Free some space.*RECORDINGS_BUCKET.*\(ENOSPC\)/),
    });
    // That something was sent stays known; its note is small enough for what is left.
    const left = (await filesIn(disk)).filter((name) => !basename(name).startsWith('provider-sent.'));
    expect(left).toEqual(['ballast']);
    expect(log.eventsOf(callSid)).toEqual([]);

    await rm(join(disk, 'ballast'));
    await vi.waitUntil(() => log.eventsOf(callSid).some(({ type }) => type.includes('transcript')), WAIT);
    const types = log.eventsOf(callSid).map(({ type }) => type);
    expect(types).toEqual(['onrecord.recording.archived.v1', 'onrecord.transcript.completed.v1']);
    expect(sha256Of(await readFile(join(disk, 'recordings', prefix, 'media.wav')))).toBe(media?.sha256);
    expect((await filesIn(disk)).filter((name) => !name.startsWith(`recordings/${prefix}`))).toEqual([]);
  });
});

const canMount = (folder: string) =>
  promisify(execFile)('unshare', ['-Urm', 'mount', '-t', 'tmpfs', 'none', folder]).then(
    () => true,
    () => false,
  );

/** A transcriber in a mount namespace of its own, with a disk that has less room than the recording needs. */
async function startOnFullDisk(folder: string, { authToken, recording, simulator }: Telephony, eventsUrl: string) {
  const [metricsPort] = await freePorts(1);
  const environment = {
    PATH: process.env.PATH,
    EVENTS_URL: eventsUrl,
    EVENTS_PARTITIONS: '1',
    RECORDINGS_BUCKET: `file://${folder}/recordings`,
    TWILIO_ACCOUNT_SID: recording.accountSid,
    TWILIO_AUTH_TOKEN: authToken,
    TWILIO_API_URL: simulator.url,
    TRANSCRIPTION_PROVIDER: 'simulator',
    TRANSCRIPTION_URL: simulator.url,
    METRICS_PORT: String(metricsPort),
    LISTEN_HOST: '127.0.0.1',
  };
  const command = ['-Urm', 'sh', '-c', MOUNT, 'sh', folder, process.execPath, 'services/transcriber/src/main.ts'];
  const child = spawn('unshare', command, { cwd: ROOT, env: environment, stdio: 'ignore' });
  onTestFinished(() => stop(child));
  // What is mounted there is seen by this process alone, and through it.
  return { child, disk: `/proc/${child.pid}/root${folder}` };
}

/** Also by a signal, which leaves no exit code. */
const hasEnded = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null;

async function stop(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

async function filesIn(disk: string): Promise<string[]> {
  const entries = await readdir(disk, { recursive: true, withFileTypes: true });
  return entries.filter((each) => each.isFile()).map(({ name, parentPath }) => relative(disk, join(parentPath, name)));
}
