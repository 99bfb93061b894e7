import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoCalls } from '@onrecord/simulator/demo-calls';
import { startSimulator } from '@onrecord/simulator/simulator';
import { expect, test } from 'vitest';
import { startAccountRouter } from './account-router.ts';
import { type Backends, Installation } from './installation.ts';
import { SimulatorControl } from './simulator-control.ts';

/** Two accounts at Twilio, one of them in ACCOUNTS_FILE, and one installation that serves both. */
export function accountsSuite(openBackends: () => Promise<Backends>): void {
  test('the calls of each account are kept, found when their callbacks are lost, and deleted at its own Twilio', async () => {
    await using stack = new AsyncDisposableStack();
    const folder = await mkdtemp(join(tmpdir(), 'onrecord-accounts-'));
    stack.defer(() => rm(folder, { recursive: true, force: true }));
    let installation: Installation | undefined;
    const environment = (): Record<string, string> => installation?.environment ?? {};
    const [accountSid, authToken] = [`AC${randomBytes(16).toString('hex')}`, randomBytes(16).toString('hex')];
    const publicBaseUrl = () => environment().PUBLIC_BASE_URL ?? '';
    const another = await startSimulator({ accountSid, authToken, publicBaseUrl, dataDir: join(folder, 'twilio') });
    stack.defer(() => another.stop());
    const other = new SimulatorControl(another.url);
    const router = stack.use(
      await startAccountRouter((user) => (user === accountSid ? another.url : environment().TRANSCRIPTION_URL)),
    );
    const file = join(folder, 'accounts.json');
    await writeFile(file, JSON.stringify([{ accountSid, authToken }]), { mode: 0o600 });
    installation = await Installation.start(await openBackends(), {
      ACCOUNTS_FILE: file,
      TWILIO_API_URL: router.url,
      RECONCILE_INTERVAL: '1s',
      RECONCILE_GRACE_PERIOD: '0s',
    });
    const { simulator: own, recordsApi, stop } = { ...installation, stop: installation.stop.bind(installation) };
    stack.defer(stop);

    for (const twilio of [own, other]) await twilio.placeCall(demoCalls.consentGranted);
    for (const twilio of [own, other]) await twilio.spoilCallbacks({ dropShare: 1 });
    for (const twilio of [own, other]) await twilio.placeCall(demoCalls.consentGranted);
    const ofOwn = (await own.recordings()).map(({ sid }) => sid);
    const ofOther = (await other.recordings()).map(({ sid }) => sid);
    expect([ofOwn.length, ofOther.length]).toEqual([2, 2]);
    for (const sid of [...ofOwn, ...ofOther]) await recordsApi.waitFor(sid, 'transcribed');
    const listed = await recordsApi.json('GET', `/v1/recordings?accountSid=${accountSid}`);
    expect(listed.recordings.map((each: { recordingSid: string }) => each.recordingSid).toSorted()).toEqual(
      ofOther.toSorted(),
    );
    for (const sid of [ofOwn[0], ofOther[0]]) {
      await recordsApi.json('PUT', `/v1/recordings/${sid}/retention`, { deleteAfter: new Date().toISOString() });
      expect(await recordsApi.waitFor(sid ?? '', 'deleted')).toMatchObject({
        deletion: { twilio: { outcome: 'deleted' } },
      });
    }
    for (const [twilio, [sid]] of [
      [own, ofOwn],
      [other, ofOther],
    ] as const) {
      const gone = (await twilio.recordings()).filter(({ status }) => status === 'deleted');
      expect(gone.map((recording) => recording.sid)).toEqual([sid]);
    }
  });
}
