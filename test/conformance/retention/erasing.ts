import { whileClocksAgree } from '@onrecord/retention/dated-sweeps';
import { erasureResidues } from '@onrecord/retention/erasures/erasure-residues';
import { erasureSweeps } from '@onrecord/retention/erasures/erasure-sweeps';
import { createErasures, type ErasureDetail } from '@onrecord/retention/erasures/erasures';
import type { CallPlace } from '@onrecord/retention/places/twilio-calls';
import type { EventLog } from '@onrecord/shared/event-log/port';
import type { Deletions } from './deletions.ts';
import { ACCOUNT, legReported, newSid, recordingCompleted } from './facts.ts';
import { pseudonyms } from './ledger.ts';

export const DAY_MS = 86_400_000;
const BY = { kind: 'token', id: 'tok_test', role: 'compliance' } as const;

/** A log that keeps events for a week, and says what the test lets it say. */
export const weeklyLog = () => {
  const log = { isHeld: true };
  const eventLog: Pick<EventLog, 'keptAtMostMs' | 'holdsBefore'> = {
    keptAtMostMs: async () => 7 * DAY_MS,
    holdsBefore: async () => log.isHeld,
  };
  return { log, eventLog };
};

/** Erasures over a ledger, a store and a Twilio. */
export function erasing(bed: Deletions, eventLog = weeklyLog().eventLog, calls: CallPlace = bed.source()) {
  const { test } = bed;
  const asService = { pool: test.application, clock: test.clock };
  const erasures = createErasures({ ...asService, ledger: test.ledger, pseudonyms, onDecision: () => undefined });
  const residueDeps = { ...asService, eventLog, erasesCalls: true };
  const clocks = { agree: true };
  const dated = erasureSweeps({
    ...residueDeps,
    accounts: () => [ACCOUNT],
    pseudonyms,
    ledger: test.ledger,
    residues: erasureResidues(residueDeps),
    calls,
    onDecision: () => undefined,
    onFailed: (_, error) => {
      throw error;
    },
    onPublish: () => undefined,
    onDue: () => undefined,
  });
  const clocksAgree = async () => clocks.agree;
  const sweeps = whileClocksAgree(clocksAgree, dated);
  const sweepOnce = async () => {
    for (const sweep of sweeps) while (await sweep());
    await bed.sweep({ clocksAgree });
  };
  return {
    erasures,
    /** Whether the clock of the service is that of the database. */
    clocks,
    request: (subject: { e164: string } | { callSid: string }) =>
      erasures.request({ accountSid: ACCOUNT, subject, requestedBy: BY }),
    find: async (erasureId: string): Promise<ErasureDetail> => {
      const found = await erasures.find([ACCOUNT], erasureId);
      if (found === undefined) throw new Error(`no erasure ${erasureId}`);
      return found;
    },
    items: async (erasureId: string) => {
      const found = await erasures.find([ACCOUNT], erasureId);
      return found === undefined ? [] : erasures.items(found.erasure, '', 1_000);
    },
    sweepOnce,
    /** Each kind of work once, as in a sweeper's turn. */
    turn: async () => {
      for (const sweep of sweeps) await sweep();
    },
    /** Until deletions are done and were looked at, with a clock that goes on. */
    settle: async () => {
      for (let turn = 0; turn < 4; turn += 1) {
        await sweepOnce();
        test.now = new Date(test.now.getTime() + 6_000);
      }
    },
    /** A call with a recording, archived and at Twilio. */
    called: async (from: string, to: string, fields: Parameters<typeof legReported>[1] = {}) => {
      const made = await bed.given('granted');
      await test.take(legReported(made.callSid, { from, to, direction: 'inbound', ...fields }));
      await made.archive();
      return made;
    },
  };
}

/** A call whose recording is reported, and neither stored nor decided on; Twilio knows it only where it is given one that it knows. */
export const callWith = (from: string, to: string, callSid = newSid('CA')) => {
  const sid = newSid('RE');
  return { callSid, sid, events: [legReported(callSid, { from, to }), recordingCompleted(sid, { callSid })] };
};
