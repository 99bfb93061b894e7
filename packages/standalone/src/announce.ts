import { join } from 'node:path';
import { reachableHost } from '@onrecord/shared/http/serve';
import { ACCOUNT, type Speech, type StandaloneConfig } from './config.ts';
import type { PlacedDemoCall } from './demo/demo-plan.ts';
import { DEMO_PERIODS } from './service-environment.ts';
import type { Standalone } from './standalone.ts';

const SPEECH = {
  deepgram: 'Deepgram',
  'openai-compatible': 'the speech-to-text of TRANSCRIPTION_URL',
  whisper: 'a local Whisper',
  simulator: 'a SIMULATED speech-to-text',
} satisfies Record<Speech, string>;

/** What is real and what is simulated. */
export function announceStart(
  config: StandaloneConfig,
  { simulator, notice }: Pick<Standalone, 'simulator' | 'notice'>,
  demo: boolean,
  seconds: number,
): string {
  const twilio = config.twilio === undefined ? 'a SIMULATED Twilio' : `Twilio, calling ${config.twilio.publicBaseUrl}`;
  const { CONSENT_GRACE_PERIOD: grace, REFUSAL_DELETION_DELAY: delay } = DEMO_PERIODS;
  return [
    `onrecord is up after ${seconds.toFixed(1)} s, with ${twilio} and ${SPEECH[config.speech]}`,
    ...(config.unused.length === 0
      ? []
      : [`not used, because Twilio is simulated: ${config.unused.join(', ')}; an account needs ${ACCOUNT.join(', ')}`]),
    ...(simulator === undefined
      ? []
      : ['what has no credentials is simulated; README.md says how to connect your own']),
    ...(demo
      ? [`for the demonstration consent is waited for ${grace} instead of an hour, deletion ${delay} instead of a day`]
      : []),
    ...(notice === undefined ? [] : [notice]),
  ].join('\n');
}

/** Where things are. */
export function announcePlaces(
  config: StandaloneConfig,
  { recordsApi, callbacksUrl, recordingsStore }: Pick<Standalone, 'recordsApi' | 'callbacksUrl' | 'recordingsStore'>,
): string {
  const metrics = config.metricsPorts.map((port) => port || 'any free one').join(', ');
  return `
where things are
  Twilio’s callbacks  ${callbacksUrl}
  records API         ${recordsApi.url}/v1/recordings
  described at        ${recordsApi.url}/openapi.json
  its bearer token    ${recordsApi.token}
  recordings          ${recordingsStore}
  everything else     ${config.dataDir}
  log                 ${join(config.dataDir, 'onrecord.log')}   (LOG_LEVEL=${config.logLevel})
  metrics             http://${reachableHost(config.listenHost)}:<port>/metrics on the ports ${metrics}`;
}

/** Commands worth trying after the demonstration, each of which works when pasted into another terminal. */
export function announceNext(calls: readonly PlacedDemoCall[], { dataDir, environment }: StandaloneConfig): string {
  const withheld = calls.find(({ call }) => call.outcomes.includes('withheld'))?.placed.callSid;
  const transcribed = calls.find(({ call }) => call.outcomes.includes('transcribed'))?.placed.recordingSid;
  const onrecord = onrecordCommand({ dataDir, environment });
  return `
worth trying next, in another terminal in this folder: list the recordings, read a transcript,
and record the consent that releases the withheld call (c)
  ${onrecord} recordings
  ${onrecord} transcript ${transcribed}
  ${onrecord} consents record ${withheld} --granted

Ctrl-C stops everything; the next start continues with what is here.`;
}

/** The command line for this installation, as it is pasted into another terminal. */
export function onrecordCommand({ dataDir, environment }: Pick<StandaloneConfig, 'dataDir' | 'environment'>): string {
  const folder = environment.ONRECORD_DATA_DIR ? `ONRECORD_DATA_DIR=${quoted(dataDir)} ` : '';
  return `${folder}npx -y pnpm@10 onrecord`;
}

/** As a shell takes it whole. */
const quoted = (text: string) => (/^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`);
