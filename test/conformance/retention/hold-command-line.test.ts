import { attemptDeletion } from '@onrecord/retention/deletions/delete-recording';
import { beginDeletion } from '@onrecord/retention/domain/begin-deletion';
import { type HttpServer, serveHttp } from '@onrecord/shared/http/serve';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, archived, at, newSid } from './facts.ts';
import { runOnrecord } from './onrecord-process.ts';
import { RecordsApp, TOKEN } from './records-app.ts';

const [NO_HOLD, NO_MATTER] = [`hld_${'0'.repeat(32)}`, `mat_${'0'.repeat(32)}`];

async function start(releaseNeedsSecondPerson: boolean) {
  const api = await RecordsApp.start({}, undefined, releaseNeedsSecondPerson);
  const server = await serveHttp({ fetch: api.app.fetch, port: 0, hostname: '127.0.0.1', setting: 'PORT' });
  return { api, server };
}

const onrecordAt = (server: HttpServer, token: string, args: string[]) =>
  runOnrecord(args, { ONRECORD_API_URL: server.url, RECORDS_API_TOKEN: token });

let api: RecordsApp;
let server: HttpServer;
let matterId: string;
beforeAll(async () => {
  ({ api, server } = await start(true));
  matterId = (await onrecord('matters', 'open', 'Smith v. Jones')).out.trim();
});
afterAll(async () => {
  await server?.close(1_000);
  await api?.close();
});

const onrecord = (...args: string[]) => onrecordAt(server, TOKEN, args);

async function placed(...selector: string[]): Promise<string> {
  const { out } = await onrecord('holds', 'place', '--matter', matterId, ...selector, '--json');
  return JSON.parse(out).holdId;
}

async function compliance(name: string): Promise<string> {
  const grant = { name, role: 'compliance' as const, accounts: 'all' as const, expiresAt: at(100_000) };
  return (await api.tokens.create(grant, { by: { kind: 'service', id: 'test' }, accounts: [ACCOUNT] })).secret;
}

describe('onrecord matters', () => {
  it('opens one, lists it, and shows it with its holds', async () => {
    expect(matterId).toMatch(/^mat_[0-9a-f]{32}$/);
    expect((await onrecord('matters')).out).toMatch(new RegExp(`${matterId} .+ token:bootstrap +Smith v\\. Jones`));
    const holdId = await placed('--number', '+44 (20) 7183-8750', '--from', '2026-01-01');
    const { out } = await onrecord('matters', 'show', matterId);
    expect(out).toContain(`${matterId}: Smith v. Jones, opened `);
    expect(out).toMatch(new RegExp(`${holdId} +standing .+ ${matterId} +\\+442071838750 from 2026-01-01 00:00:00Z`));
    const shown = JSON.parse((await onrecord('matters', 'show', matterId, '--json')).out);
    expect(shown).toMatchObject({ matterId, holds: expect.arrayContaining([expect.objectContaining({ holdId })]) });
  });
});

