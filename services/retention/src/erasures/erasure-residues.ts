import { DEFAULT_RETRY_POLICY } from '@onrecord/shared/event-log/failure-policy';
import type { EventLog } from '@onrecord/shared/event-log/port';
import { topicFamily } from '@onrecord/shared/event-log/topics';
import { TOPICS } from '@onrecord/shared/events';
import type { Pool } from 'pg';
import type { Erasure, Residue } from '../domain/erasure.ts';
import { metadataAtTwilio } from '../ledger/erasures/deleted-at-twilio.ts';
import { areForgotten } from '../ledger/erasures/forgotten-calls.ts';
import { keepsRefusal } from '../ledger/erasures/kept-by-number.ts';
import { inTenant } from '../ledger/tenancy.ts';

export interface ResidueDeps {
  pool: Pool;
  eventLog: Pick<EventLog, 'keptAtMostMs' | 'holdsBefore'>;
  clock: () => Date;
}

/** What is left elsewhere of what was erased, and until when. */
export interface ErasureResidues {
  /** Once the subject's calls were worked on; `legs` of the erasure counts all of them. Not what holds keep, which `noteHeldNumber` names. */
  ofLedger(erasure: Erasure): Promise<Residue[]>;
  /** Once recordings were deleted. */
  ofTwilio(erasure: Erasure): Promise<Residue[]>;
}

/** Events in which numbers stand: what Twilio told of calls, and the reasons of decisions, which name parties as they were named. */
const [MAIN_TOPICS, DEAD_LETTERS] = [TOPICS.telephony, TOPICS.decisions]
  .map((topic) => topicFamily(topic, DEFAULT_RETRY_POLICY))
  .reduce<[string[], string[]]>(
    ([main, dead], family) => [
      [...main, ...family.slice(0, -1)],
      [...dead, ...family.slice(-1)],
    ],
    [[], []],
  );

/** The topics that a residue is in. */
export const TOPICS_OF: Readonly<Record<string, readonly string[]>> = {
  events: MAIN_TOPICS,
  'dead-letters': DEAD_LETTERS,
};

export const erasureResidues = ({
  pool,
  eventLog,
  erasesCalls,
  clock,
}: ResidueDeps & { erasesCalls: boolean }): ErasureResidues => ({
  ofLedger: async (erasure) => {
    const kept = await keptHere(pool, erasure);
    if (erasure.legs === 0) return kept;
    const now = clock();
    const until = async (residue: string) => after(now, await eventLog.keptAtMostMs(TOPICS_OF[residue] ?? []));
    return [
      ...kept,
      {
        residue: 'events',
        what: `Events of ${TOPICS.telephony} and ${TOPICS.decisions} in the event log, with those that are tried again`,
        why: 'An event log is only added to: what was told of these calls names the number until the log drops it.',
        until: await until('events'),
      },
      {
        residue: 'dead-letters',
        what: 'Dead letters of these topics, if any tells of these calls',
        why: 'They wait for a person, and are kept for longer than other events.',
        until: await until('dead-letters'),
      },
      {
        residue: 'texts',
        what: 'Selectors of policies, names of matters and tokens, and identities of agents, if anybody wrote the number into one',
        why: 'They are what people wrote and versions that never change. Look for the number there, and write a policy without it.',
      },
      {
        residue: 'twilio-calls',
        what: erasesCalls
          ? 'What else Twilio keeps of these calls: conferences with their participants, Voice Insights, debugger and request logs'
          : 'What Twilio itself keeps of these calls: Call resources and its logs, with both numbers',
        why: erasesCalls
          ? 'Twilio’s API cannot delete these; what it keeps of them, and how long, is settled with Twilio.'
          : 'ERASE_TWILIO_CALLS is false: the records are kept for billing. They are deleted there, in the Console or by DELETE /Calls/{CallSid}.',
      },
    ];
  },
  ofTwilio: async (erasure) => {
    const { recordings, until } = await inTenant(pool, erasure.accountSid, (client) =>
      metadataAtTwilio(client, erasure),
    );
    if (recordings === 0) return [];
    return [
      {
        residue: 'twilio-metadata',
        what: `What Twilio shows of ${recordings} deleted recording(s): times, length and SIDs, without the audio`,
        why: 'Twilio shows the metadata of a deleted recording for 40 days.',
        until: until ?? undefined,
      },
    ];
  },
});

/** What the ledger itself has to keep of a person, besides what holds keep. */
async function keptHere(pool: Pool, erasure: Erasure): Promise<Residue[]> {
  return [...(await refusalsOf(pool, erasure)), ...(await forgotten(pool, erasure))];
}

/** What is elsewhere of calls whose metadata's period is over. */
async function forgotten(pool: Pool, erasure: Erasure): Promise<Residue[]> {
  if (!(await inTenant(pool, erasure.accountSid, (client) => areForgotten(client, erasure)))) return [];
  return [
    {
      residue: 'forgotten-calls',
      what: 'Calls of which nothing is known any more: Twilio’s records of them, and their events in the event log, if the subject was on one',
      why: 'Their metadata were removed when the period was over, so nothing tells who was on them. Look for the number at Twilio, and delete them there.',
    },
  ];
}

async function refusalsOf(pool: Pool, { accountSid, party }: Erasure): Promise<Residue[]> {
  if (party === undefined) return [];
  if (!(await inTenant(pool, accountSid, (client) => keepsRefusal(client, accountSid, party)))) return [];
  return [
    {
      residue: 'refusals',
      what: 'The refusal or withdrawal that was given by this number, under its pseudonym',
      why: 'Without it, the next call of the person would be recorded and kept as if nothing had been said.',
    },
  ];
}

const after = (moment: Date, ms: number): Date | undefined =>
  Number.isFinite(ms) ? new Date(moment.getTime() + ms) : undefined;
