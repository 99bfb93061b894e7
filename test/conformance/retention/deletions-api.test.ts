import { createHash } from 'node:crypto';
import { attemptDeletion } from '@onrecord/retention/deletions/delete-recording';
import { beginDeletion } from '@onrecord/retention/domain/begin-deletion';
import type { DataClass } from '@onrecord/retention/domain/data-class';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT } from './facts.ts';
import { RecordsApp } from './records-app.ts';

let site: RecordsApp;
beforeAll(async () => {
  site = await RecordsApp.start();
});
afterAll(() => site?.close());

/** A deletion that has begun, and an attempt at it where Twilio answers as told. */
const begun = async (classes?: DataClass[]) => {
  const { sid } = await site.given('transcribed');
  const key = { accountSid: ACCOUNT, recordingSid: sid };
  const { ledger, clock } = site.test;
  await ledger.change(key, (entry) => ({
    entry: beginDeletion(entry, {
      cause: 'operator',
      classes,
      now: clock(),
      requestedBy: { kind: 'token', id: 'tok_1', role: 'compliance' },
    }),
    events: [],
  }));
  const attempt = (answer: 'deleted' | Error) => {
    const source = {
      deleteAndConfirm: async () => {
        if (answer instanceof Error) throw answer;
        return { outcome: answer, metadataShown: true };
      },
      look: async () => 'metadata' as const,
    };
    const objects = { ...site.store, uri: 'file:///recordings' };
    return attemptDeletion(ledger, { ...key, deletion: 1 }, { objects, source, clock });
  };
  return { sid, attempt };
};

describe('a deletion', () => {
  it('that is partial is listed as partial, with the reason, and has no certificate yet', async () => {
    const { sid, attempt } = await begun();
    await attempt(new Error('Twilio answers 503'));
    const { json } = await site.send(`/v1/deletions?status=partial&recordingSid=${sid}`);
    expect(json.deletions).toMatchObject([
      { deletionId: `${sid}.1`, status: 'partial', twilio: { failure: 'Twilio answers 503' }, isCertified: false },
    ]);
    const { status, json: problem } = await site.send(`/v1/deletions/${sid}.1/certificate`);
    expect(status).toBe(404);
    expect(problem.detail).toBe(
      `The deletion ${sid}.1 is partial: the certificate is written when all is confirmed gone.`,
    );
  });

  it('that is done is shown with what it was about, and its certificate to the byte', async () => {
    const { sid, attempt } = await begun(['twilio-copy']);
    // Twilio's copy goes alone only where the archive is there.
    for (const name of ['media.wav', 'manifest.json']) {
      await site.store.put(`${ACCOUNT}/${sid}/${name}`, Buffer.from('{}'), { contentType: 'application/octet-stream' });
    }
    await attempt('deleted');
    const { json: detail } = await site.send(`/v1/deletions/${sid}.1`);
    expect(detail).toMatchObject({ status: 'done', data: ['twilio-copy'], found: [], isCertified: true });
    const answer = await site.app.request(`/v1/deletions/${sid}.1/certificate`, {
      headers: { authorization: 'Bearer a-token-of-the-test' },
    });
    const body = await answer.text();
    expect(answer.headers.get('etag')).toBe(`"${createHash('sha256').update(body).digest('hex')}"`);
    expect(JSON.parse(body)).toMatchObject({
      schema: 'onrecord.deletion-certificate.v1',
      requestedBy: { kind: 'token', id: 'tok_1' },
      places: [{ place: 'twilio', outcome: 'deleted' }],
    });
    const forPeople = await site.send(`/v1/deletions/${sid}.1/certificate?format=markdown`);
    expect(forPeople.type).toContain('text/markdown');
    expect(forPeople.text).toContain(`| Deletion | ${sid}.1 |`);
  });

  it('stands in pages that follow one another without gap or repetition', async () => {
    for (let count = 0; count < 5; count += 1) await begun(['audio']);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const { json } = await site.send(`/v1/deletions?limit=2${cursor ? `&cursor=${cursor}` : ''}`);
      seen.push(...json.deletions.map(({ deletionId }: { deletionId: string }) => deletionId));
      cursor = json.next;
    } while (cursor !== undefined);
    expect(seen).toHaveLength(7);
    expect(new Set(seen).size).toBe(7);
  });

  it.each([
    ['/v1/deletions?status=gone', 400, 'running'],
    ['/v1/deletions?recordingSid=1', 400, 'RecordingSid'],
    ['/v1/deletions?whose=mine', 400, 'whose'],
    ['/v1/deletions?limit=100000', 400, '200'],
    ['/v1/deletions/RE1', 400, 'a deletion is'],
    [`/v1/deletions/RE${'0'.repeat(32)}.0`, 400, 'a deletion is'],
    [`/v1/deletions/RE${'0'.repeat(32)}.1`, 404, 'No deletion'],
    [`/v1/deletions/RE${'0'.repeat(32)}.1/certificate`, 404, 'No deletion'],
    [`/v1/deletions/RE${'0'.repeat(32)}.1/certificate?format=pdf`, 400, 'markdown'],
  ])('%s is answered %i', async (path, status, words) => {
    const answer = await site.send(path);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(words);
  });
});
