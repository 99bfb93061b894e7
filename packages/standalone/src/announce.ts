import type { StandaloneConfig } from './config.ts';
import type { PlacedDemoCall } from './demo/demo-plan.ts';
import type { Standalone } from './standalone.ts';

/** What is real and what is simulated. */
export function announceStart(config: StandaloneConfig, { simulator, notice }: Standalone, seconds: number): string {
  const twilio = config.twilio === undefined ? 'a SIMULATED Twilio' : `Twilio, calling ${config.twilio.publicBaseUrl}`;
  const speech = config.deepgram ? 'Deepgram' : 'a SIMULATED speech-to-text';
  const hint =
    simulator === undefined ? [] : ['what has no credentials is simulated; README.md says how to connect your own'];
  return [
    `onrecord is up after ${seconds.toFixed(1)} s, with ${twilio} and ${speech}`,
    ...hint,
    ...(notice === undefined ? [] : [notice]),
  ].join('\n');
}

/** Where things are. */
export function announcePlaces(config: StandaloneConfig, standalone: Standalone, logPath: string): string {
  const { recordsApi, callbacksUrl, recordingsStore } = standalone;
  return `
where things are
  Twilio’s callbacks  ${callbacksUrl}
  records API         ${recordsApi.url}/v1/recordings   (described at ${recordsApi.url}/openapi.json)
  its bearer token    ${recordsApi.token}
  recordings          ${recordingsStore}
  everything else     ${config.dataDir}
  log                 ${logPath}   (LOG_LEVEL=${config.logLevel})
  metrics             http://127.0.0.1:${config.metricsPort}/metrics and the two ports above it`;
}

/** Commands worth trying after the demonstration, each of which works when pasted into another terminal. */
export function announceNext(calls: readonly PlacedDemoCall[], environment: StandaloneConfig['environment']): string {
  const withheld = calls.find(({ call }) => call.outcomes.includes('withheld'))?.placed.callSid;
  const transcribed = calls.find(({ call }) => call.outcomes.includes('transcribed'))?.placed.recordingSid;
  const folder = environment.ONRECORD_DATA_DIR;
  const onrecord = `${folder ? `ONRECORD_DATA_DIR='${folder}' ` : ''}npx -y pnpm@10 onrecord`;
  return `
worth trying next, in another terminal
  ${onrecord} recordings
  ${onrecord} transcript ${transcribed}
  ${onrecord} consent ${withheld} --granted      (releases the withheld call (c))

Ctrl-C stops everything; the next start continues with what is here.`;
}
