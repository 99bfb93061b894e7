import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { onrecord } from '../../testing/onrecord.ts';
import { recordsApi } from '../../testing/records-api.ts';

const RECORDING = `RE${'b'.repeat(32)}`;
const REASON = 'Withdrew an earlier agreement: caller.';

/** What `onrecord consents record` prints where the records API tells this of the one recording. */
async function told(state: string, outlook: string) {
  const policy = { name: 'built-in', version: 1 };
  const full = { number: 2, outcome: 'refused', rule: 'r', reason: REASON, releasedBy: [], policy };
  const recordings = [{ recordingSid: RECORDING, state, decision: full, outlook }];
  const server = createServer((_, response) =>
    response
      .writeHead(201, { 'content-type': 'application/json' })
      .end(JSON.stringify({ consentId: 'c', known: true, recordings })),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const environment = { ONRECORD_API_URL: url, RECORDS_API_TOKEN: 'token' };
  return (await onrecord(`consents record CA${'a'.repeat(32)} --granted`, environment)).out;
}

// It said "RE… is deleted: Withdrew an earlier agreement", as if the new agreement had been heard.
it('says that an answer changes nothing any more of what is deleted', async () => {
  const out = await told('deleted', 'No answer changes that any more.');
  expect(out).toBe(
    `${RECORDING} is deleted: No answer changes that any more. Why it went: onrecord decision ${RECORDING}`,
  );
});

// Nobody was told of the time in which a withdrawal can be undone.
it('says of a withdrawal when the recording goes, and how that is undone', async () => {
  const outlook = 'Its deletion begins tomorrow; until then a later agreement undoes it.';
  expect(await told('refused', outlook)).toBe(`${RECORDING} is refused: ${REASON} ${outlook}`);
});

// Of a number it said that the answer counts "when Twilio reports it", as of a call, and "if it is over, check it".
it('says of an answer by a number that is not known yet in which calls it counts', async () => {
  const { run } = await recordsApi(() => [201, { consentId: 'c', known: false, recordings: [] }]);
  expect((await run('consents record --number +14155550100 --granted')).out).toBe(
    'Recorded, but nothing is known of that number yet. The answer counts in the calls of that number that Twilio reports; if there were some, check it.',
  );
  expect((await run(`consents record CA${'a'.repeat(32)} --granted`)).out).toContain(
    'when Twilio reports it; if it is',
  );
});
