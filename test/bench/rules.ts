import { ruleBook } from '@onrecord/retention/domain/jurisdictions/built-in';
import { readPhoneNumber } from '@onrecord/shared/telephony/phone-number';
import { type BenchResult, median } from './result.ts';

const ROUNDS = 7;
const EVALUATIONS = 500_000;
/** What is asked for: so many evaluations in a millisecond. */
const TARGET_PER_MS = 1_000;

const NUMBERS = [
  '+14155552671',
  '+12125552671',
  '+14165550123',
  '+442071838750',
  '+4930123456',
  '+61412345678',
  '+18005551234',
];

/** How many calls of two legs are judged in a millisecond, ÷ 1,000: by the places of four numbers, strictest first or last. */
export async function benchRules(): Promise<BenchResult[]> {
  const book = ruleBook();
  const at = new Date('2026-03-01T10:00:00Z');
  const places = NUMBERS.map((text) => {
    const number = readPhoneNumber(text);
    return number === undefined ? [] : book.placesOf(number.e164, number.country);
  });
  const calls = places.flatMap((from) => places.map((to) => [from, places[1] ?? [], places[1] ?? [], to]));
  let strict = 0;
  const round = () => {
    const start = performance.now();
    for (let done = 0; done < EVALUATIONS; done += 1) {
      const { requirement } = book.strictest(calls[done % calls.length] ?? [], at);
      if (requirement === 'all-party') strict += 1;
    }
    return EVALUATIONS / (performance.now() - start) / TARGET_PER_MS;
  };
  round();
  const rounds = Array.from({ length: ROUNDS }, round);
  if (strict === 0) throw new Error('nothing was judged');
  const reading = readingsPerMs();
  const note = `${Math.round(median(rounds) * TARGET_PER_MS)} evaluations a millisecond; of numbers, ${Math.round(reading)} are read in one`;
  return [
    { name: 'rules of places, of 1,000 a millisecond', ratio: median(rounds), rounds, bound: { atLeast: 1 }, note },
  ];
}

/** Reading a number, once for each end of a leg, comes before its evaluation. */
function readingsPerMs(): number {
  const count = 20_000;
  const start = performance.now();
  for (let done = 0; done < count; done += 1) readPhoneNumber(`+1415555${String(1_000 + (done % 9_000))}`);
  return count / (performance.now() - start);
}
