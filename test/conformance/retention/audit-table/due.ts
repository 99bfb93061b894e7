import { RETENTION } from '@onrecord/retention/domain/actor';
import { ruleBook } from '@onrecord/retention/domain/jurisdictions/built-in';
import { createPolicyDesk } from '@onrecord/retention/policies/policy-desk';
import { DAY, type Deletions, NOBODY } from '../deletions.ts';
import { erasing, weeklyLog } from '../erasing.ts';
import { ACCOUNT, at, legReported, newSid, recordingCompleted } from '../facts.ts';
import { policy, pseudonyms } from '../ledger.ts';
import type { Effect } from './effect.ts';

const [PERSON, COMPANY] = ['+14155550133', '+14155550100'];

interface DueEffect extends Effect {
  /** On a bed of its own. @returns what then happens */
  given(bed: Deletions): Promise<() => Promise<unknown>>;
}

/** An archived recording, and its schedule at an end. */
async function ended(bed: Deletions) {
  const made = await bed.given('granted');
  await made.archive();
  bed.test.now = at(31 * DAY);
  return made;
}

const sweepLater = (bed: Deletions, minutes: number) => {
  bed.test.now = new Date(bed.test.now.getTime() + minutes * 60_000);
  return bed.sweep();
};

/** @param rest what follows in the policy's YAML */
export async function underPolicy({ test }: Deletions, periods: string, rest = ''): Promise<void> {
  const desk = createPolicyDesk({
    ...{ pool: test.application, builtIn: policy, ruleBook: ruleBook(), pseudonyms, clock: test.clock },
    onActivated: () => undefined,
  });
  const source = `name: short\ndefaults:\n  consent: { mode: explicit }\n  periods: { ${periods} }\n${rest}`;
  const { policy: draft } = await desk.draft(ACCOUNT, source, RETENTION);
  if (draft === undefined) throw new Error('the policy of the table is refused');
  await desk.activate(draft, 1_000, RETENTION);
}

/** What follows from dates, as the sweeper does it. */
export const DUE: readonly DueEffect[] = [
  {
    what: 'a recording ends and goes',
    by: 'service',
    makes: ['deletion.begun', 'deletion.found', 'deletion.found', 'deletion.completed', 'deletion.certified'],
    given: async (bed) => {
      await ended(bed);
      return () => bed.sweep();
    },
  },
  {
    what: 'Twilio cannot be reached for it',
    by: 'service',
    makes: ['deletion.begun', 'deletion.found', 'deletion.attempted'],
    given: async (bed) => {
      await ended(bed);
      return () => bed.sweep({ apiUrl: NOBODY });
    },
  },
  {
    ...{ what: 'it is looked at once more', by: 'service', makes: ['deletion.rechecked'] },
    given: async (bed) => {
      await ended(bed);
      await bed.sweep();
      return () => sweepLater(bed, DAY);
    },
  },
  {
    ...{ what: 'Twilio is asked what it still shows', by: 'service', makes: ['deletion.residue-checked'] },
    given: async (bed) => {
      await ended(bed);
      await bed.sweep();
      await sweepLater(bed, DAY);
      return () => sweepLater(bed, 41 * DAY);
    },
  },
  {
    ...{ what: 'the period of metadata is over', by: 'service', makes: ['metadata.removed'] },
    given: async (bed) => {
      await underPolicy(bed, 'audio: 1d, transcript: 1d, providerResponse: 1d, metadata: 2d, numbers: 1d');
      // Never came to be at Twilio: nothing of it has to be deleted first.
      await bed.test.take(recordingCompleted(newSid('RE'), { callSid: newSid('CA') }, { status: 'absent' }));
      await bed.sweep();
      return () => sweepLater(bed, 3 * DAY);
    },
  },
  {
    ...{ what: 'the period of numbers is over', by: 'service', makes: ['numbers.replaced'] },
    given: async (bed) => {
      const { called, turn } = erasing(bed);
      await underPolicy(bed, 'audio: 30d, transcript: 30d, providerResponse: 30d, metadata: 90d, numbers: 2d');
      await called(PERSON, COMPANY);
      await bed.sweep();
      bed.test.now = at(3 * DAY);
      return turn;
    },
  },
  {
    ...{ what: 'an erasure of somebody whom nobody knows is done', by: 'service', makes: ['erasure.completed'] },
    given: async (bed) => {
      const { request, settle } = erasing(bed);
      await request({ e164: PERSON });
      return settle;
    },
  },
  {
    what: 'Twilio’s record of a call is gone, and with it the erasure is done',
    by: 'service',
    makes: ['erasure.call-deleted', 'erasure.completed'],
    given: async (bed) => {
      const { request, settle } = erasing(bed);
      bed.test.now = at(1);
      await bed.test.take(legReported(bed.givenCall(), { from: PERSON, to: COMPANY, direction: 'inbound' }));
      await request({ e164: PERSON });
      return settle;
    },
  },
  {
    what: 'a leg is heard of after an erasure that had found nothing, and leaves what erasures leave',
    by: 'service',
    // Of the log two, of texts and of Twilio one each; and its record of the leg, until that is gone.
    makes: [
      ...Array<'erasure.residue-named'>(5).fill('erasure.residue-named'),
      ...(['erasure.call-deleted', 'erasure.residue-gone'] as const),
    ],
    given: async (bed) => {
      const { request, settle } = erasing(bed);
      const callSid = bed.givenCall();
      await request({ e164: PERSON });
      await settle();
      await bed.test.take(legReported(callSid, { from: PERSON, to: COMPANY, direction: 'inbound' }));
      return settle;
    },
  },
  {
    what: 'what an erasure left in the event log is gone',
    by: 'service',
    makes: ['erasure.residue-gone', 'erasure.residue-gone'],
    given: async (bed) => {
      const { log, eventLog } = weeklyLog();
      const { called, request, settle, turn } = erasing(bed, eventLog);
      await called(PERSON, COMPANY);
      await request({ e164: PERSON });
      await settle();
      log.isHeld = false;
      bed.test.now = new Date(bed.test.now.getTime() + 8 * DAY * 60_000);
      return turn;
    },
  },
];
