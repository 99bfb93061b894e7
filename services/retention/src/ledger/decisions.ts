import type { ConsentPurpose } from '@onrecord/shared/events';
import type { ClientBase, QueryResultRow } from 'pg';
import type { Consented } from '../domain/consented.ts';
import type { Decision } from '../domain/custody.ts';
import type { Clearance, ClearanceFacts } from '../domain/decide-clearance.ts';
import { insertIfNew, optional } from './rows.ts';

export async function writeDecision(client: ClientBase, facts: ClearanceFacts, decision: Decision): Promise<void> {
  const { clearance, policy } = decision;
  await insertIfNew(client, 'ledger.decisions', {
    account_sid: facts.recording.accountSid,
    recording_sid: facts.recording.recordingSid,
    decision: decision.number,
    outcome: clearance.outcome,
    purposes: clearance.outcome === 'cleared' ? clearance.purposes : [],
    consented: clearance.outcome === 'cleared' ? json(clearance.consented) : undefined,
    continues: json(decision.continues),
    rule: clearance.rule,
    reason: clearance.reason,
    basis: clearance.basis,
    released_by: clearance.outcome === 'cleared' ? [] : clearance.releasedBy,
    cause: clearance.outcome === 'refused' ? clearance.cause : undefined,
    review_at: clearance.outcome === 'waiting' ? clearance.reviewAt : undefined,
    delete_after: decision.deleteAfter,
    policy_name: policy.name,
    policy_version: policy.version,
    policy_rule: policy.rule,
    facts: JSON.stringify(facts),
    decided_at: decision.decidedAt,
    cleared_at: decision.clearedAt,
  });
}

export const toDecision = (row: QueryResultRow): Decision => ({
  number: row.decision,
  clearance: toClearance(row),
  policy: {
    name: row.policy_name,
    version: row.policy_version,
    ...(row.policy_rule !== null && { rule: row.policy_rule }),
  },
  decidedAt: row.decided_at,
  deleteAfter: optional(row.delete_after),
  ...(row.cleared_at && { clearedAt: row.cleared_at }),
  continues: row.continues ? { ...row.continues, decidedAt: new Date(row.continues.decidedAt) } : undefined,
});

const json = (value: unknown) => (value === undefined ? undefined : JSON.stringify(value));

const toConsented = (rows: readonly { purpose: ConsentPurpose; until?: string }[]): Consented[] =>
  rows.map(({ purpose, until }) => ({ purpose, ...(until !== undefined && { until: new Date(until) }) }));

function toClearance(row: QueryResultRow): Clearance {
  const explained = { rule: row.rule, reason: row.reason, basis: optional(row.basis) };
  const releasedBy = row.released_by;
  switch (row.outcome as Clearance['outcome']) {
    case 'cleared':
      return {
        ...explained,
        outcome: 'cleared',
        purposes: row.purposes,
        ...(row.consented && { consented: toConsented(row.consented) }),
      };
    case 'refused':
      return { ...explained, outcome: 'refused', cause: row.cause, releasedBy };
    case 'waiting':
      return { ...explained, outcome: 'waiting', releasedBy, reviewAt: row.review_at };
    case 'withheld':
      return { ...explained, outcome: 'withheld', releasedBy };
  }
}
