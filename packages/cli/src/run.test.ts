import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onrecord as runLine } from './testing/onrecord.ts';

const CALL = `CA${'a'.repeat(32)}`;
const MATTER = `mat_${'0'.repeat(32)}`;
const RECORDING = `RE${'b'.repeat(32)}`;

let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'onrecord-cli-'));
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

const onrecord = (line: string, environment: Record<string, string> = {}) =>
  runLine(line, { ONRECORD_DATA_DIR: dataDir, ...environment });

describe('the command line', () => {
  it('lists its commands, and says of each how it is used', async () => {
    expect(await onrecord('--help')).toMatchObject({ status: 0, out: expect.stringContaining('onrecord transcript') });
    for (const command of [
      ...[
        'recordings list',
        'recordings show',
        'calls list',
        'calls show',
        'search',
        'media',
        'transcript',
        'consents list',
        'consents record',
        'diagnosis',
        'reconcile',
        'doctor',
      ],
      ...['check-number', 'completion', 'matters list', 'matters show', 'matters open', 'holds list', 'holds show'],
      ...['holds place', 'holds release', 'holds approve', 'export-subject', 'accesses list', 'audit list'],
      ...['recordings set-retention', 'calls set-tags'],
    ]) {
      for (const line of [`${command} --help`, `help ${command}`]) {
        const { status, out } = await onrecord(line);
        const usage = out.replaceAll(/[[\]]/g, '').startsWith(`onrecord ${command} `);
        expect({ line, status, usage }).toEqual({ line, status: 0, usage: true });
      }
    }
  });

  it('lists the verbs of a noun', async () => {
    const { status, out } = await onrecord('recordings --help');
    expect({ status, verbs: out.match(/onrecord recordings [\w-]+/g) }).toEqual({
      status: 0,
      verbs: ['onrecord recordings list', 'onrecord recordings show', 'onrecord recordings set-retention'],
    });
  });

  it.each([
    ['', 'say what to do'],
    ['recordnigs', 'there is no command "recordnigs": did you mean recordings? there are recordings, '],
    [
      'recordings --sate waiting',
      'there is no flag --sate: did you mean --state? `onrecord recordings list --help` lists the flags',
    ],
    ['policy', 'there is no command "policy": did you mean policies? there are '],
    [`recording ${RECORDING}`, 'did you mean recordings? '],
    ['holds relase', '"relase" is no verb here: did you mean release? `onrecord holds list`'],
    ['recordings --state witheld', '--state is "witheld": did you mean withheld? give one of'],
    ['calls --status cancelled', '--status is "cancelled": did you mean canceled? give one of'],
    ['tokens create x --role admin --all-accounts', '--role is "admin": did you mean administrator? give one of'],
    [`transcript ${RECORDING} --format text`, '--format is "text": did you mean txt? give one of'],
    // Recorded under its own name, "notise" counted as an agreement, and not as the notice that it was.
    [
      `consents record ${CALL} --granted --method keypress`,
      '--method is "keypress": did you mean key-press? give one of',
    ],
    [`consents record ${CALL} --granted --method notise`, 'or a name unlike these'],
    [
      `consents record ${CALL} --granted --purposes records`,
      '--purposes is "records": did you mean record? give some of',
    ],
    // An answer was recorded by `consent`, and nothing listed them.
    [`consent ${CALL} --granted`, 'there is no command "consent": did you mean consents?'],
    [`consents ${CALL} --granted`, 'is no verb here: `onrecord consents list`, `onrecord consents record`'],
    ['consents --outcome refuse', '--outcome is "refuse": did you mean refused? give one of'],
    ['consents --covers record,share', '--covers is "record,share": '],
    [`consents --call ${RECORDING}`, `--call "${RECORDING}" is not CA… with 32 hexadecimal digits`],
    ['consents --all --limit 3', 'say either --limit or --all'],
    [`accesses ${RECORDING}`, 'is no verb here: `onrecord accesses list`'],
    [`accesses --recording ${CALL}`, 'is not RE… with 32 hexadecimal digits'],
    ['accesses --since May', '--since is "May": give a time such as'],
    ['audit --kind decision.maid', '--kind is "decision.maid": did you mean decision.made? give one of'],
    ['audits', 'there is no command "audits": did you mean audit?'],
    [`recordings set-retention ${RECORDING}`, 'say either --delete-after MOMENT or --by-schedule'],
    [
      `recordings set-retention ${RECORDING} --by-schedule --delete-after 2027-01-01`,
      'say either --delete-after MOMENT or --by-schedule',
    ],
    // As in lists, where it is how long ago: the recording would be gone at once.
    [
      `recordings set-retention ${RECORDING} --delete-after 30d`,
      '--delete-after is "30d": give a day, or a time with Z',
    ],
    [`recordings set-retention ${RECORDING} --delete-after 2026-01-01`, 'has passed: '],
    [`calls set-tags ${CALL}`, 'say either its tags or --none'],
    [`calls set-tags ${CALL} payment --none`, 'say either its tags or --none'],
    [`media ${RECORDING} -out x`, 'there is no flag -out: did you mean --out?'],
    [`media ${RECORDING} --out`, '--out needs a value, as in --out=VALUE: `onrecord media --help` lists the flags'],
    ['recordings --json=yes', '--json takes no value: `onrecord'],
    ['recordings --limit 0', '--limit is "0": give a whole number from 1 to 10000'],
    [`recordings ${RECORDING}`, 'is no verb here: `onrecord recordings list`, `onrecord recordings show`'],
    [`recordings list ${RECORDING}`, '`onrecord recordings show RE…` shows one'],
    [`transcript ${RECORDING} --purpose é`, '--purpose has "é", which no header carries: write it in plain ASCII'],
    [`transcript ${RECORDING} --purpose ${'x'.repeat(201)}`, '--purpose has 201 characters: say in 1 to 200'],
    [`transcript ${RECORDING} --purpose=`, '--purpose has 0 characters'],
    ['dead-letters discard', 'name dead letters, or say --all'],
    ['dead-letters replay onrecord.media/0/1 --all', 'name dead letters, or say --all'],
    ['dead-letters discard onrecord.media/0/1', 'say --why: what is discarded is never handled'],
    ['dead-letters discard --all --why=', '--why has 0 characters: give 1 to 500'],
    ['dead-letters replay --all --by +14155550100', '--by has something like a phone number in it'],
    ['dead-letters show', 'name it: onrecord dead-letters show'],
    ['dead-letters --topic calls', '--topic is "calls": give one of onrecord.telephony'],
    ['search', 'say what to look for'],
    [`media ${RECORDING}`, 'say where to: --out FILE'],
    ['calls --since yesterday', '--since is "yesterday": give a time such as'],
    ['calls --until 2026-03-01T10:00', '--until is "2026-03-01T10:00"'],
    // Nothing was found then, as if nobody had heard anything.
    ['accesses --since 30d --until 40d', '--until 40d is before --since 30d: give them the other way round'],
    // Whether it was to be erased was asked first, with a number that nobody has.
    ['erasures request 4155550101', '"4155550101" is no number with its country: write it as "+1 415 555 0100"'],
    [
      `erasures request ${RECORDING}`,
      `"${RECORDING}" is no number with its country: write it as "+1 415 555 0100", or`,
    ],
    ['erasures request CA12', '"CA12" is not CA… with 32 hexadecimal digits'],
    ['completion tcsh', 'say which shell: onrecord completion bash|zsh|fish'],
    ['recordings show', 'name it: onrecord recordings show RE…'],
    ['recordings show RE1', '"RE1" is not RE… with 32 hexadecimal digits'],
    [`recordings show ${RECORDING} ${RECORDING}`, 'one at a time'],
    [`transcript ${RECORDING} --format pdf`, '--format is "pdf": give one of txt, vtt, srt, json'],
    [`diagnosis ${RECORDING}`, 'is not CA…'],
    [
      `recordings show ${RECORDING} --account ${RECORDING}`,
      `--account "${RECORDING}" is not AC… with 32 hexadecimal digits`,
    ],
    [`consents record ${CALL}`, 'say one of --granted, --refused and --withdrawn'],
    [`consents record ${CALL} --number +14155550100 --granted`, 'say either a call or conference, or --number'],
    [
      `consents record ${CALL} --granted --expires soon`,
      '--expires is "soon": give a day, or a time with Z or its offset',
    ],
    [
      `consents record ${CALL} --granted --proof-at start`,
      '--proof-at is "start": give seconds from the start of the recording',
    ],
    [`consents record ${CALL} --granted --refused`, 'say one of --granted, --refused and --withdrawn'],
    [`consents record ${RECORDING} --granted`, 'is not CA… or CF…'],
    [
      'reconcile --since soon',
      '--since is "soon": give a time such as 2026-03-01T10:00Z, or how long ago: 90m, 24h, 7d',
    ],
    ['reconcile now', '"now" is too much'],
    ['matters open Smith v. Jones', 'say in one word or in quotes'],
    ['matters show Smith', '"Smith" is no matter'],
    ['holds place', 'say --matter'],
    [`holds place --matter ${MATTER}`, 'say what is held: --recording, --call, --number'],
    ['holds place --matter x --whole-account', '--matter "x" is no matter'],
    [`holds place --matter ${MATTER} --number +1 415`, 'quote what has spaces'],
    [`holds place --matter ${MATTER} --from May`, '--from is "May": give a time such as'],
    [`holds place --matter ${MATTER} --call ${RECORDING}`, 'is not CA… with 32 hexadecimal digits'],
    ['holds list --status gone', '--status is "gone": give one of standing, released'],
    ['holds show hld_1', '"hld_1" is no hold: give hld_ and 32 hexadecimal digits'],
    [`holds release hld_${'0'.repeat(32)}`, 'say --reason: why it is released'],
    [
      `consents record ${CALL} --granted --purposes sell`,
      '--purposes is "sell": give some of record, transcribe, analyse, share with commas',
    ],
  ])('refuses `onrecord %s` with status 2 and what is wrong', async (line, said) => {
    const { status, err, out } = await onrecord(line);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toContain(said);
  });
});

