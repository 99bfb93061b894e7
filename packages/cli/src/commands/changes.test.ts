import { expect, it } from 'vitest';
import { recordsApi } from '../testing/records-api.ts';

const [ACCOUNT, CALL, RECORDING] = [`AC${'c'.repeat(32)}`, `CA${'a'.repeat(32)}`, `RE${'b'.repeat(32)}`];
const CONFERENCE = `CF${'d'.repeat(32)}`;

it('sets the date of a deletion, and takes it back', async () => {
  const deletion = { status: 'planned', cause: 'operator', deleteAfter: '2999-01-02T00:00:00.000Z' };
  const { asked, run } = await recordsApi(() => [200, { recordingSid: RECORDING, deletion }]);
  expect(await run(`recordings set-retention ${RECORDING} --delete-after 2999-01-02 --account ${ACCOUNT}`)).toEqual({
    status: 0,
    err: '',
    out: `${RECORDING}: its deletion is planned for 2999-01-02 00:00:00Z (operator).`,
  });
  expect((await run(`recordings set-retention ${RECORDING} --by-schedule`)).status).toBe(0);
  const path = `PUT /v1/recordings/${RECORDING}/retention`;
  expect(asked).toEqual([
    { line: `${path}?accountSid=${ACCOUNT}`, body: { deleteAfter: '2999-01-02T00:00:00.000Z' } },
    { line: path, body: { deleteAfter: null } },
  ]);
});

it.each([
  [{}, 'no deletion of it is planned.'],
  [{ heldBack: 'A hold for mat_1 keeps it.' }, 'A hold for mat_1 keeps it.'],
])('says of a date what comes of it: %j', async (answer, said) => {
  const { run } = await recordsApi(() => [200, { recordingSid: RECORDING, ...answer }]);
  expect((await run(`recordings set-retention ${RECORDING} --delete-after 2999-01-02`)).out).toContain(said);
});

it('asks before it sets a date that has passed, and sends nothing without a yes', async () => {
  const { asked, run } = await recordsApi(() => [200, { recordingSid: RECORDING }]);
  const line = `recordings set-retention ${RECORDING} --delete-after 2020-01-01`;
  const { status, err } = await run(line);
  expect({ status, err, asked }).toEqual({
    status: 2,
    err: expect.stringContaining(`2020-01-01 00:00:00Z has passed: ${RECORDING} is deleted at once.`),
    asked: [],
  });
  expect((await run(`${line} --yes`)).status).toBe(0);
});

it.each([
  [CALL, 'calls'],
  [CONFERENCE, 'conferences'],
])('tags %s in place of what it was tagged with', async (sid, noun) => {
  const { asked, run } = await recordsApi(({ body }) => [200, { ...(body as object), recordings: [RECORDING] }]);
  expect((await run(`calls set-tags ${sid} payment order`)).out).toBe(
    `${sid} is tagged payment, order; decided and planned again by that: ${RECORDING}.`,
  );
  expect((await run(`calls set-tags ${sid} --none`)).out).toContain('is tagged with nothing;');
  const line = `PUT /v1/${noun}/${sid}/tags`;
  expect(asked).toEqual([
    { line, body: { tags: ['payment', 'order'] } },
    { line, body: { tags: [] } },
  ]);
});

it('asks where tags would have something deleted at once, and confirms no more than that', async () => {
  const refusal = { detail: 'By the rules that hold for these tags, 2 recordings …', dueNow: 2 };
  const { asked, run } = await recordsApi(({ body }) =>
    'confirm' in (body as object) ? [200, { tags: ['brief'], recordings: [] }] : [409, refusal],
  );
  const { status, err } = await run(`calls set-tags ${CALL} brief`);
  expect({ status, err }).toEqual({
    status: 2,
    err: expect.stringContaining(`something of 2 recordings of ${CALL} is deleted at once. Set them? Nobody can be`),
  });
  expect(asked).toHaveLength(1);
  expect((await run(`calls set-tags ${CALL} brief --yes`)).out).toContain('is tagged brief;');
  expect(asked.at(-1)?.body).toEqual({ tags: ['brief'], confirm: { dueNow: 2 } });
});

// Of a call without recordings it asked about a recording, and said nothing of the answers that were given on the call.
it('says that it may be all that is known of the call', async () => {
  const { run } = await recordsApi(() => [409, { detail: 'all that is known of it would be removed', dueNow: 1 }]);
  expect((await run(`calls set-tags ${CALL} --none`)).err).toContain(
    `something of one recording of ${CALL}, or all that is known of it where it has none, is deleted at once.`,
  );
});
