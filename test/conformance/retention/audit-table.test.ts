import { AUDIT_KINDS } from '@onrecord/retention/domain/audit-entry';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { describeWith } from '../../servers/available.ts';
import { ASKED, readyAsked } from './audit-table/asked.ts';
import { DUE } from './audit-table/due.ts';
import type { Effect, Ready } from './audit-table/effect.ts';
import { Deletions } from './deletions.ts';
import { ACCOUNT } from './facts.ts';
import { RecordsApp } from './records-app.ts';

interface Written {
  accountSid: string;
  kind: string;
  actor: { kind: string };
}

async function entriesOf({ ledger, happens }: Ready): Promise<Written[]> {
  const read = async () =>
    (
      await ledger.pool.query<{ entry: Written }>(
        `select convert_from(body, 'UTF8')::json as entry from ledger.audit_entries order by entry_id`,
      )
    ).rows.map(({ entry }) => entry);
  const before = (await read()).length;
  await happens();
  return (await read()).slice(before);
}

async function expectExactly({ makes, by }: Effect, ready: Ready): Promise<void> {
  const entries = await entriesOf(ready);
  expect(entries.map(({ accountSid, kind, actor }) => [accountSid, kind, actor.kind])).toEqual(
    makes.map((kind) => [ACCOUNT, kind, by]),
  );
}

describeWith('postgres', () => {
  describe('on record, and nothing else, is', () => {
    let api: RecordsApp;
    beforeAll(async () => {
      api = await RecordsApp.start();
    });
    afterAll(() => api?.close());

    it.each(ASKED)('$what: $makes', async (effect) => expectExactly(effect, await readyAsked(api, effect)));

    it.each(DUE)('$what: $makes', async (effect) => {
      const bed = await Deletions.start(undefined, { recordings: 1 });
      onTestFinished(() => bed.close());
      await expectExactly(effect, { ledger: bed.test, happens: await effect.given(bed) });
    });
  });

  it('every kind of entry that there is has its row in the table', () => {
    expect(new Set([...ASKED, ...DUE].flatMap(({ makes }) => makes))).toEqual(new Set(AUDIT_KINDS));
  });
});
