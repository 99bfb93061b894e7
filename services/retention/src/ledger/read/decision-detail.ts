import { maskNumber } from '@onrecord/shared/telemetry/mask-number';
import type { ClientBase, QueryResultRow } from 'pg';
import type { Consent } from '../../domain/consent.ts';
import type { ClearanceFacts } from '../../domain/decide-clearance.ts';
import { describeDeleted } from '../../domain/describe-deleted.ts';
import { explainDecision, type ShownParty, standingsOf } from '../../domain/explain-decision.ts';
import { toDecision } from '../decisions.ts';
import { toDeletion } from '../deletions.ts';
import { iso } from './recording-list.ts';
import { viewConsent, viewDecision } from './views.ts';

/** A recording is decided on a few times; a party that changes its mind without end does not make the page endless. */
const DECISIONS_MAX = 200;
/** One for each class, and one each time that something turned up again; the newest are told of. */
const DELETIONS_MAX = 20;

/** Every decision on a recording, newest first, each with what it was made from and in plain words; none where nothing was decided. */
export async function findDecisions(client: ClientBase, accountSid: string, recordingSid: string, only?: 'latest') {
  const { rows } = await client.query<QueryResultRow>(
    `select * from ledger.decisions where account_sid = $1 and recording_sid = $2 order by decision desc limit $3`,
    [accountSid, recordingSid, only === 'latest' ? 1 : DECISIONS_MAX],
  );
  const decided = rows.map((row) => ({ decision: toDecision(row), facts: reviveFacts(row.facts) }));
  const callSids = [...new Set(decided.flatMap(({ facts }) => facts.parties.map((party) => party.callSid)))];
  const numbers = await numbersOf(client, accountSid, callSids);
  const deleted = decided.length === 0 ? [] : await deletedOf(client, accountSid, recordingSid);
  return decided.map(({ decision, facts }, index) => {
    const parties: ShownParty[] = facts.parties.map((party) => ({
      ...party,
      number: numbers.get(`${party.callSid} ${party.side}`),
    }));
    return {
      accountSid,
      recordingSid,
      ...viewDecision(decision),
      parties: parties.map((party) => ({ ...party, places: [...party.places] })),
      answers: facts.consents.map(viewConsent),
      standing: standingsOf(decision, facts).map(({ need: _, ...each }) => ({ ...each, until: iso(each.until) })),
      // What is gone is said before what was decided on it last: the decision stands as it was.
      explanation: [...(index === 0 ? deleted : []), ...explainDecision(decision, facts, parties)],
    };
  });
}

/** What of the recording is gone or going, in plain words, oldest first. */
async function deletedOf(client: ClientBase, accountSid: string, recordingSid: string): Promise<string[]> {
  const { rows } = await client.query<QueryResultRow>(
    'select * from ledger.deletions where account_sid = $1 and recording_sid = $2 order by deletion desc limit $3',
    [accountSid, recordingSid, DELETIONS_MAX],
  );
  return rows.toReversed().map((row) => describeDeleted(toDeletion(row)));
}

/** As they may be shown to whoever reads a decision: masked, and as pseudonyms where they were erased. */
async function numbersOf(client: ClientBase, accountSid: string, callSids: readonly string[]) {
  const { rows } = await client.query<QueryResultRow>(
    'select call_sid, from_number, to_number from ledger.calls where account_sid = $1 and call_sid = any($2)',
    [accountSid, callSids],
  );
  return new Map(
    rows.flatMap((row) =>
      (['from', 'to'] as const).flatMap((side): [string, string][] => {
        const number = row[`${side}_number`] as string | null;
        return number === null ? [] : [[`${row.call_sid} ${side}`, maskNumber(number)]];
      }),
    ),
  );
}

/** Facts as they were written down: moments are text, and those of before places were known have none. */
function reviveFacts(json: QueryResultRow): ClearanceFacts {
  const { recording } = json;
  const moment = (text: string | undefined) => (text === undefined ? undefined : new Date(text));
  return {
    ...(json as ClearanceFacts),
    recording: {
      ...recording,
      startedAt: moment(recording.startedAt),
      reportedAt: new Date(recording.reportedAt),
      learnedAt: new Date(recording.learnedAt ?? recording.reportedAt),
    },
    parties: json.parties ?? [],
    places: json.places ?? { requirement: 'all-party', version: 'none' },
    consents: json.consents.map((consent: QueryResultRow) => ({
      ...(consent as Consent),
      recordedAt: new Date(consent.recordedAt),
      expiresAt: moment(consent.expiresAt),
    })),
  };
}