describe('onrecord holds', () => {
  it('places one, says who keeps it, and finds what it covers', async () => {
    const { sid, callSid } = await api.given('transcribed');
    const args = ['--matter', matterId, '--call', callSid, '--reason', 'preservation letter'];
    const { status, out } = await onrecord('holds', 'place', ...args);
    expect(status).toBe(0);
    const [holdId = ''] = out.match(/hld_[0-9a-f]{32}/) ?? [];
    expect(out).toBe(
      `${holdId} holds ${callSid} from now on.\n` +
        'It covers 1 recording(s); what comes later as well.\n' +
        'Onrecord alone refuses to delete them (a folder has no Object Lock): whoever has the keys of the store still can.\n' +
        'Nothing of them had begun to be deleted.\n',
    );
    const listed = await onrecord('holds', '--recording', sid, '--status', 'standing');
    expect(listed.out).toMatch(new RegExp(`${holdId} +standing .+ ${callSid}\n$`));
    expect((await onrecord('holds', '--recording', sid, '--status', 'released')).out).toBe('There is no such hold.\n');
    expect((await onrecord('holds', 'show', holdId)).out).toMatch(/placed +2026-.+ by token:bootstrap: preservation/);
    expect((await onrecord('recordings', 'list', '--held', '--call', callSid)).out).toMatch(
      new RegExp(`^RECORDING .+ HELD FOR\n${sid} +transcribed .+ Smith v\\. Jones\n$`),
    );
    expect((await onrecord('recordings', 'show', sid)).out).toMatch(
      new RegExp(`held by +${holdId} for Smith v\\. Jones`),
    );
    expect((await onrecord('recordings', 'list', '--held', '--state', 'failed')).out).toBe(
      'No recording is failed and under a hold.\n',
    );
  });

  it('tells of each object that was gone before it came', async () => {
    const { sid, callSid } = await api.given('refused');
    for (const name of ['media.wav', 'manifest.json']) {
      await api.store.put(`${ACCOUNT}/${sid}/${name}`, Buffer.from(name), { contentType: 'text/plain' });
    }
    await api.test.take(archived(sid, callSid, `${ACCOUNT}/${sid}/`, { store: api.store.uri }));
    const { ledger, clock } = api.test;
    const key = { accountSid: ACCOUNT, recordingSid: sid, deletion: 1 };
    await ledger.change(key, (entry) => ({
      entry: beginDeletion(entry, { cause: 'refusal', now: clock() }),
      events: [],
    }));
    const source = { deleteAndConfirm: () => Promise.reject(), look: () => Promise.reject() };
    await attemptDeletion(ledger, key, { objects: api.store, source, clock });
    const { status, out } = await onrecord('holds', 'place', '--matter', matterId, '--recording', sid);
    expect(status).toBe(0);
    expect(out).toMatch(/The deletion of 1 had begun: 2 object\(s\) and 0 of Twilio’s copies were gone already\.\n/);
    for (const name of ['manifest', 'media']) {
      expect(out).toMatch(new RegExp(`\n${sid} +0 +kept +${ACCOUNT}/${sid}/${name}\\.`));
    }
  });

  it('is released by a second person alone, and says so by its exit status', async () => {
    const holdId = await placed('--recording', newSid('RE'));
    const [asks, approves] = [await compliance('asks'), await compliance('approves')];
    const release = ['holds', 'release', holdId, '--reason', 'settled'];
    const unasked = await onrecordAt(server, asks, release);
    expect(unasked).toMatchObject({
      status: 2,
      out: '',
      err: expect.stringContaining(`Release ${holdId}? Nobody can`),
    });
    expect(await onrecordAt(server, approves, ['holds', 'approve', holdId, '--yes'])).toMatchObject({ status: 5 });
    const asked = await onrecordAt(server, asks, [...release, '--yes']);
    expect(asked).toMatchObject({
      status: 6,
      out: '',
      err: expect.stringContaining(`onrecord holds approve ${holdId}`),
    });
    expect((await onrecord('holds', 'show', holdId)).out).toMatch(
      /status +release-requested\n[\s\S]*release asked +.+: settled/,
    );
    expect(await onrecordAt(server, asks, ['holds', 'approve', holdId, '--yes'])).toMatchObject({
      status: 5,
      err: expect.stringContaining('another person'),
    });
    expect(await onrecordAt(server, approves, ['holds', 'approve', holdId, '--yes'])).toEqual({
      status: 0,
      out: `${holdId} is released.\n`,
      err: '',
    });
    expect(await onrecordAt(server, asks, [...release, '--yes'])).toMatchObject({ status: 5 });
  });

  it('is released at once where nothing asks for a second person', async () => {
    const alone = await start(false);
    const run = (...args: string[]) => onrecordAt(alone.server, TOKEN, args);
    const matter = (await run('matters', 'open', 'Doe v. Roe')).out.trim();
    const { out } = await run('holds', 'place', '--matter', matter, '--whole-account', '--json');
    const { holdId } = JSON.parse(out);
    const released = await run('holds', 'release', holdId, '--reason', 'settled', '--yes', '--json');
    expect([released.status, JSON.parse(released.out)]).toMatchObject([0, { holdId, status: 'released' }]);
    expect((await run('holds', 'show', holdId)).out).toMatch(/covers +everything of the account\n[\s\S]*released +20/);
    await alone.server.close(1_000);
    await alone.api.close();
  });

  it.each([
    [['matters', 'show', NO_MATTER], 3, 'No matter'],
    [['holds', 'place', '--matter', NO_MATTER, '--whole-account'], 3, 'No matter'],
    [['holds', 'place', '--matter', NO_MATTER, '--number', '415'], 2, 'give a telephone number with its country'],
    [['holds', 'show', NO_HOLD], 3, 'No hold'],
    [['holds', 'release', NO_HOLD, '--reason', 'x', '--yes'], 3, 'No hold'],
    [['holds', 'approve', NO_HOLD, '--yes'], 3, 'No hold'],
  ])('%j ends with %i and says what is wrong', async (args, status, said) => {
    expect(await onrecord(...args)).toMatchObject({ status, out: '', err: expect.stringContaining(said) });
  });
});
