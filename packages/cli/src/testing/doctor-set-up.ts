import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { accountOf, ingest } from '@onrecord/ingest/testing/ingest-app';
import { ACCOUNT, TOKEN } from '@onrecord/ingest/testing/signed-request';
import type { Finding } from '@onrecord/shared/doctor/domain/finding';
import { startSimulator } from '@onrecord/simulator/simulator';
import { expect, onTestFinished } from 'vitest';
import { type Certificate, makeCertificates } from './certificates.ts';
import { onrecord } from './onrecord.ts';

export const HOST = 'calls.example.com';
const PUBLIC = '203.0.113.7';
export const NUMBER = '+14155550100';
export const SECOND = `AC${'2'.repeat(32)}`;
export const certificates = makeCertificates(HOST);

interface Differences {
  certificate?: Certificate;
  /** Where the host name leads to. */
  address?: string;
  scheme?: 'http' | 'https';
  /** The token that ingest was started with. */
  token?: string;
  listener?: RequestListener;
  /** The second account's token, where ingest serves that one as well. */
  several?: string;
}

/** Ingest's own edge behind a real listener, and a simulated Twilio whose one number leads there. */
export async function setUp({
  certificate = certificates.good,
  address = PUBLIC,
  scheme = 'https',
  ...more
}: Differences = {}) {
  let listener: RequestListener = () => {};
  const handle: RequestListener = (request, response) => listener(request, response);
  const server: Server = scheme === 'http' ? createHttpServer(handle) : createServer(certificate, handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `${scheme}://${HOST}:${(server.address() as AddressInfo).port}`;
  const accounts = [
    accountOf(ACCOUNT, more.token ?? TOKEN),
    ...(more.several === undefined ? [] : [accountOf(SECOND, more.several)]),
  ];
  const { app } = ingest({ publicBaseUrls: [base], accounts, dialTo: '+14155550142' });
  listener =
    more.listener ??
    (async (request, response) => {
      const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)]);
      const body = await text(request);
      const answer = await app.request(base + request.url, { method: request.method ?? '', headers, body });
      response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
    });
  const simulator = await startSimulator({
    accountSid: ACCOUNT,
    authToken: TOKEN,
    apiKeys: { [`SK${'1'.repeat(32)}`]: 'key-secret' },
    publicBaseUrl: base,
  });
  onTestFinished(async () => {
    await simulator.stop();
    await new Promise((resolve) => server.close(resolve));
  });
  const number = {
    phoneNumber: NUMBER,
    voiceUrl: `${base}/voice/inbound`,
    voiceFallbackUrl: 'https://handler.twilio.com/twiml/EH1',
    statusCallback: `${base}/webhooks/voice/status#rc=3&rp=all`,
  };
  simulator.setUpAccount({ phoneNumbers: [number], callerIds: ['+14155550177'] });
  const environment = {
    TWILIO_ACCOUNT_SID: ACCOUNT,
    TWILIO_AUTH_TOKEN: TOKEN,
    TWILIO_API_KEY_SID: `SK${'1'.repeat(32)}`,
    TWILIO_API_KEY_SECRET: 'key-secret',
    TWILIO_API_URL: simulator.url,
    PUBLIC_BASE_URL: base,
    VOICE_DIAL_TO: '+14155550142',
  };
  const network = {
    lookup: async () => [{ address, family: 4 }],
    connectTo: '127.0.0.1',
    ca: certificates.ca,
  };
  const doctor = async (flags = '', changes: Record<string, string> = {}) => {
    const { status, out, err } = await onrecord(`doctor --json${flags}`, { ...environment, ...changes }, network);
    const findings = out.split('\n').map((line) => JSON.parse(line) as Finding);
    return { status, err, problems: findings.filter((each) => each.status !== 'ok') };
  };
  return { base, simulator, number, environment, network, doctor, server };
}

export const found = (check: string, status: string, seen: string, remedy: string) => ({
  check,
  status,
  seen: expect.stringContaining(seen),
  remedy: expect.stringContaining(remedy),
});
