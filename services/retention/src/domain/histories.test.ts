import fc from 'fast-check';
import { expect, it } from 'vitest';
import { wronglyCertified } from '../testing/histories/certified.ts';
import { knownTooLong, leftTooLong } from '../testing/histories/due.ts';
import { History } from '../testing/histories/history.ts';
import { forgottenOf, isOrdered, resultOf, twoTellings } from '../testing/histories/in-any-order.ts';
import { ordered, passing, reported, reports, withOwnIds } from '../testing/histories/random-facts.ts';
import { policyDocument } from '../testing/histories/random-policies.ts';
import type { Fact } from '../testing/histories/told.ts';

const [HOUR_MS, DAY_MS] = [3_600_000, 86_400_000];

const anything = fc.oneof(
  { weight: 4, arbitrary: reported },
  { weight: 2, arbitrary: ordered },
  { weight: 4, arbitrary: passing },
);

/** Everything in any order, and some of it twice. */
const history = fc
  .array(anything, { maxLength: 30, size: 'max' })
  .map((facts) => withOwnIds([...reports, ...facts]))
  .chain((facts) => fc.tuple(fc.constant(facts), fc.subarray(facts)))
  .chain(([facts, again]) => {
    const all = [...facts, ...again];
    return fc.shuffledSubarray(all, { minLength: all.length });
  });

/** Until everything that was ever due has gone, as far as nothing keeps it: an attempt that failed waits for an hour at most. */
async function comeToRest(told: History): Promise<void> {
  told.setClock(told.latest);
  told.places.left = Number.POSITIVE_INFINITY;
  await told.settle();
  told.setClock(new Date(told.latest.getTime() + 2 * HOUR_MS));
  await told.settle();
}

async function settleAfter(told: History, days: number): Promise<void> {
  told.setClock(new Date(told.latest.getTime() + days * DAY_MS));
  await told.settle();
}

async function tellAll(policy: ConstructorParameters<typeof History>[0], facts: readonly Fact[]): Promise<History> {
  const told = new History(policy);
  for (const fact of facts) await told.tell(fact);
  return told;
}

it('in no history does anything go that is held, stay or be known that is due and free, be cleared without consent or go uncertified', {
  timeout: 300_000,
}, async () => {
  const seen = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(policyDocument, history, async (policy, facts) => {
      const told = await tellAll(policy, facts);
      const asOf = told.latest;
      await comeToRest(told);
      const left = leftTooLong(told, asOf);
      // The folders of what is deleted are looked at once more, a day later.
      await settleAfter(told, 2);
      const known = knownTooLong(told, asOf);
      expect({ broken: told.watch.broken, left, known, wronglyCertified: wronglyCertified(told) }).toEqual({
        broken: [],
        left: [],
        known: [],
        wronglyCertified: [],
      });
      for (const [what, count] of told.watch.seen) seen.set(what, (seen.get(what) ?? 0) + count);
    }),
    { numRuns: 10_000 },
  );
  const causes = ['schedule', 'refusal', 'withdrawal', 'erasure'].map((cause) => `begun for ${cause}`);
  for (const what of ['held', 'gone', 'cleared', 'forgotten', ...causes])
    expect([what, seen.has(what)]).toEqual([what, true]);
});

it('the same facts in any order, and told again, come to the same result', { timeout: 300_000 }, async () => {
  let forgotten = 0;
  await fc.assert(
    fc.asyncProperty(policyDocument, twoTellings, async (policy, tellings) => {
      const results = [];
      for (const facts of tellings) {
        const told = await tellAll(policy, facts);
        await told.settle();
        const now = resultOf(told);
        await settleAfter(told, 50);
        const later = resultOf(told);
        // By then the longest period of metadata is over, and the folders of what went were looked at once more.
        for (const days of [20, 2]) await settleAfter(told, days);
        const inTheEnd = resultOf(told);
        const names = forgottenOf(told);
        for (const fact of facts.filter((each) => !isOrdered(each))) await told.tell(fact);
        await told.settle();
        expect(forgottenOf(told)).toEqual(names);
        forgotten += names.length;
        results.push({ now, later, inTheEnd, names });
      }
      expect(results[1]).toEqual(results[0]);
    }),
    { numRuns: 3_000 },
  );
  expect(forgotten).toBeGreaterThan(0);
});
