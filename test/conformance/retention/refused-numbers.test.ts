import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Deletions } from './deletions.ts';
import { erasing } from './erasing.ts';
import { at, consentOf, legReported, newSid, recordingCompleted } from './facts.ts';

const COMPANY = '+14155550100';
let lastNumber = 2_590_000;
/** A number that no other test has. */
const somebody = () => {
  lastNumber += 1;
  return `+1415${lastNumber}`;
};

let bed: Deletions;
beforeAll(async () => {
  bed = await Deletions.start(undefined, { recordings: 0 });
});
afterAll(() => bed?.close());

type Leg = Parameters<typeof legReported>[1];

/** An inbound call that begins at that minute, with what its party says on it. */
async function called(from: string, minute: number, said?: 'granted', fields: Leg = {}) {
  const [callSid, sid] = [newSid('CA'), newSid('RE')];
  const now = at(minute).toISOString();
  bed.test.now = at(minute);
  const events = [
    legReported(callSid, { from, to: COMPANY, direction: 'inbound', occurredAt: now, ...fields }),
    recordingCompleted(sid, { callSid }, { startedAt: now }),
    ...(said === undefined ? [] : [consentOf({ callSid }, said, { recordedAt: now })]),
  ].map((event) => ({ ...event, time: now }));
  await bed.test.take(...events);
  return { callSid, sid };
}

/** An answer by number, for recording and transcribing unless said otherwise. */
async function says(
  number: string,
  outcome: 'granted' | 'refused' | 'withdrawn',
  minute: number,
  purposes: ('record' | 'transcribe' | 'share')[] = ['record', 'transcribe'],
) {
  bed.test.now = at(minute);
  return bed.test.take(
    consentOf({}, outcome, {
      ...{ number, purposes, party: 'customer', method: 'written', reference: `letter:${newSid('LE')}` },
      recordedAt: at(minute).toISOString(),
    }),
  );
}

const stateOf = async ({ sid }: { sid: string }) => (await bed.find(sid))?.state;

const SPELLINGS: Record<string, (number: string) => string> = {
  'in E.164': (number) => number,
  'without its plus': (number) => number.slice(1),
  'with a space for its plus': (number) => ` ${number.slice(1)}`,
  'in a SIP address': (number) => `sip:${number}@example.com`,
  'in a SIP address without its plus': (number) => `sip:${number.slice(1)}@10.0.0.1:5060`,
  'as it is dialled out of another country': (number) => `sip:011${number.slice(1)}@pbx.example.com`,
};

// A withdrawal by number left every call cleared whose number stood in another spelling: transcription went on, and the answer was 201.
describe('a refusal by number', () => {
  it.each(Object.keys(SPELLINGS))(
    'reaches calls with the number %s, those of before where it is withdrawn',
    async (how) => {
      const spell = SPELLINGS[how] ?? String;
      const number = somebody();
      const before = await called(spell(number), 1, 'granted');
      const other = await called(spell(somebody()), 1, 'granted');
      expect(await stateOf(before)).toBe('cleared');
      expect(await says(number, 'withdrawn', 10)).toEqual(['refused']);
      // The next decision sees it as well.
      await bed.test.take(
        legReported(before.callSid, { from: spell(number), direction: 'inbound', sequenceNumber: 4 }),
      );
      expect([await stateOf(before), await stateOf(other)]).toEqual(['refused', 'cleared']);
      const after = await called(spell(number), 20);
      expect(await stateOf(after)).toBe('refused');
    },
  );

  // It would have deleted what somebody in another country had agreed to.
  it('reaches none that has the digits alone as they are dialled within a country', async () => {
    const number = somebody();
    const elsewhere = await called(`sip:${number.slice(2)}@pbx.example.com`, 1, 'granted');
    expect(await says(number, 'withdrawn', 10)).toEqual([]);
    expect(await stateOf(elsewhere)).toBe('cleared');
  });

  it('is taken back in every spelling by a later agreement, and as far as it was refused; an agreement alone reaches none', async () => {
    const [number, agreeing, sharing] = [somebody(), somebody(), somebody()];
    const address = (of: string) => `sip:${of}@example.com`;
    await says(number, 'refused', 1);
    const refused = await called(address(number), 2);
    await says(number, 'granted', 3);
    const agreed = await called(address(number), 4);
    expect([await stateOf(refused), await stateOf(agreed)]).toEqual(['refused', 'cleared']);
    await says(agreeing, 'granted', 5);
    await says(sharing, 'refused', 5, ['share']);
    await says(sharing, 'granted', 6, ['record', 'transcribe', 'share']);
    const calls = [await called(address(agreeing), 7), await called(address(sharing), 7)];
    expect(await Promise.all(calls.map(stateOf))).toEqual(['waiting', 'waiting']);
  });

  it('is not one of whoever forwarded the call, nor of the company that was called', async () => {
    const number = somebody();
    await says(number, 'refused', 1);
    const forwarded = await called(somebody(), 2, 'granted', { parameters: { ForwardedFrom: number } });
    const asked = await called(somebody(), 2, 'granted', { to: `sip:${number}@example.com` });
    expect([await stateOf(forwarded), await stateOf(asked)]).toEqual(['cleared', 'cleared']);
  });

  it('reaches a SIP address also where an erasure has put the pseudonym into both', async () => {
    const { request, sweepOnce } = erasing(bed);
    const number = somebody();
    const address = `sip:${number}@example.com`;
    await says(number, 'refused', 1);
    const call = await called(address, 2);
    bed.test.now = at(3);
    await request({ e164: number });
    await sweepOnce();
    const { rows } = await bed.test.pool.query('select from_number from ledger.calls where call_sid = $1', [
      call.callSid,
    ]);
    expect(rows[0].from_number).toMatch(/^sip:psn_/);
    const late = newSid('RE');
    await bed.test.take(recordingCompleted(late, { callSid: call.callSid }, { startedAt: at(10).toISOString() }));
    expect(await stateOf({ sid: late })).toBe('refused');
    expect(await stateOf(await called(address, 20))).toBe('refused');
  });

  it('of an earlier version is given its spellings by the sweeper, which decides again on what it bears on', async () => {
    const { request, sweepOnce } = erasing(bed);
    const [number, erased] = [somebody(), somebody()];
    const address = `sip:${number}@example.com`;
    const before = await called(address, 1, 'granted');
    for (const each of [number, erased]) await says(each, 'withdrawn', 2);
    await request({ e164: erased });
    await sweepOnce();
    // As it was, when neither the answer found the call nor a decision the answer.
    await bed.test.pool.query('truncate ledger.refused_numbers');
    await bed.test.pool.query('update ledger.consents set spellings_noted = false');
    await bed.test.take(legReported(before.callSid, { from: address, direction: 'inbound', sequenceNumber: 4 }));
    expect(await stateOf(before)).toBe('cleared');
    await sweepOnce();
    expect(await stateOf(before)).toBe('refused');
    expect(await stateOf(await called(`sip:${erased.slice(1)}@example.com`, 20))).toBe('refused');
    const { rows } = await bed.test.pool.query(
      `select count(*)::int as left from ledger.consents where number is not null and outcome <> 'granted' and not spellings_noted`,
    );
    expect(rows).toEqual([{ left: 0 }]);
  });
});
