import { maskNumber } from '@onrecord/shared/telemetry/mask-number';
import { replaceNumbers, spellingsIn, spellingsOf } from '@onrecord/shared/telephony/number-spellings';
import type { Pool } from 'pg';
import type { Handout } from '../domain/access.ts';
import type { Erasure } from '../domain/erasure.ts';
import { mapTexts } from '../domain/map-texts.ts';
import { hasLegsToNote } from '../ledger/erasures/call-numbers.ts';
import { findCovered } from '../ledger/erasures/cover-call.ts';
import { callsOfNames, erasuresOfParty } from '../ledger/erasures/of-party.ts';
import { readableOf } from '../ledger/read/readable-of.ts';
import { inTenant } from '../ledger/tenancy.ts';
import type { Pseudonyms } from '../pseudonyms.ts';
import { namesOf } from './subject-names.ts';

/** Everything that is held on a person, by name: what is in it is read when it is written out. */
export interface HeldOnSubject {
  party: string;
  /** One CallSid of each call. */
  calls: string[];
  recordings: string[];
  /** What of those recordings is there to be heard and read. */
  readable: Pick<Handout, 'recordingSid' | 'what'>[];
  erasures: Erasure[];
}

export interface Subjects {
  /** @returns `undefined` as long as it is not known of every older call who was on it */
  find(accountSid: string, e164: string): Promise<HeldOnSubject | undefined>;
}

/** Calls that are looked up at a time. */
const PAGE = 500;

export const createSubjects = (pool: Pool, pseudonyms: Pseudonyms, clock: () => Date): Subjects => ({
  find: async (accountSid, e164) => {
    if (await inTenant(pool, accountSid, (client) => hasLegsToNote(client, accountSid))) return undefined;
    const [party, names, coversUntil] = [pseudonyms.of(e164), namesOf(pseudonyms, e164), clock()];
    const seen = new Set<string>();
    const recordings = new Set<string>();
    const calls: string[] = [];
    for (let after = '', more = true; more; ) {
      const page = await inTenant(pool, accountSid, (client) => callsOfNames(client, accountSid, names, after, PAGE));
      for (const callSid of page.filter((each) => !seen.has(each))) {
        const subject = { accountSid, names, party, coversUntil };
        const found = await inTenant(pool, accountSid, (client) => findCovered(client, subject, callSid));
        for (const leg of found?.legs ?? []) seen.add(leg);
        for (const { recordingSid } of found?.recordings ?? []) recordings.add(recordingSid);
        calls.push(callSid);
      }
      after = page.at(-1) ?? '';
      more = page.length === PAGE;
    }
    const erasures = await inTenant(pool, accountSid, (client) => erasuresOfParty(client, accountSid, party));
    const readable = await inTenant(pool, accountSid, (client) => readableOf(client, accountSid, [...recordings]));
    return { party, calls, recordings: [...recordings], readable, erasures };
  },
});

/** The same value with the numbers of others masked: those that are written with their country, as Twilio writes them. */
export function onlyNumbersOf<T>(e164: string, value: T): T {
  const own = new Set(spellingsOf(e164));
  return mapTexts(value, (text) => {
    // A text in which the person's own number stands in one spelling may have another's in the next.
    if ([...spellingsIn(text)].length === 0) return text;
    return replaceNumbers(text, (digits) => {
      if (own.has(digits)) return digits;
      return digits.startsWith('+') ? maskNumber(digits) : undefined;
    });
  });
}
