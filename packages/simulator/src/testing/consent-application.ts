import { type Answer, type Received, startApplication } from './application.ts';

const twiml = (content: string): Answer => ({
  body: `<?xml version="1.0" encoding="UTF-8"?><Response>${content}</Response>`,
});

const DIAL = `<Dial><Number statusCallback="/webhooks/voice/status" statusCallbackEvent="initiated ringing answered completed">+14155550142</Number></Dial>`;
const RECORD = `<Start><Recording channels="dual" trim="do-not-trim" recordingStatusCallback="/webhooks/recording"
  recordingStatusCallbackEvent="in-progress completed absent"/></Start>`;

/** An application that asks for consent and records only those who press 1, as Onrecord's ingest does. */
export const startConsentApplication = (more: Parameters<typeof startApplication>[0] = {}) =>
  startApplication({
    '/voice/inbound': twiml(`<Gather numDigits="1" timeout="5" actionOnEmptyResult="true" action="/voice/consent">
      <Say>Press 1 to allow recording.</Say></Gather>`),
    '/voice/consent': ({ parameters }: Received) => twiml((parameters.Digits === '1' ? RECORD : '') + DIAL),
    ...more,
  });
