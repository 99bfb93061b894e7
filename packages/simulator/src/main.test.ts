import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { demoCalls } from './demo-calls.ts';
import type { DeliveryPage, PlacedCall } from './simulator.ts';
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
function run(environment: Record<string, string>, ...args: string[]): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [main, ...args], {
    env: { ...environment, TWILIO_ACCOUNT_SID: ACCOUNT_SID, TWILIO_AUTH_TOKEN: AUTH_TOKEN, LISTEN_HOST: '127.0.0.1' },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** Settings for calls to an application that asks for consent. */
async function callingAnApplication() {
  const application = await startConsentApplication();
  onTestFinished(() => application.stop());
  return {
    PORT: '0',
    PUBLIC_BASE_URL: application.url,
    SIMULATOR_DATA_DIR: await folderOf(),
    SIMULATOR_SPEED: '2000',
  };
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
    const settings = await callingAnApplication();
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

test(
  'a scenario file is carried out from the start on, and its recordings can be asked for afterwards',
  async () => {
    const child = run(
      await callingAnApplication(),
      '--scenario',
      fileURLToPath(new URL('../scenarios/bad-day.json', import.meta.url)),
    );
    const lines: string[] = [];
    for await (const line of createInterface(child.stdout)) {
      lines.push(line);
      if (line.includes('step 6 of 6')) break;
    }
    const [url] = /http:\/\/\S+:\d+/.exec(lines[0] ?? '') ?? [];
    expect(lines.filter((line) => line.includes(' step ')).map((line) => line.split(': ').at(-1))).toEqual([
      'faults set',
      '6 call(s) placed, 6 recording(s), 0 problem(s)',
      '1 call(s) placed, 0 recording(s), 0 problem(s)',
      'waited 0.5 s',
      'faults cleared',
      '1 call(s) placed, 1 recording(s), 0 problem(s)',
    ]);
    expect(await (await fetch(`${url}/simulator/recordings`)).json()).toHaveLength(7);
    const dropped = await (await fetch(`${url}/simulator/deliveries?fault=dropped`)).json();
    expect((dropped as DeliveryPage).deliveries.length).toBeGreaterThan(0);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  },
  PROCESS_MS,
);

test(
  'a scenario is checked whole before it begins',
  async () => {
    const file = join(await folderOf(), 'scenario.json');
    const steps = [
      { do: 'place-calls', call: 'busy' },
      { do: 'set-faults', callbacks: { dropShare: 2 } },
    ];
    await writeFile(file, JSON.stringify({ steps }));
    const application = await startConsentApplication();
    onTestFinished(() => application.stop());
    const child = run({ PORT: '0', PUBLIC_BASE_URL: application.url, SIMULATOR_SCENARIO: file });
    const stderr = await text(child.stderr);
    expect(stderr).toContain(`simulator: ${file} is no scenario:`);
    expect(stderr).toContain('steps[1].callbacks.dropShare');
    expect(child.exitCode ?? (await once(child, 'exit'))[0]).toBe(1);
    expect(application.received).toEqual([]);
  },
  PROCESS_MS,
);
