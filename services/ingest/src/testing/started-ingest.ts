import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { Writable } from 'node:stream';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import { readConfig } from '../config.ts';
import { startIngest } from '../service.ts';
import { controlledEventLog } from './event-log.ts';
import { ACCOUNT, BASE, post, RECORDING, TOKEN } from './signed-request.ts';

type LogLine = Readonly<Record<string, unknown>>;

/** Ingest on a free port of this machine, over real sockets, with a log in memory. */
export async function startedIngest(environment: Record<string, string> = {}, eventLog = controlledEventLog()) {
  const config = readConfig({
    EVENTS_URL: 'postgres://unused',
    TWILIO_ACCOUNT_SID: ACCOUNT,
    TWILIO_AUTH_TOKEN: TOKEN,
    PUBLIC_BASE_URL: BASE,
    PORT: '0',
    METRICS_PORT: '0',
    LISTEN_HOST: '127.0.0.1',
    RECONCILE_INTERVAL: '0s',
    DOCTOR_AT_START: 'false',
    ...environment,
  });
  const lines: LogLine[] = [];
  const destination = new Writable({
    write: (line, _encoding, done) => {
      lines.push(JSON.parse(String(line)));
      done();
    },
  });
  const logger = createLogger({ service: 'ingest', level: 'info', destination });
  const service = await startIngest(config, { eventLog: eventLog.log, logger });
  return {
    service,
    eventLog,
    /** What was logged so far. */
    lines,
    at: service.addresses.callbacks ?? '',
    metrics: async () => (await fetch(service.addresses.metrics ?? '')).text(),
  };
}

/** A public address where ingest itself listens: known before it starts, because the signatures are checked over it. */
export async function itsOwnAddress(): Promise<Record<'PORT' | 'PUBLIC_BASE_URL', string>> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return { PORT: String(port), PUBLIC_BASE_URL: `http://127.0.0.1:${port}` };
}

/** Sends bytes as they are and tells everything that comes back until the connection ends. */
export function sendRaw(at: string, bytes: string | Uint8Array): Promise<string> {
  const socket = connect(Number(new URL(at).port), '127.0.0.1');
  const { promise, resolve } = Promise.withResolvers<string>();
  let received = '';
  socket.setEncoding('utf8').on('data', (text) => {
    received += text;
  });
  // What is refused before it was read is cut, which resets the connection under what is still being sent.
  socket.on('error', () => socket.destroy());
  socket.on('close', () => resolve(received));
  socket.write(bytes);
  return promise;
}

/** A recording callback as Twilio sends it. */
export const callback = (at: string) => fetch(...post('/webhooks/recording', RECORDING, { at }));
