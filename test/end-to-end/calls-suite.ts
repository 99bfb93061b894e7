import { demoCalls } from '@onrecord/simulator/demo-calls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backends, Installation } from './installation.ts';

/** Every kind of call, from Twilio's first callback to what is left in the end. */
export function callsSuite(openBackends: () => Promise<Backends>): void {
  let installation: Installation;
  beforeAll(async () => {
    installation = await Installation.start(await openBackends());
  });
  afterAll(() => installation?.stop());

  const place = async (name: keyof typeof demoCalls) => {
    const placed = await installation.simulator.placeCall(demoCalls[name]);
    expect(placed.problems).toEqual([]);
    return { ...placed, sid: placed.recordingSid ?? '' };
  };
  const speechFor = async (sid: string) =>
    (await installation.simulator.speechRequests()).filter(({ recordingSid }) => recordingSid === sid);
  const atTwilio = async (sid: string) =>
    (await installation.simulator.recordings()).find((recording) => recording.sid === sid);

  test('a call with consent is archived bit for bit and transcribed with both sides named', async () => {
    const { sid } = await place('consentGranted');
    const detail = await installation.recordsApi.waitFor(sid, 'transcribed');
    const media = detail.objects.find(({ kind }) => kind === 'media');
    const { bytes, sha256 } = (await atTwilio(sid))?.media ?? {};
    expect(bytes).toBeGreaterThan(100_000);
    expect(media).toMatchObject({ bytes, sha256 });
    expect(detail.transcript?.simulated).toBe(true);
    const text = await installation.recordsApi.text(`/v1/recordings/${sid}/transcript?format=txt`);
    expect(text).toMatch(/SIMULATED/);
    expect(text).toMatch(/caller: .*hinges/);
    expect(text).toMatch(/called: .*ship/);
    expect(await speechFor(sid)).toHaveLength(1);
  });

  test('a refused call is never transcribed, and deleted at Twilio after the delay', async () => {
    const { sid } = await place('consentRefused');
    const detail = await installation.recordsApi.waitFor(sid, 'deleted');
    expect(detail.deletion).toMatchObject({ cause: 'refusal', twilio: { outcome: 'deleted' } });
    expect((await atTwilio(sid))?.status).toBe('deleted');
    expect(await speechFor(sid)).toEqual([]);
  });

  test('a call without an answer is withheld untouched, says what releases it, and is released by a consent', async () => {
    const { sid, callSid } = await place('consentUnknown');
    const withheld = await installation.recordsApi.waitFor(sid, 'withheld');
    expect(withheld.decision?.releasedBy.length).toBeGreaterThan(0);
    expect(withheld.objects).toEqual([]);
    expect((await atTwilio(sid))?.status).toBe('completed');
    expect(await speechFor(sid)).toEqual([]);
    const consent = { callSid, party: 'caller', outcome: 'granted', method: 'operator' };
    await installation.recordsApi.json('POST', '/v1/consents', consent);
    await installation.recordsApi.waitFor(sid, 'transcribed');
    expect(await speechFor(sid)).toHaveLength(1);
  });

  test('callbacks that come twice and in the wrong order are one recording and one transcript', async () => {
    const before = (await installation.recordsApi.recordings()).length;
    const { sid } = await place('callbacksReordered');
    await installation.recordsApi.waitFor(sid, 'transcribed');
    expect((await installation.recordsApi.recordings()).length).toBe(before + 1);
    expect(await speechFor(sid)).toHaveLength(1);
  });

  test('a busy call is kept with its outcome, and has no recording', async () => {
    const { callSid, recordingSid } = await place('busy');
    expect(recordingSid).toBeUndefined();
    await expect
      .poll(async () => (await installation.recordsApi.json('GET', `/v1/calls/${callSid}`)).legs[0].status)
      .toBe('busy');
  });

  test('a failed call is explained, with the alert that came by two ways', async () => {
    const { callSid, deliveries } = await installation.simulator.placeCall({
      kind: 'outbound-call',
      from: '+14155550100',
      to: '+14155550199',
      outcome: 'failed',
      sipResponseCode: 503,
      alerts: [{ errorCode: '32001', text: 'SIP: Trunk CPS limit exceeded' }],
      eventStreams: true,
      callbacks: 'twice-and-reordered',
    });
    expect(deliveries.map(({ status }) => status)).toEqual(deliveries.map(() => 204));
    const explained = async () =>
      installation.recordsApi.json('GET', `/v1/calls/${callSid}/diagnosis`).catch(() => undefined);
    await expect
      .poll(explained)
      .toMatchObject({ diagnosis: { key: 'twilio:32001', retry: { helps: 'later' } }, legs: [{ status: 'failed' }] });
    expect((await explained()).alerts).toHaveLength(1);
  });

  test('a conference is transcribed when all who joined agreed', async () => {
    const { sid } = await place('conference');
    const detail = await installation.recordsApi.waitFor(sid, 'transcribed');
    expect(detail.callSid).toBeUndefined();
    expect(await installation.recordsApi.text(`/v1/recordings/${sid}/transcript?format=txt`)).toMatch(/Speaker 3/);
  });

  test('a conference is refused when one of those who joined refuses', async () => {
    const [ana, ben, carl] = demoCalls.conference.participants;
    const participants = [ana, { ...ben, consent: 'refused' as const }, carl];
    const { recordingSid } = await installation.simulator.placeCall({ ...demoCalls.conference, participants });
    await installation.recordsApi.waitFor(recordingSid ?? '', 'deleted');
    expect(await speechFor(recordingSid ?? '')).toEqual([]);
  });

  test('a recording kept for a shorter time is deleted everywhere when the time has come', async () => {
    const { sid } = await place('consentGranted');
    await installation.recordsApi.waitFor(sid, 'transcribed');
    const deleteAfter = new Date(Date.now() + 500).toISOString();
    await installation.recordsApi.json('PUT', `/v1/recordings/${sid}/retention`, { deleteAfter });
    const detail = await installation.recordsApi.waitFor(sid, 'deleted');
    expect(detail.deletion?.objects?.deleted).toBeGreaterThanOrEqual(7);
    expect((await atTwilio(sid))?.status).toBe('deleted');
  });

  // The refusal stands behind the clearance in the log: audio of a refused call went to speech-to-text after each outage.
  test('a consent withdrawn while the transcriber is down keeps every byte from the provider', async () => {
    const { transcriber } = installation.services;
    await transcriber.kill();
    const { sid, callSid } = await place('consentGranted');
    await installation.recordsApi.waitFor(sid, 'cleared');
    const refusal = { callSid, party: 'caller', outcome: 'refused', method: 'operator' };
    await installation.recordsApi.json('POST', '/v1/consents', refusal);
    await transcriber.start();
    await installation.recordsApi.waitFor(sid, 'deleted');
    expect(await speechFor(sid)).toEqual([]);
  });

  test('each service stops by itself on SIGTERM, with status 0', async () => {
    for (const service of Object.values(installation.services)) {
      expect(await service.stop(), service.log()).toBe(0);
    }
  });
}
