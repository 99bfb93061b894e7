import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { post, RECORDING, sid } from './testing/signed-request.ts';
import { startedIngest } from './testing/started-ingest.ts';

test('a running ingest takes callbacks of an account from when the file names it until it does not any more', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'onrecord-accounts-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'accounts.json');
  const [kept, added] = [sid('AC', 'b'), sid('AC', 'c')];
  const replace = async (...accounts: string[]) => {
    const content = accounts.map((accountSid) => ({ accountSid, authToken: `token of ${accountSid}` }));
    await writeFile(`${file}.new`, JSON.stringify(content), { mode: 0o600 });
    await rename(`${file}.new`, file);
  };
  await replace(kept);
  const { at, service, eventLog } = await startedIngest({ ACCOUNTS_FILE: file });
  onTestFinished(() => service.stop());
  const statusOf = async (AccountSid: string, token = `token of ${AccountSid}`) =>
    (await fetch(...post('/webhooks/recording', { ...RECORDING, AccountSid }, { at, token }))).status;
  expect([await statusOf(kept), await statusOf(added)]).toEqual([204, 403]);
  await replace(kept, added);
  await expect.poll(() => statusOf(added)).toBe(204);
  expect(await statusOf(added, `token of ${kept}`)).toBe(403);
  await replace(kept);
  await expect.poll(() => statusOf(added)).toBe(403);
  expect(await statusOf(kept)).toBe(204);
  expect(eventLog.appended.length).toBeGreaterThan(2);
}, 60_000);
