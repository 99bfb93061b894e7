import { constants, createDecipheriv, createHash, generateKeyPairSync, privateDecrypt } from 'node:crypto';
import { expect, test } from 'vitest';
import { demoCalls } from '../demo-calls.ts';
import { ACCOUNT_SID, AUTH_TOKEN } from '../testing/application.ts';
import { startConsentApplication } from '../testing/consent-application.ts';
import { simulate } from '../testing/simulated.ts';
import type { MediaSpoil } from './media-spoils.ts';

const headers = { authorization: `Basic ${btoa(`${ACCOUNT_SID}:${AUTH_TOKEN}`)}` };
const publicKeySid = `CR${'c'.repeat(32)}`;

const start = async ({ publicKey }: { publicKey?: string } = {}) => {
  const simulator = await simulate(await startConsentApplication());
  if (publicKey !== undefined) simulator.setUpAccount({ recordingEncryption: { publicKeySid, publicKey } });
  const { recordingSid = '' } = await simulator.placeCall(demoCalls.consentGranted);
  const path = `${simulator.url}/2010-04-01/Accounts/${ACCOUNT_SID}/Recordings/${recordingSid}`;
  const get = (rest: string) => fetch(`${path}${rest}`, { headers, signal: AbortSignal.timeout(5_000) });
  const recording = simulator.recordings.get(recordingSid);
  return { simulator, get, bytes: recording?.media?.bytes ?? 0, sha256: recording?.media?.sha256 };
};

test('media with status 200 are not what they should be', async () => {
  const { simulator, get, bytes } = await start();
  const served = async (media: MediaSpoil) => {
    simulator.failRest({ on: 'media', media });
    const answer = await get('.wav');
    return { status: answer.status, length: answer.headers.get('content-length'), body: await bodyOf(answer) };
  };
  expect((await served('xml-error')).body?.toString()).toMatch(/^<\?xml/);
  expect((await served('json-error')).body?.toString()).toMatch(/^\{/);
  expect((await served('mp3')).body?.toString('latin1')).toMatch(/^ID3/);
  expect(await served('empty')).toMatchObject({ status: 200, body: Buffer.alloc(0) });
  expect((await served('streaming-sizes')).body?.readUInt32LE(4)).toBe(0xff_ff_ff_ff);
  expect((await served('bad-sizes')).body?.readUInt32LE(4)).toBe((bytes - 8) * 2);
  expect(await served('no-length')).toMatchObject({ length: null, body: { length: bytes } });
  expect(await served('long-length')).toMatchObject({ length: String(bytes + 100), body: undefined });
  expect(await served('short-length')).toMatchObject({ length: String(bytes - 100) });
});

test('a client is sent elsewhere, or in a circle', async () => {
  const { simulator, get, bytes } = await start();
  simulator.failRest({ on: 'media', redirectTo: '?RequestedChannels=2' });
  expect((await (await get('.wav')).arrayBuffer()).byteLength).toBe(bytes);
  simulator.failRest({ on: 'media', redirectTo: '?again', count: 100 });
  await expect(get('.wav')).rejects.toThrow();
});

test('a recording is encrypted for the account’s key, and says how in both spellings', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const { simulator, get, sha256 } = await start({ publicKey: pem });
  const { encryption_details: details } = (await (await get('.json')).json()) as {
    encryption_details: Record<string, string>;
  };
  const told = simulator.deliveries.find(({ parameters }) => parameters.EncryptionDetails !== undefined)?.parameters;
  expect(JSON.parse(told?.EncryptionDetails ?? '{}')).toEqual({
    type: 'rsa-aes',
    public_key_sid: details.encryption_public_key_sid,
    encrypted_cek: details.encryption_cek,
    iv: details.encryption_iv,
  });
  const served = Buffer.from(await (await get('.wav')).arrayBuffer());
  const cek = privateDecrypt(
    { key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
    Buffer.from(details.encryption_cek ?? '', 'base64'),
  );
  const decipher = createDecipheriv('aes-256-gcm', cek, Buffer.from(details.encryption_iv ?? '', 'base64'));
  decipher.setAuthTag(served.subarray(-16));
  const wav = Buffer.concat([decipher.update(served.subarray(0, -16)), decipher.final()]);
  expect(createHash('sha256').update(wav).digest('hex')).toBe(sha256);
});

test('what cannot be ordered is refused', async () => {
  const { simulator } = await start();
  expect(() => simulator.failRest({ on: 'list', media: 'empty' })).toThrow('goes with');
  expect(() => simulator.failRest({ on: 'list', status: 403 })).toThrow('403 is for');
  const recordingEncryption = { publicKeySid, publicKey: 'none' };
  expect(() => simulator.setUpAccount({ recordingEncryption })).toThrow('RSA public key');
});

const bodyOf = async (answer: Response): Promise<Buffer | undefined> =>
  answer.arrayBuffer().then(Buffer.from, () => undefined);
