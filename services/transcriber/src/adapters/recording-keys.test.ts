import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readRecordingKeys } from './recording-keys.ts';

const sid = `CR${'a'.repeat(32)}`;
const pem = (type: 'rsa' | 'ed25519') => {
  const pair = type === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2_048 }) : generateKeyPairSync('ed25519');
  return pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
};
const rsa = pem('rsa');

async function write(name: string, content: string) {
  const folder = await mkdtemp(join(tmpdir(), 'onrecord-keys-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, name), content);
  return { folder, file: join(folder, name) };
}

describe('RECORDING_KEYS_FILE', () => {
  it('is a JSON file or a folder of PEM keys, by the SID of their public key', async () => {
    const { file } = await write('keys.json', JSON.stringify({ [sid]: rsa }));
    expect([...(await readRecordingKeys(file)).keys()]).toEqual([sid]);
    const { folder } = await write(`${sid.toUpperCase()}.pem`, rsa);
    expect([...(await readRecordingKeys(folder)).keys()]).toEqual([sid]);
  });

  it('need not be', async () => {
    expect((await readRecordingKeys(undefined)).size).toBe(0);
  });

  it.each([
    ['no JSON', `{"${sid}": "-----BEGIN PRIVATE KEY-----secret`, 'no JSON object'],
    ['no object', '[]', 'no JSON object'],
    ['empty', '{}', 'no keys'],
    ['under another name', JSON.stringify({ SK1: rsa }), '"SK1" is no SID'],
    ['no key', JSON.stringify({ [sid]: 'secret' }), 'is not an unencrypted RSA private key'],
    ['of another kind', JSON.stringify({ [sid]: pem('ed25519') }), 'is not an unencrypted RSA private key'],
  ])('is refused at start when it is %s, and never printed', async (_what, content, problem) => {
    const { file } = await write('keys.json', content);
    const reading = readRecordingKeys(file);
    await expect(reading).rejects.toThrow(problem);
    await expect(reading).rejects.toThrow(`RECORDING_KEYS_FILE ${file}`);
    await expect(reading).rejects.not.toThrow(/secret|PRIVATE KEY-----\w/);
  });

  it('is refused when there is none', async () => {
    await expect(readRecordingKeys('/nowhere/keys.json')).rejects.toThrow(
      'cannot be read (there is no such file or folder)',
    );
  });
});
