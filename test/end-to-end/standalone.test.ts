import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { listeningAddresses } from './listening-addresses.ts';
import {
  type Environment,
  isRunning,
  paste,
  postgresPid,
  runStandalone,
  StandaloneCommand,
  standalonePlace,
} from './standalone-command.ts';

/** As the README says it. */
const ONRECORD = 'npx -y pnpm@10 onrecord';
/** Of the terminal that the story is laid out for. */
const COLUMNS = 100;

let place: Awaited<ReturnType<typeof standalonePlace>>;
let environment: Environment;
const running = new Set<StandaloneCommand>();
const start = (...args: string[]) => {
  const command = new StandaloneCommand(args, environment);
  running.add(command);
  return command;
};

beforeAll(async () => {
  place = await standalonePlace();
  environment = place.environment;
});
afterEach(async () => {
  for (const command of running) {
    if (command.process.exitCode === null && command.process.signalCode === null) command.signal('SIGTERM');
    await command.status();
  }
  running.clear();
});
afterAll(() => place.remove());

/** Each test goes on with the data of the one before, as a person does. */
describe('the one command', () => {
  test('--once shows six calls, counts what became of them, and leaves nothing running', async () => {
    const { status, stdout, stderr } = await runStandalone(['--once'], environment);
    expect(stderr).toBe('');
    const lines = stdout.trimEnd().split('\n');
    expect(JSON.parse(lines.pop() ?? '')).toEqual({
      calls: 6,
      recordings: 5,
      archived: 3,
      transcribed: 3,
      withheld: 1,
      refused: 1,
      deletedAtSource: 2,
      ok: true,
    });
    expect(status).toBe(0);
    for (const letter of 'abcdef') expect(stdout).toContain(`\n(${letter}) `);
    expect(stdout).toMatch(/\(e\)[^(]*busy {2}\+/);
    expect(stdout).toContain('SIMULATED TRANSCRIPT');
    // A command is one line, however long the folder's name in it.
    const told = lines.filter((line) => !line.includes(ONRECORD));
    expect(told.filter(({ length }) => length > COLUMNS)).toEqual([]);
    await expect(postgresPid(place.folder)).rejects.toThrow('ENOENT');
  });

  test('the commands that it prints work as they are, beside what an earlier run has left', async () => {
    const command = start();
    await command.until('Ctrl-C stops everything');
    const printed = command.stdout.split('\n').filter((line) => line.includes(ONRECORD));
    const whys = printed.filter((line) => line.includes('why:'));
    expect(whys).toHaveLength(1);
    expect(await paste(whys[0]?.replace('why:', '') ?? '')).toContain('busy');
    const suggested = printed.filter((line) => !line.includes('why:'));
    expect(suggested).toHaveLength(3);
    const [recordings = '', transcript = '', consent = ''] = suggested;
    const listed = await paste(recordings);
    expect(new Set(listed.match(/\bRE[0-9a-f]{32}\b/g))).toHaveLength(10);
    expect(await paste(transcript)).toContain('Harbor Hardware');
    const transcripts = () => command.stdout.match(/SIMULATED transcript/g)?.length ?? 0;
    expect(transcripts()).toBe(3);
    await paste(consent);
    await command.until(/City Clinic/);
    expect(transcripts()).toBe(4);
    command.signal('SIGINT');
    expect(await command.status()).toBe(0);
    expect(command.stderr).toMatch(/^\nstopping: [^\n]+\nstopped; [^\n]+\n$/);
  });

  test('Ctrl-C in the middle of a call ends with everything stopped', async () => {
    const command = start();
    await command.until('in-progress at Twilio');
    const postgres = await postgresPid(place.folder);
    expect(await isRunning(postgres)).toBe(true);
    command.signal('SIGINT');
    expect(await command.status()).toBe(0);
    expect(await isRunning(postgres)).toBe(false);
  });

  test('--once that is interrupted has not succeeded', async () => {
    const command = start('--once');
    await command.until('(b) ');
    command.signal('SIGTERM');
    expect(await command.status()).toBe(1);
    expect(JSON.parse(command.stdout.trimEnd().split('\n').pop() ?? '')).toMatchObject({ ok: false });
  });

  // The demonstration went on for minutes, with hundreds of lines about what could not be reached.
  test('a database that ends by itself ends everything, with one line that says so', async () => {
    const command = start();
    await command.until('in-progress at Twilio');
    process.kill(await postgresPid(place.folder), 'SIGKILL');
    expect(await command.status()).toBe(1);
    const last = command.stderr.trimEnd().split('\n').pop();
    expect(last).toMatch(/^onrecord cannot go on: the embedded Postgres has ended \(.*\): start again, /);
    expect(new Set(command.stderr.split('\n')).size).toBe(command.stderr.split('\n').length);
  });

  // The records API and the metrics were once open to a whole café.
  test.skipIf(process.platform !== 'linux')(
    'nothing of it can be reached from another machine unless asked for',
    async () => {
      const command = start('--no-demo');
      await command.until('where things are');
      expect(listeningAddresses(command.process.pid ?? 0)).toEqual(['127.0.0.1']);
      expect(listeningAddresses(await postgresPid(place.folder))).toEqual(['127.0.0.1']);
    },
  );

  test('a second start on the same folder names the first, and does it no harm', async () => {
    const command = start('--no-demo');
    await command.until('where things are');
    const second = await runStandalone(['--no-demo'], environment);
    expect(second.stderr).toBe(
      `the data folder ${place.folder} is in use by process ${command.process.pid}: stop that one, or give this one another folder with ONRECORD_DATA_DIR\n`,
    );
    expect(second.status).toBe(1);
    expect(await paste(`${ONRECORD} recordings`, environment)).toContain('withheld');
    expect(await paste(`${ONRECORD} reconcile --dry-run`, environment)).toMatch(
      /[1-9]\d* found, .*\. Nothing was published\./,
    );
  });

  test('after kill -9 the next start takes the database over, and what was withheld can be released', async () => {
    const killed = start('--no-demo');
    await killed.until('where things are');
    const postgres = await postgresPid(place.folder);
    killed.process.kill('SIGKILL');
    await killed.status();
    expect(await isRunning(postgres)).toBe(true);

    const command = start('--no-demo');
    await command.until('where things are');
    expect(await postgresPid(place.folder)).toBe(postgres);
    const withheld = await paste(`${ONRECORD} recordings --state withheld`, environment);
    const [callSid] = withheld.match(/\bCA[0-9a-f]{32}\b/) ?? [];
    await paste(`${ONRECORD} consents record ${callSid} --granted`, environment);
    await command.until('SIMULATED transcript');
    command.signal('SIGTERM');
    expect(await command.status()).toBe(0);
    expect(await isRunning(postgres)).toBe(false);
  });
});
