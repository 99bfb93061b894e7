import { Writable } from 'node:stream';
import type { OnrecordEvent } from '@onrecord/shared/events';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import { accountsOf, type TwilioAccount } from '@onrecord/shared/twilio/accounts';
import { Registry } from 'prom-client';
import { builtInVoiceFile } from '../domain/voice/built-in-file.ts';
import type { VoiceFile } from '../domain/voice/voice-file.ts';
import { createApp } from '../http/app.ts';
import { createLooks } from '../http/explain-signature.ts';
import { createIngestMetrics } from '../metrics.ts';
import { measureLateness } from '../publish-timed.ts';
import { ACCOUNT, BASE, sid, TOKEN } from './signed-request.ts';

interface Differences {
  publish?: (events: readonly OnrecordEvent[]) => Promise<void>;
  dialTo?: string;
  voice?: VoiceFile;
  tokens?: string[];
  accounts?: TwilioAccount[];
  publicBaseUrls?: string[];
  looksPerMinute?: number;
}

export const accountOf = (accountSid: string, ...tokens: string[]): TwilioAccount => ({
  accountSid,
  authTokens: tokens as [string, ...string[]],
  apiKey: { sid: sid('SK'), secret: 'an-api-key-secret' },
  apiUrl: 'https://api.twilio.com',
});

/** The public edge with a `publish` that keeps what it is given; asked through `app.request()`, without a network. */
export function ingest(differences: Differences = {}) {
  const published: OnrecordEvent[] = [];
  const logged: string[] = [];
  const destination = new Writable({
    write: (line, _encoding, done) => {
      logged.push(String(line));
      done();
    },
  });
  const registry = new Registry();
  const metrics = createIngestMetrics(registry);
  const accounts = differences.accounts ?? [accountOf(ACCOUNT, ...(differences.tokens ?? [TOKEN]))];
  const edge = {
    publicBaseUrls: differences.publicBaseUrls ?? [BASE],
    accounts: accountsOf(() => accounts),
    looks: createLooks(differences.looksPerMinute),
    bodyBytesMax: 65_536,
    fieldsMax: 500,
    fieldCharactersMax: 16_384,
    alertBodyBytesMax: 1_048_576,
    voice: differences.voice ?? (differences.dialTo === undefined ? undefined : builtInVoiceFile(differences.dialTo)),
    logger: createLogger({ service: 'ingest', level: 'debug', destination }),
    metrics,
    late: measureLateness(metrics),
    conferenceJoin: metrics.conferenceJoin,
    now: () => new Date('2026-11-21T10:00:00Z'),
    publish: differences.publish ?? (async (events: readonly OnrecordEvent[]) => void published.push(...events)),
  };
  return { app: createApp(edge, {}), published, logged, registry };
}
