import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sendWebhook } from '@onrecord/simulator/twilio/send-webhook';
import { expect, test } from 'vitest';
import { describeWith } from '../servers/available.ts';
import { freePorts } from '../servers/free-ports.ts';
import { ServiceProcess } from './service-process.ts';
import { TelephonyLog } from './telephony-log.ts';

/** Callbacks on their way at any moment. */
const SENDERS = 32;
/** Callbacks that are answered before ingest is told to stop: it is in the middle of its work then. */
const ANSWERED_BEFORE = 300;
const ROUNDS = 3;
const TIMEOUT_MS = 120_000;

const hex = (bytes: number) => randomBytes(bytes).toString('hex');

describeWith('kafka', (kafka) => {
  test(
    'ingest that is told to stop under load keeps whatever it answered 2xx',
    async () => {
      const [port, metricsPort] = await freePorts(2);
      const [accountSid, token, url] = [`AC${hex(16)}`, hex(16), `http://127.0.0.1:${port}`];
      const ingest = new ServiceProcess(
        'services/ingest',
        {
          EVENTS_URL: kafka.url,
          EVENTS_PARTITIONS: '4',
          EVENTS_REPLICATION_FACTOR: '1',
          EVENTS_MIN_INSYNC_REPLICAS: '1',
          TWILIO_ACCOUNT_SID: accountSid,
          TWILIO_AUTH_TOKEN: token,
          PUBLIC_BASE_URL: url,
          PORT: String(port),
          METRICS_PORT: String(metricsPort),
          LISTEN_HOST: '127.0.0.1',
          RECONCILE_INTERVAL: '0s',
          LOG_LEVEL: 'info',
        },
        `${url}/readyz`,
      );
      const taken: string[] = [];
      let refused = 0;
      const send = async (signal: AbortSignal) => {
        while (!signal.aborted) {
          const recordingSid = `RE${hex(16)}`;
          const parameters = recordingCompleted(accountSid, recordingSid);
          // No second attempt: what the first one is answered is what counts.
          const webhook = { url: `${url}/webhooks/recording#rc=0`, method: 'POST', parameters } as const;
          const { status = 0 } = await sendWebhook(token, webhook, new AbortController().signal);
          if (status >= 200 && status < 300) taken.push(`recording:${recordingSid}:completed`);
          else refused += 1;
        }
      };
      for (let round = 0; round < ROUNDS; round += 1) {
        await ingest.start();
        const [before, stopping] = [taken.length, new AbortController()];
        const senders = Promise.all(Array.from({ length: SENDERS }, () => send(stopping.signal)));
        while (taken.length < before + ANSWERED_BEFORE) await sleep(1);
        expect(await ingest.stop(), ingest.log()).toBe(0);
        stopping.abort();
        await senders;
      }
      expect(refused, 'callbacks met an ingest that was stopping or gone').toBeGreaterThan(0);

      const log = await TelephonyLog.open(kafka.url, accountSid);
      try {
        const missing = () => taken.filter((id) => !log.ids().has(id));
        await expect.poll(missing, { timeout: TIMEOUT_MS }).toEqual([]);
      } finally {
        await log.close();
      }
    },
    2 * TIMEOUT_MS,
  );
});

/** Source of the fields: Twilio "Recordings resource", "Recording status callback parameters". */
const recordingCompleted = (accountSid: string, recordingSid: string) =>
  [
    ['AccountSid', accountSid],
    ['CallSid', `CA${hex(16)}`],
    ['RecordingSid', recordingSid],
    ['RecordingStatus', 'completed'],
    ['RecordingDuration', '5'],
    ['RecordingChannels', '2'],
    ['RecordingSource', 'DialVerb'],
    ['RecordingStartTime', 'Tue, 28 May 2019 02:18:02 +0000'],
  ] as const;
