import { attemptDeletion } from '@onrecord/retention/deletions/delete-recording';
import { beginDeletion } from '@onrecord/retention/domain/begin-deletion';
import {
  archived,
  consentOf,
  legReported,
  newSid,
  recordingCompleted,
  stored,
  transcribed,
} from '../retention/facts.ts';
import type { Door, Ids } from './tenants.ts';

const POLICY = `name: theirs
defaults:
  periods: { audio: 30d, transcript: 30d, providerResponse: 30d, metadata: 10y, numbers: 10y }
  consent: { mode: explicit }
`;

/** As long as `stored` says that they are. */
const OBJECTS = {
  'manifest.json': '{}',
  'media.wav': 'x'.repeat(44),
  'waveform.json': `{"x":"${'x'.repeat(36)}"}`,
  'transcript.json': `{"x":"${'y'.repeat(36)}"}`,
};

/**
 * One of everything that has an address of its own, for another account.
 * @param token the account's administrator
 * @returns the ids, by the name of their place in an address
 */
export async function makeTheirs(door: Door, accountSid: string, token: string): Promise<Ids> {
  const { test, store } = door.api;
  const [callSid, recordingSid, conferenceSid] = [newSid('CA'), newSid('RE'), newSid('CF')];
  const prefix = `${accountSid}/${recordingSid}/`;
  for (const [name, content] of Object.entries(OBJECTS)) {
    await store.put(`${prefix}${name}`, Buffer.from(content), { contentType: 'application/octet-stream' });
  }
  await test.take(
    legReported(callSid, { accountSid }),
    recordingCompleted(recordingSid, { callSid }, { accountSid }),
    recordingCompleted(newSid('RE'), { conferenceSid }, { accountSid }),
    consentOf({ callSid }, 'granted', { accountSid }),
    archived(recordingSid, callSid, prefix, { accountSid, waveform: stored(`${prefix}waveform.json`) }),
    transcribed(recordingSid, callSid, prefix, { accountSid }),
  );
  const policy = await door.ask('/v1/policies', token, { method: 'POST', body: { accountSid, source: POLICY } });
  // Not a number of the call, which would be erased before it was asked for.
  const erasure = await door.ask('/v1/erasures', token, { method: 'POST', body: { number: '+14155550177' } });
  return {
    ...{ callSid, conferenceSid, recordingSid, policyId: policy.json.id },
    erasureId: erasure.json.erasureId,
    ...{ callSid, recordingSid, policyId: policy.json.id },
    tokenId: (await door.tokenOf('reviewer', [accountSid])).split('_')[1] ?? '',
    deletionId: await deletionOf(door, { accountSid, recordingSid }),
    ...(await holdOn(door, { accountSid, recordingSid })),
  };
}

async function holdOn({ api }: Door, { accountSid, recordingSid }: { accountSid: string; recordingSid: string }) {
  const actor = { kind: 'token', id: 'theirs' } as const;
  const { matterId } = await api.holds.openMatter(accountSid, 'theirs', actor);
  const { holdId } = await api.holds.place(accountSid, { matterId, selector: { recordingSid } }, actor);
  return { matterId, holdId };
}

/** Of the copy at Twilio alone, certified: the recording is still there. */
async function deletionOf({ api }: Door, key: { accountSid: string; recordingSid: string }): Promise<string> {
  const { ledger, clock } = api.test;
  const requestedBy = { kind: 'token', id: 'theirs', role: 'compliance' } as const;
  const begin = { cause: 'operator', classes: ['twilio-copy'], now: clock(), requestedBy } as const;
  await ledger.change(key, (entry) => ({ entry: beginDeletion(entry, begin), events: [] }));
  const source = {
    deleteAndConfirm: async () => ({ outcome: 'deleted' as const, metadataShown: false }),
    look: async () => 'nothing' as const,
  };
  const objects = { ...api.store, uri: 'file:///recordings' };
  await attemptDeletion(ledger, { ...key, deletion: 1 }, { objects, source, clock });
  return `${key.recordingSid}.1`;
}
