import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { demoCalls } from './demo-calls.ts';
import type { PlacedCall } from './simulator.ts';
import { ACCOUNT_SID, AUTH_TOKEN } from './testing/application.ts';
import { startConsentApplication } from './testing/consent-application.ts';

const PROCESS_MS = 60_000;
const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const folderOf = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'onrecord-simulator-main-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

/** The simulator as a process of its own. */
function run(environment: Record<string, string>): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [main], {
    env: { ...environment, TWILIO_ACCOUNT_SID: ACCOUNT_SID, TWILIO_AUTH_TOKEN: AUTH_TOKEN, LISTEN_HOST: '127.0.0.1' },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function addressOf({ stdout }: ChildProcessWithoutNullStreams): Promise<string> {
  const [line] = await once(stdout, 'data');
  const [url] = /http:\/\/\S+:\d+/.exec(String(line)) ?? [];
  stdout.resume();
  if (url) return url;
  throw new Error(`the simulator said no address: ${line}`);
}

test(
  'a process of its own takes calls over HTTP, keeps its recordings over a restart and ends on SIGTERM',
  async () => {
    const application = await startConsentApplication();
    onTestFinished(() => application.stop());
    const settings = {
      PORT: '0',
      PUBLIC_BASE_URL: application.url,
      SIMULATOR_DATA_DIR: await folderOf(),
      SIMULATOR_SPEED: '2000',
    };
    const child = run(settings);
    const url = await addressOf(child);
    const answer = await fetch(`${url}/simulator/calls`, {
      method: 'POST',
      body: JSON.stringify(demoCalls.consentGranted),
    });
    expect(answer.status).toBe(201);
    const placed = (await answer.json()) as PlacedCall;
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);

    const again = run(settings);
    const recordings = await (await fetch(`${await addressOf(again)}/simulator/recordings`)).json();
    expect(recordings).toMatchObject([{ sid: placed.recordingSid, status: 'completed', channels: 2 }]);
  },
  PROCESS_MS,
);

test(
  'a port in use is one line with the remedy',
  async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;
    const child = run({ PORT: String(port), PUBLIC_BASE_URL: 'http://a', SIMULATOR_DATA_DIR: await folderOf() });
    const stderr = await text(child.stderr);
    expect(stderr).toBe(`simulator: port ${port} is in use: stop what uses it, or set PORT to another one\n`);
    expect(child.exitCode ?? (await once(child, 'exit'))[0]).toBe(1);
  },
  PROCESS_MS,
);

test(
  'a data folder that is a file is one line with the remedy',
  async () => {
    const file = join(await folderOf(), 'file');
    await writeFile(file, '');
    const child = run({ PORT: '0', PUBLIC_BASE_URL: 'http://a', SIMULATOR_DATA_DIR: file });
    expect(await text(child.stderr)).toMatch(/^simulator: .* cannot be written .*set SIMULATOR_DATA_DIR.*\n$/);
  },
  PROCESS_MS,
);
