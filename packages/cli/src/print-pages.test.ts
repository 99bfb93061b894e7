import { expect, it } from 'vitest';
import { recordsApi } from './testing/records-api.ts';

const ACCOUNT = `AC${'c'.repeat(32)}`;
const entries = Array.from({ length: 450 }, (_, position) => ({
  ...{ accountSid: ACCOUNT, position, canonical: '{"details":"{\\n}"}' },
  entry: {
    ...{ at: '2026-03-01T10:00:00Z', kind: 'decision.made', actor: { kind: 'service', id: 'retention' } },
    ...{ subject: { recordingSid: 'RE1' }, details: { number: position } },
  },
}));

/** The whole log in pages, the last of which is empty where `isRagged`, as where what is left may not be seen. */
const theLog = (isRagged = false) =>
  recordsApi(({ line }) => {
    const query = new URLSearchParams(line.split('?')[1]);
    const from = Number(query.get('cursor') ?? 0);
    const to = from + Number(query.get('limit'));
    const isLast = isRagged ? from >= entries.length : to >= entries.length;
    return [200, { entries: entries.slice(from, to), ...(!isLast && { next: String(to) }) }];
  });

// The audit log could be read by a program of one's own alone, cursor by cursor.
it.each([false, true])('prints a list to its end as one array, like one that is written at once', async (isRagged) => {
  const { asked, run } = await theLog(isRagged);
  expect(await run('audit --all --json')).toEqual({ status: 0, err: '', out: JSON.stringify(entries, undefined, 2) });
  expect(asked[1]?.line).toBe('GET /v1/audit-entries?cursor=200&limit=200');
});

it('prints a table with one header, however many pages there are', async () => {
  const { run } = await theLog();
  const { status, out, err } = await run('audit --all');
  expect({ status, err }).toEqual({ status: 0, err: '' });
  const [header, ...rows] = out.split('\n');
  expect(header).toMatch(/^PLACE +WHEN +KIND +WHO +ABOUT +DETAILS$/);
  expect(rows).toHaveLength(entries.length);
  expect(rows.at(-1)?.split(/ {2,}/)).toEqual([
    ...[`${ACCOUNT}/449`, '2026-03-01 10:00:00Z', 'decision.made', 'service retention', 'RE1', '{"number":449}'],
  ]);
});

it('says that there are more where the limit is not the end', async () => {
  const { run } = await theLog();
  const { out, err } = await run('audit --limit 3');
  expect(out.split('\n')).toHaveLength(4);
  expect(err).toBe('There are more: say --all, or a higher --limit.');
  expect((await run('audit --limit 450')).err).toBe('');
});

it('says so where there is nothing', async () => {
  const { run } = await recordsApi(() => [200, { entries: [] }]);
  expect((await run('audit')).out).toBe('Nothing like that is on record.');
  expect((await run('audit --json')).out).toBe('[]');
});
