import { expect, it } from 'vitest';
import { recordsApi } from '../testing/records-api.ts';

const [ACCOUNT, CALL, RECORDING] = [`AC${'c'.repeat(32)}`, `CA${'a'.repeat(32)}`, `RE${'b'.repeat(32)}`];
const MOMENT = '2026-03-01T10:00:00.000Z';

const consents = [
  {
    ...{ consentId: 'c', accountSid: ACCOUNT, callSid: CALL, party: 'caller', outcome: 'granted', method: 'written' },
    ...{ purposes: ['record', 'share'], recordedAt: MOMENT, expiresAt: '2027-03-01T10:00:00.000Z' },
  },
];
const accesses = [
  {
    ...{ accountSid: ACCOUNT, recordingSid: RECORDING, at: MOMENT, what: 'audio', format: 'wav' },
    ...{ byteRange: 'bytes=0-9', purpose: 'complaint', remoteAddress: '10.0.0.1' },
    principal: { kind: 'token', id: '0f3a', name: 'reviews', role: 'reviewer' },
  },
];

// Who asked for these had to know of curl, and of the names that the API has for its filters.
it.each([
  [
    `consents --call ca${CALL.slice(2)} --outcome granted --covers share --method written --party caller`,
    `/v1/consents?callSid=${CALL}&party=caller&outcome=granted&method=written&purpose=share&limit=50`,
    { consents },
    `2026-03-01 10:00:00Z  granted  caller  ${CALL}  written  2027-03-01 10:00:00Z  record, share`,
  ],
  [
    `accesses --recording ${RECORDING} --principal 0f3a --since 2026-03-01 --account ${ACCOUNT}`,
    `/v1/accesses?recordingSid=${RECORDING}&principal=0f3a&since=2026-03-01T00%3A00%3A00.000Z&accountSid=${ACCOUNT}&limit=50`,
    { accesses },
    `2026-03-01 10:00:00Z  ${RECORDING}  audio (wav) bytes=0-9  reviews (0f3a)  reviewer  10.0.0.1  complaint`,
  ],
])('`onrecord %s` asks with every filter, and shows people each in a line', async (line, path, answer, row) => {
  const { asked, run } = await recordsApi(() => [200, answer]);
  const { status, out, err } = await run(line);
  expect({ status, err, row: out.split('\n')[1] }).toEqual({ status: 0, err: '', row });
  expect(asked).toEqual([{ line: `GET ${path}` }]);
});

// Of a SID with a slip in it, "nobody heard it" was taken for an answer to a complaint.
it.each([
  ['accesses', 'accesses', 'Nobody heard or read anything like that.'],
  ['audit', 'entries', 'Nothing like that is on record.'],
])('`onrecord %s` says how to see whether there is the recording of which it has nothing', async (noun, name, none) => {
  const { run } = await recordsApi(() => [200, { [name]: [] }]);
  expect((await run(noun)).out).toBe(none);
  expect((await run(`${noun} --recording ${RECORDING}`)).out).toBe(
    `${none} Whether there is such a recording: onrecord recordings show ${RECORDING}`,
  );
});
