import { constants, createCipheriv, generateKeyPairSync, publicEncrypt, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { checkAudio } from '../relay/checked-audio.ts';
import { serve } from '../testing/http-server.ts';
import { accountSid, recordingSid } from '../testing/pipeline.ts';
import { twilioMediaAt } from '../testing/twilio-media.ts';
import { wav } from '../testing/wav.ts';

const publicKeySid = `CR${'3'.repeat(32)}`;
const audio = wav({ seconds: 20, channels: 2 });
const pair = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const another = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const keys = new Map([[publicKeySid, pair.privateKey]]);
const request = { accountSid, recordingSid, channels: undefined, format: 'wav' } as const;
const { signal } = new AbortController();

/** As Twilio encrypts: the tag behind the ciphertext, the key wrapped for the account's public key. */
function encrypt(plain: Buffer) {
  const [cek, iv] = [randomBytes(32), randomBytes(12)];
  const cipher = createCipheriv('aes-256-gcm', cek, iv);
  const served = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  const { RSA_PKCS1_OAEP_PADDING: padding } = constants;
  const wrapped = publicEncrypt({ key: pair.publicKey, padding, oaepHash: 'sha256' }, cek);
  const details = {
    encryption_public_key_sid: publicKeySid,
    encryption_cek: wrapped.toString('base64'),
    encryption_iv: iv.toString('base64'),
  };
  return { served, details };
}

async function open(served: Buffer, details: object, recordingKeys = keys, pieceBytes = served.length) {
  const { url } = await serve(async (incoming, response) => {
    if (incoming.url?.includes('.json')) {
      return response.end(JSON.stringify({ status: 'completed', encryption_details: details }));
    }
    for (let at = 0; at < served.length; at += pieceBytes) response.write(served.subarray(at, at + pieceBytes));
    return response.end();
  });
  return twilioMediaAt(url, { recordingKeys });
}

async function read(media: Awaited<ReturnType<typeof open>>) {
  const opened = await media.open(request, signal);
  return { whole: await buffer(Readable.from((await checkAudio(opened, 'wav')).body)), encryption: opened.encryption };
}

describe('a recording that Twilio encrypted', () => {
  it.each([undefined, 1_003])('is read as it was before, in pieces of %s bytes', async (pieceBytes) => {
    const { served, details } = encrypt(audio);
    const { whole, encryption } = await read(await open(served, details, keys, pieceBytes));
    expect(whole.equals(audio)).toBe(true);
    expect(encryption).toEqual({ publicKeySid });
  });

  it('names the key and the setting when its private key is missing', async () => {
    const { served, details } = encrypt(audio);
    const reading = read(await open(served, details, new Map()));
    await expect(reading).rejects.toMatchObject({
      stage: 'media-decrypt',
      kind: 'transient',
      message: expect.stringMatching(new RegExp(`add ${publicKeySid} to RECORDING_KEYS_FILE`)),
    });
  });

  it('names both when the private key is another one', async () => {
    const { served, details } = encrypt(audio);
    const reading = read(await open(served, details, new Map([[publicKeySid, another.privateKey]])));
    await expect(reading).rejects.toMatchObject({
      stage: 'media-decrypt',
      message: expect.stringMatching(new RegExp(`RECORDING_KEYS_FILE names ${publicKeySid} is not the private key`)),
    });
  });

  it.each([
    ['its tag is another one', (served: Buffer) => flipped(served, served.length - 1)],
    ['a byte of it is another one', (served: Buffer) => flipped(served, 100_000)],
    ['its end is missing', (served: Buffer) => served.subarray(0, -1)],
    ['no more than a few bytes are there', (served: Buffer) => served.subarray(0, 10)],
  ])('ends in an error and not in audio when %s', async (_what, spoil) => {
    const { served, details } = encrypt(audio);
    const reading = read(await open(spoil(served), details));
    await expect(reading).rejects.toMatchObject({ stage: 'media-check', kind: 'transient' });
  });

  it('is told of afterwards, when an earlier attempt stored it', async () => {
    const { served, details } = encrypt(audio);
    expect(await (await open(served, details)).encryptionOf(request, signal)).toEqual({ publicKeySid });
    expect(await (await open(served, details, new Map())).encryptionOf(request, signal)).toBeUndefined();
  });
});

function flipped(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes);
  changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
  return changed;
}
