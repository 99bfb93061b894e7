import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DeepgramClient } from '@deepgram/sdk';
import { onTestFinished } from 'vitest';
import { createAnswerCallbackFaults } from '../deepgram/callback-faults.ts';
import { createFaults } from '../deepgram/faults.ts';
import { handleListen, type ListenSettings } from '../deepgram/listen.ts';
import { createRequestLog } from '../deepgram/request-log.ts';
import { layOut, record } from '../speech/conversation.ts';
import { writeWav } from '../speech/wav.ts';

const speak = (party: string, channel: number, text: string) => ({
  party,
  channel,
  text,
  samples: new Int16Array(8_000).fill(channel + 1),
});
const conversation = layOut([
  speak('agent', 1, 'Harbor Hardware, how can I help?'),
  speak('caller', 0, 'My order came without hinges.'),
]);

/** A conversation of two, with its script in it. */
export function scriptedRecording(channels: 1 | 2) {
  const recording = record(conversation, channels, 0);
  recording.script.recordingSid = 'RE1';
  return recording;
}

export const wavOf = (channels: 1 | 2) => writeWav(scriptedRecording(channels));

/** The look-alike alone, and Deepgram's own SDK aimed at it. */
export async function deepgram(change: Partial<ListenSettings> = {}) {
  const faults = createFaults();
  const callbackFaults = createAnswerCallbackFaults();
  const log = createRequestLog();
  const stopping = new AbortController();
  const settings: ListenSettings = {
    audioBytesMax: 10_000_000,
    faults,
    log,
    callbacks: { faults: callbackFaults, speed: 3_000, signal: stopping.signal },
    now: () => new Date('2026-11-20T00:00:00Z'),
    ...change,
  };
  const server = createServer((request, response) => void handleListen(settings, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    stopping.abort();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const baseUrl = `http://127.0.0.1:${port}`;
  const client = new DeepgramClient({ apiKey: 'a-key', baseUrl, maxRetries: 0, logging: { silent: true } });
  return { baseUrl, port, log, faults, callbackFaults, media: client.listen.v1.media };
}
