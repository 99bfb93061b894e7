import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { chance } from '../../end-to-end/relay-under-faults/seeded.ts';
import { describeWith } from '../../servers/available.ts';
import { startDeletingWorker } from './hold-race/deleting-worker.ts';
import { type Answer, type Race, startRace } from './hold-race/race.ts';

const SEED = process.env.ONRECORD_TEST_SEED ?? String(Date.now());
/** Holds against deletions: fewer where nobody waits for all of them, as a round takes a second of two busy processors. */
const ROUNDS = Number(process.env.ONRECORD_TEST_HOLD_ROUNDS ?? (process.env.CI === 'true' ? 1_000 : 36));
/** Recordings at a time. */
const LANES = 12;
const WORKERS = 2;
/** Of three recordings one is held at any moment, and two once their deletion has begun: within so many milliseconds. */
const [AT_ANY_MS, ONCE_BEGUN_MS] = [2_000, 400];
/** Each of so many is held when Twilio's copy has gone: on a busy machine every other hold came before anything went. */
const LATE_EVERY = 12;
/** More than the kills take that few rounds leave to do: a worker lives 12 s at most, and starts slowly beside many other things. */
const KILLED_MS = 120_000;

describeWith('s3', (seaweedfs) => {
  describe('holds against deletions', () => {
    let race: Race;
    beforeAll(async () => {
      race = await startRace(seaweedfs, ROUNDS);
    }, 300_000);
    afterAll(() => race?.close());

    it(`keep all that their answers do not name, while workers are killed (${ROUNDS} rounds, ONRECORD_TEST_SEED=${SEED})`, async () => {
      const isOver = new AbortController();
      onTestFinished(() => isOver.abort());
      let kills = 0;
      const onKill = () => {
        kills += 1;
      };
      const killing = Array.from({ length: WORKERS }, (_, worker) => killAgainAndAgain(worker, isOver.signal, onKill));
      const answers: Answer[] = [];
      const rounds = Array.from({ length: ROUNDS }, (_, round) => round).values();
      const lane = async () => {
        for (const round of rounds) {
          const recording = await race.given();
          await race.refuse(recording);
          const isBegun = chance(SEED, 'begun', round) > 1 / 3 && (await race.isBegun(recording));
          await sleep(chance(SEED, 'hold', round) * (isBegun ? ONCE_BEGUN_MS : AT_ANY_MS));
          if (round % LATE_EVERY === 0) await race.isGone(recording);
          answers.push(await race.hold(recording));
        }
      };
      await Promise.all(Array.from({ length: LANES }, lane));
      // Few rounds are over sooner than a worker starts and is killed again.
      await vi.waitFor(() => expect(kills).toBeGreaterThan(WORKERS), { timeout: KILLED_MS, interval: 100 });
      // Whoever was killed last left what it had taken.
      await sleep(5_000);
      isOver.abort();
      await Promise.all(killing);
      const tally = { untouched: 0, gone: 0, partly: 0, unsettled: 0 };
      for (const answer of answers) tally[await check(answer)] += 1;
      console.log(`${ROUNDS} holds, ${kills} kills: ${JSON.stringify(tally)}`);
      expect(tally.untouched + tally.partly).toBeGreaterThan(0);
      expect(tally.gone).toBeGreaterThan(0);
    }, 1_800_000);

    /** A worker that is killed at a random moment, and followed by another. */
    async function killAgainAndAgain(worker: number, signal: AbortSignal, onKill: () => void): Promise<void> {
      for (let turn = 0; ; turn += 1) {
        const process = await startDeletingWorker(race.place);
        await sleep(3_000 + chance(SEED, 'kill', worker, turn) * 9_000, undefined, { signal }).catch(() => undefined);
        await process.kill();
        if (signal.aborted) return;
        onKill();
      }
    }

    async function check({ recording, holdId, said }: Answer) {
      const [later] = await vi.waitFor(async () => {
        const covered = await race.saidOf(holdId);
        expect(covered[0]?.found === undefined || covered[0].found.settledAt !== undefined).toBe(true);
        return covered;
      });
      const wasSettled = said?.found === undefined || said.found.settledAt !== undefined;
      // What was answered as known stays as it was answered.
      if (wasSettled) expect(later?.found).toEqual(said?.found);
      const gone = later?.found?.gone.map(({ key }) => key).toSorted() ?? [];
      const kept = race.keysOf(recording).filter((key) => !gone.includes(key));
      expect(await race.keys(recording), recording.sid).toEqual(kept);
      expect(race.isAtTwilio(recording), recording.sid).toBe(later?.found?.source !== 'gone');
      if (kept.length > 0) expect(await race.isLocked(recording), recording.sid).toBe(true);
      if (!wasSettled) return 'unsettled';
      if (gone.length === 0 && later?.found?.source !== 'gone') return 'untouched';
      return kept.length === 0 && later?.found?.source === 'gone' ? 'gone' : 'partly';
    }
  });
});
