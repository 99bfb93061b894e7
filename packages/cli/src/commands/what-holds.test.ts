import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { onrecord } from '../testing/onrecord.ts';

const RECORDING = `RE${'b'.repeat(32)}`;
const ACCOUNT = `AC${'c'.repeat(32)}`;
const SHOWN = {
  ...{ accountSid: ACCOUNT, recordingSid: RECORDING, firstSeenAt: '2026-03-01T10:00:00Z' },
  ...{ objects: [], failures: [], timeline: [] },
};

/** A records API that gives one answer. */
async function answering(answer: object) {
  const server = createServer((_, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer)),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { ONRECORD_API_URL: url, RECORDS_API_TOKEN: 'token' };
}

// A recording that an erasure covered under a hold was shown as if anybody could read it.
it('shows that an erasure restricts a recording, and why Twilio’s copy stays', async () => {
  const environment = await answering({
    ...{ ...SHOWN, state: 'transcribed', restriction: 'An erasure was requested.', whyTwilioCopy: 'It is longer.' },
  });
  const { status, out } = await onrecord(`recordings show ${RECORDING}`, environment);
  expect(status).toBe(0);
  expect(out).toContain('restricted        An erasure was requested.');
  expect(out).toContain('Twilio’s copy     It is longer.');
});

it('says of the transcript of a deleted recording that it is deleted', async () => {
  const transcript = { provider: 'deepgram', simulated: false, turns: 4, words: 29 };
  const environment = await answering({ ...SHOWN, state: 'deleted', transcript });
  const { out } = await onrecord(`recordings show ${RECORDING}`, environment);
  expect(out).toContain('4 turns, 29 words by deepgram; deleted');
});

// After a return to the built-in policy the list named none that holds.
it.each([
  ['draft', 'None of these holds'],
  ['active', ''],
])('says of a list with a version that is %s what holds: "%s"', async (state, said) => {
  const policy = { id: 'calls.v1', name: 'calls', version: 1, accountSid: ACCOUNT, state, sha256: 'a', draftedBy: 'b' };
  const environment = await answering({ policies: [{ ...policy, draftedAt: '2026-03-01T10:00:00Z' }] });
  const { status, out, err } = await onrecord('policies', environment);
  expect({ status, out }).toEqual({ status: 0, out: expect.stringContaining('calls.v1') });
  expect(err.slice(0, said.length || undefined)).toBe(said);
});

// Activated once more, the version that held was told as if what stands were planned again.
it.each([
  [true, 'calls.v1 holds. What stands is planned again by it'],
  [false, 'calls.v1 held already: nothing was changed.'],
])('tells an activation that is new (%s) from one of what held already', async (isNew, said) => {
  const kinds = ['dueNow', 'sooner', 'longer', 'transcribed', 'decided'];
  const each = (value: unknown) => Object.fromEntries(kinds.map((kind) => [kind, value]));
  const environment = await answering({
    against: 'built-in, calls.v1',
    looked: 0,
    counts: each(0),
    samples: each([]),
    isNew,
  });
  const { status, out } = await onrecord('policies activate calls.v1 --yes', environment);
  expect({ status, out }).toEqual({ status: 0, out: expect.stringContaining(said) });
});