describe('onrecord recordings', () => {
  // The answer was the text of a schema checker.
  it('names the states that there are where one is unknown', async () => {
    const { status, err } = await onrecord('recordings --state gone');
    expect(status).toBe(2);
    expect(err).toMatch(/^onrecord: --state is "gone": give one of in-progress, .*, deleted$/);
  });
});

describe('finding the records API', () => {
  it('says how to start one where there is none', async () => {
    const { status, err } = await onrecord('recordings');
    expect(status).toBe(1);
    expect(err).toContain('start it with `npx -y pnpm@10 start`');
  });

  it('asks for the token that belongs to an address', async () => {
    const { err } = await onrecord('recordings', { ONRECORD_API_URL: 'http://127.0.0.1:1' });
    expect(err).toContain('RECORDS_API_TOKEN is not');
  });

  it.each(['localhost', 'localhost:8081', 'ftp://localhost', 'http://user:secret@localhost:8081', 'http://a b'])(
    'takes no %j for an address',
    async (url) => {
      const { status, err } = await onrecord('recordings', { ONRECORD_API_URL: url, RECORDS_API_TOKEN: 'token' });
      expect(status).toBe(1);
      expect(err).toContain('give an address such as http://127.0.0.1:8081');
    },
  );

  // The variable was left aside without a word, and with it the account that was meant.
  it('takes the token of the environment with the address of a data folder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'onrecord-cli-'));
    const authorizations: (string | undefined)[] = [];
    const server = createServer(({ headers }, response) => {
      authorizations.push(headers.authorization);
      response.writeHead(401, { 'content-type': 'application/problem+json' }).end('{"detail":"no"}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await writeFile(join(folder, 'records-api.json'), JSON.stringify({ url, token: 'of-the-file' }));
    const { err } = await runLine('recordings', { ONRECORD_DATA_DIR: folder, RECORDS_API_TOKEN: 'of-mine' });
    server.close();
    await rm(folder, { recursive: true });
    expect(authorizations).toEqual(['Bearer of-mine']);
    expect(err).toContain('refuses the token of RECORDS_API_TOKEN');
  });

  it('says what is wrong with a token that no header can carry', async () => {
    const environment = { ONRECORD_API_URL: 'http://127.0.0.1:8081', RECORDS_API_TOKEN: 'token\n' };
    expect((await onrecord('recordings', environment)).err).toContain('RECORDS_API_TOKEN has a character');
  });

  it.each([
    ['{', 'it is not JSON'],
    [undefined, 'it is a folder'],
    ['{"url":"http://127.0.0.1:1"}', 'it has no url and token'],
  ])('names a connection file that holds %s', async (content, said) => {
    const file = join(dataDir, 'records-api.json');
    await (content === undefined ? mkdir(file) : writeFile(file, content));
    const { status, err } = await onrecord('recordings');
    expect(status).toBe(1);
    expect(err).toContain(`${file} is not usable (${said})`);
    await rm(file, { recursive: true });
  });
});
