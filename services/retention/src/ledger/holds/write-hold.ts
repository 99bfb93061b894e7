import { createEvent, type DataOf, holdPlaced, holdReleased } from '@onrecord/shared/events';
import { appendToOutbox } from '@onrecord/shared/postgres/outbox';
import type { ClientBase } from 'pg';
import { appendAudit } from '../../audit/append-audit.ts';
import type { Actor } from '../../domain/actor.ts';
import type { Hold, HoldSelector, ReleaseStep } from '../../domain/hold.ts';
import type { Matter } from '../../domain/matter.ts';
import { askAgain, lookAtHeld } from '../erasures/calls-at-twilio.ts';
import { lookAtHeldNumber } from '../erasures/held-number.ts';
import { lockSubjects } from '../erasures/lock-subjects.ts';
import { lookAtWaiting } from '../erasures/progress.ts';
import { insertIfNew, lockRow, updateRow } from '../rows.ts';
import { toColumns, toHold } from './hold-rows.ts';

export async function writeMatter(client: ClientBase, accountSid: string, matter: Matter, actor: Actor): Promise<void> {
  const { matterId, name, openedBy, openedAt } = matter;
  // A matter can be older than the first call of its account.
  await insertIfNew(client, 'ledger.accounts', { account_sid: accountSid, first_seen_at: openedAt });
  await insertIfNew(client, 'ledger.matters', {
    account_sid: accountSid,
    matter_id: matterId,
    name,
    opened_by: openedBy,
    opened_at: openedAt,
  });
  const subject = { matter: matterId };
  await appendAudit(client, [{ accountSid, at: openedAt, kind: 'matter.opened', actor, subject, details: {} }]);
}

/** @param spreadDueAt when the recordings that are known are gone through by somebody else, should this process not live to do it */
export async function writeHold(
  client: ClientBase,
  accountSid: string,
  hold: Hold,
  { actor, spreadDueAt }: { actor: Actor; spreadDueAt: Date },
): Promise<void> {
  const { holdId, matterId, placedAt: at } = hold;
  // Whoever replaces numbers has either committed before, or sees the hold.
  await lockSubjects(client, accountSid, 'change');
  const columns = { ...toColumns(hold), spread_after: '', spread_due_at: spreadDueAt };
  await insertIfNew(client, 'ledger.holds', { account_sid: accountSid, hold_id: holdId, ...columns });
  await askAgain(client, accountSid, at);
  const selector = tellSelector(hold.selector);
  const told = { accountSid, holdId, matter: matterId, selector, placedBy: hold.placedBy, placedAt: at.toISOString() };
  await appendToOutbox(client, [createEvent(holdPlaced, told, { time: at.toISOString() })]);
  const subject = { hold: holdId, matter: matterId };
  await appendAudit(client, [{ accountSid, at, kind: 'hold.placed', actor, subject, details: { selector } }]);
}

/** As events and audit entries say it: without the number. */
const tellSelector = ({ recordingSid, callSid, party, wholeAccount, from, until }: HoldSelector) =>
  ({
    recordingSid,
    callSid,
    party,
    wholeAccount: wholeAccount === true ? true : undefined,
    from: from?.toISOString(),
    until: until?.toISOString(),
  }) satisfies DataOf<typeof holdPlaced>['selector'];

/**
 * Takes a step towards the release of a hold, with its row locked: of two people who approve at once one is refused.
 * @returns `undefined` for a hold that the account does not have
 */
export async function writeRelease(
  client: ClientBase,
  accountSid: string,
  holdId: string,
  { actor, at, spreadDueAt, step }: { actor: Actor; at: Date; spreadDueAt: Date; step: (hold: Hold) => ReleaseStep },
): Promise<ReleaseStep | undefined> {
  const key = { account_sid: accountSid, hold_id: holdId };
  const row = await lockRow(client, 'ledger.holds', key);
  if (row === undefined) return undefined;
  const taken = step(toHold(row));
  if (taken.outcome === 'refused') return taken;
  const { hold } = taken;
  const isReleased = hold.release !== undefined;
  // The recordings that it covered are gone through once more, from the first.
  const spread = isReleased ? { spread_after: '', spread_due_at: spreadDueAt } : {};
  await updateRow(client, 'ledger.holds', key, { ...toColumns(hold), ...spread });
  const subject = { hold: holdId, matter: hold.matterId };
  const kind = isReleased ? 'hold.released' : 'hold.release-requested';
  await appendAudit(client, [{ accountSid, at, kind, actor, subject, details: {} }]);
  if (hold.release !== undefined) {
    // Nobody has to know any more what was gone when it came.
    await client.query(
      `update ledger.hold_recordings set settle_due_at = null
       where account_sid = $1 and hold_id = $2 and settle_due_at is not null`,
      [accountSid, holdId],
    );
    await lookAtWaiting(client, accountSid, at);
    await lookAtHeld(client, accountSid, at);
    if (hold.selector.party !== undefined) await lookAtHeldNumber(client, accountSid, hold.selector.party, at);
    const told = { accountSid, holdId, releasedBy: hold.release.by, releasedAt: at.toISOString() };
    await appendToOutbox(client, [createEvent(holdReleased, told, { time: at.toISOString() })]);
  }
  return taken;
}
