import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { serveHttp } from '@onrecord/shared/http/serve';
import { extract } from 'tar-stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../../servers/available.ts';
import { runOnrecord } from './onrecord-process.ts';
import { RecordsApp, TOKEN } from './records-app.ts';

/** As the facts of the tests have them. */
const [PERSON, OTHER] = ['+14155550100', '+14155550142'];

describeWith('postgres', () => {
  let api: RecordsApp;
  beforeAll(async () => {
    api = await RecordsApp.start();
  });
  afterAll(() => api.close());

  const send = (body: object, headers: Record<string, string> = { 'x-access-purpose': 'asked for by the person' }) =>
    api.app.request('/v1/subject-exports', {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', ...headers },
    });

  async function exportsOnRecord() {
    const { rows } = await api.test.pool.query(
      `select convert_from(body, 'UTF8')::jsonb as entry from ledger.audit_entries where kind = 'subject.exported' order by entry_id`,
    );
    return rows.map(({ entry }) => entry);
  }

  async function unpack(response: Response) {
    const files = new Map<string, Buffer>();
    const archive = extract();
    Readable.from([Buffer.from(await response.arrayBuffer())]).pipe(archive);
    for await (const entry of archive) {
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk as Buffer);
      files.set(entry.header.name, Buffer.concat(chunks));
    }
    return files;
  }

  it('writes everything held on a number as one archive, with a hash of each file, and records the accesses', async () => {
    const { callSid, sid } = await api.given('transcribed');
    const response = await send({ number: '+1 415 555 0100' });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/x-tar']);
    const files = await unpack(response);
    const manifest = JSON.parse(files.get('manifest.json')?.toString() ?? '{}');
    expect([...files.keys()].at(-1)).toBe('manifest.json');
    for (const { name, bytes, sha256 } of manifest.files) {
      const file = files.get(name) ?? Buffer.of();
      expect({ bytes: file.length, sha256: createHash('sha256').update(file).digest('hex') }).toEqual({
        bytes,
        sha256,
      });
    }
    expect([...files.keys()]).toEqual(
      expect.arrayContaining([
        `calls/${callSid}.json`,
        ...['recording.json', 'accesses.json', 'transcript.json', 'transcript.txt'].map(
          (name) => `recordings/${sid}/${name}`,
        ),
        'erasures.json',
      ]),
    );
    // Named by the ledger, and never put into the store by the test.
    expect(manifest.missing).toContain(`recordings/${sid}/media.wav`);
    expect(JSON.parse(files.get(`calls/${callSid}.json`)?.toString() ?? '{}').legs[0]).toMatchObject({
      from: PERSON,
      to: '+1415****142',
    });
    for (const [name, bytes] of files) expect([name, bytes.includes(OTHER)]).toEqual([name, false]);
    // Transcripts went out with the audio and only the audio was on record.
    const { accesses } = (await api.send(`/v1/accesses?recordingSid=${sid}`)).json;
    expect(accesses.map(({ what }: { what: string }) => what).toSorted()).toEqual(['audio', 'text']);
    for (const access of accesses) {
      expect(access).toMatchObject({ recordingSid: sid, format: 'export', purpose: 'asked for by the person' });
    }
    expect((await exportsOnRecord()).at(-1)).toMatchObject({
      subject: { party: manifest.subject.pseudonym },
      details: { calls: 1, recordings: 1, purpose: 'asked for by the person' },
    });
  });

  // Everything that was held on somebody without a recording once went out and left no trace at all.
  it('is on record as what it is, also where nothing can be heard or read', async () => {
    const before = (await exportsOnRecord()).length;
    expect((await send({ number: '+14155550177' })).status).toBe(200);
    const entries = await exportsOnRecord();
    expect(entries).toHaveLength(before + 1);
    expect(entries.at(-1)).toMatchObject({
      actor: { kind: 'token' },
      subject: { party: expect.stringMatching(/^psn_/) },
      details: { calls: 0, recordings: 0, purpose: 'asked for by the person' },
    });
  });

  it('is checked and kept by the command line, whole or not at all', async () => {
    const server = await serveHttp({ fetch: api.app.fetch, port: 0, hostname: '127.0.0.1', setting: 'PORT' });
    const out = join(api.folder, 'person.tar');
    const args = ['export-subject', PERSON, '--out', out, '--purpose', 'asked for by the person'];
    const ended = await runOnrecord(args, { ONRECORD_API_URL: server.url, RECORDS_API_TOKEN: TOKEN });
    expect(ended).toMatchObject({ status: 0, err: expect.stringContaining(`${out}: `) });
    const files = await unpack(new Response(await readFile(out)));
    expect([...files.keys()].at(-1)).toBe('manifest.json');
    await server.close(1_000);
  });

  it('writes an archive for a number that nobody knows, too', async () => {
    const files = await unpack(await send({ number: '+14155550199' }));
    expect([...files.keys()]).toEqual(['erasures.json', 'manifest.json']);
  });

  it('writes none while older calls are not known by their numbers', async () => {
    const { callSid } = await api.given('transcribed');
    const note = (isNoted: boolean) =>
      api.test.pool.query('update ledger.calls set numbers_noted = $2 where call_sid = $1', [callSid, isNoted]);
    await note(false);
    const response = await send({ number: PERSON });
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '60']);
    await note(true);
    expect((await send({ number: PERSON })).status).toBe(200);
  });

  it('asks for a purpose, and for a number', async () => {
    expect((await send({ number: PERSON }, {})).status).toBe(400);
    expect((await send({ number: '415' })).status).toBe(400);
    expect((await send({})).status).toBe(400);
    expect(api.errors).toEqual([]);
  });
});
