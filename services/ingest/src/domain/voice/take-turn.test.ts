import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exampleFile } from '../../testing/voice-example.ts';
import { type CallState, fromQuery, toQuery } from './call-state.ts';
import { afterDial, afterMessage, answerConsent, answerMenu, begin } from './take-turn.ts';
import type { Turn } from './turn.ts';
import type { VoiceFile } from './voice-file.ts';

const file = exampleFile();
const ENGLISH = '+14155550199';
const UNKNOWN = '+442071838750';
const pressed = (digits: string) => ({ digits, speech: '', confidence: undefined });
const texts = (turn: Turn) => turn.say.map(({ text }) => text.split(/[ .]/)[0]);

/** Where a turn leaves the caller, as the next request brings it back. */
function stateOf(turn: Turn, of: VoiceFile = file): CallState {
  if (turn.next.do === 'hang-up') throw new Error('the call has ended');
  return fromQuery(of, toQuery(turn.next.state), ENGLISH);
}
const consented = (outcome: 'granted' | 'refused' | 'none', of = file) =>
  answerConsent(of, { ...stateOf(begin(of, ENGLISH), of), tries: 9 }, outcome);
const chosen = (digits: string, state = stateOf(consented('granted'))) => answerMenu(file, state, pressed(digits));

describe('the language', () => {
  test('is that of the number', () => {
    expect(begin(file, ENGLISH)).toMatchObject({ say: [{ language: 'en-US' }], next: { answerTo: 'consent' } });
    expect(begin(file, '+493055550199')).toMatchObject({ say: [{ language: 'de-DE' }], next: { answerTo: 'consent' } });
  });

  test('is asked for in every language, each in its own voice, where the number tells none', () => {
    const asked = begin(file, UNKNOWN);
    expect(asked.say.map(({ language }) => language)).toEqual(['en-US', 'de-DE']);
    expect(asked.next).toMatchObject({ answerTo: 'menu', speech: undefined });
    expect(answerMenu(file, stateOf(asked), pressed('2')).say).toMatchObject([{ language: 'de-DE' }]);
  });

  test('is the first after silence', () => {
    const again = answerMenu(file, stateOf(begin(file, UNKNOWN)), pressed(''));
    expect(again.next).toMatchObject({ answerTo: 'menu' });
    expect(answerMenu(file, stateOf(again), pressed(''))).toMatchObject({
      say: [{ language: 'en-US' }],
      next: { answerTo: 'consent' },
    });
  });
});

describe('consent', () => {
  test.each(['granted', 'refused', 'none'] as const)('"%s" leads on, recorded only after a yes', (outcome) => {
    const turn = consented(outcome);
    expect(turn.record).toBe(outcome === 'granted');
    expect(turn.next).toMatchObject({ answerTo: 'menu', state: { consent: outcome } });
  });

  test('is asked for again before silence counts as no answer', () => {
    const first = stateOf(begin(file, ENGLISH));
    const again = answerConsent(file, first, 'none');
    expect(again.next).toMatchObject({ answerTo: 'consent', state: { tries: 1 } });
    expect(answerConsent(file, stateOf(again), 'none').next).toMatchObject({ answerTo: 'menu' });
  });

  test.each(['refused', 'none'] as const)('"%s" ends the call where the file says so, with a word', (outcome) => {
    const strict = exampleFile({ consent: { ...file.consent, onRefusal: 'end', onNoAnswer: 'end' } });
    const turn = consented(outcome, strict);
    expect([texts(turn), turn.next.do, turn.record]).toEqual([['Goodbye'], 'hang-up', false]);
  });

  test('is replaced by a notice, or by nothing, where the file says so', () => {
    const notice = begin(exampleFile({ consent: { mode: 'notice-only', prompt: 'consent' } }), ENGLISH);
    expect(notice).toMatchObject({ record: true, next: { answerTo: 'menu', state: { consent: 'none' } } });
    expect(notice.notice?.map(({ text }) => text.split(' ')[0])).toEqual(['Thank']);
    expect(texts(notice)).toEqual(['For']);
    expect(begin(exampleFile({ consent: { mode: 'off' } }), ENGLISH)).toMatchObject({ record: false });
  });
});

test('a question that the file has no more is not asked again: the call goes on, unrecorded', () => {
  const off = exampleFile({ consent: { mode: 'off' } });
  const turn = answerConsent(off, stateOf(begin(file, ENGLISH), off), 'none');
  expect(turn).toMatchObject({ record: false, next: { answerTo: 'menu' } });
});

describe('a menu', () => {
  test('is repeated after silence and after no choice, with a word about it, and then left', () => {
    const silent = chosen('');
    expect(texts(silent)).toEqual(['We', 'For']);
    const invalid = chosen('5', stateOf(silent));
    expect(texts(invalid)).toEqual(['That', 'For']);
    const left = chosen('5', stateOf(invalid));
    expect([texts(left), left.next.do]).toEqual([['Goodbye'], 'hang-up']);
  });

  test('is repeated when the caller wishes so, as often as it is after silence', () => {
    let turn = consented('granted');
    for (const _ of [1, 2]) turn = chosen('9', stateOf(turn));
    expect(texts(turn)).toEqual(['For']);
    expect(chosen('9', stateOf(turn)).next.do).toBe('hang-up');
  });

  test('connects', () => {
    expect(chosen('1').next).toMatchObject({ do: 'dial', destination: { number: '+14155550142', timeoutSeconds: 20 } });
  });

  test('that the file has no more leads to the start, and consent stays', () => {
    const query = { ...toQuery(stateOf(consented('granted'))), at: 'menu:gone' };
    const state = fromQuery(file, query, ENGLISH);
    expect(answerMenu(file, state, pressed('1')).next).toMatchObject({
      answerTo: 'menu',
      state: { consent: 'granted' },
    });
  });
});

describe('a call that nobody answers', () => {
  const dialled = (consent: 'granted' | 'refused' | 'none', status: string) =>
    afterDial(file, stateOf(chosen('1', stateOf(consented(consent)))), status);

  test('goes to the next number when busy', () => {
    expect(dialled('none', 'busy').next).toMatchObject({ do: 'dial', destination: { number: '+14155550143' } });
  });

  test('goes to voicemail, which who agreed is not asked about again', () => {
    expect(dialled('granted', 'no-answer')).toMatchObject({ record: false, next: { do: 'take-message' } });
  });

  test('asks before it takes the message of a caller who has not agreed', () => {
    const asked = dialled('none', 'no-answer');
    expect(asked.next).toMatchObject({ answerTo: 'consent', state: { at: { name: 'office' } } });
    expect(answerConsent(file, stateOf(asked), 'granted').next).toMatchObject({ do: 'take-message' });
    const silent = answerConsent(file, stateOf(answerConsent(file, stateOf(asked), 'none')), 'none');
    expect(silent.next.do).toBe('hang-up');
  });

  test('takes no message of a caller who refused', () => {
    expect(dialled('refused', 'no-answer').next.do).toBe('hang-up');
  });

  test.each(['failed', 'canceled', 'completed', 'answered', '', 'constructor'])('"%s" ends it here', (status) => {
    expect(dialled('granted', status).next.do).toBe('hang-up');
  });

  test('is told so by a message where the file says so', () => {
    const after = { failed: { message: 'message-taken', end: 'goodbye' } };
    const sending = exampleFile({
      start: { destination: 'only' },
      menus: {},
      voicemails: {},
      destinations: { only: { number: '+14155550142', after } },
    });
    const turn = afterDial(sending, stateOf(consented('none', sending), sending), 'failed');
    expect(turn).toMatchObject({ message: { text: 'Thank you. We will call you back.' }, next: { do: 'hang-up' } });
  });
});

test('a message that was left is thanked for', () => {
  const state: CallState = { at: { kind: 'voicemail', name: 'office' }, language: 'de', consent: 'granted', tries: 0 };
  expect(texts(afterMessage(file, state))).toEqual(['Danke']);
});

test('a caller who does nothing is led to an end, whatever the numbers do', () => {
  // Silence leads to a number here, and from there on.
  const main = { ...file.menus.main, afterRetries: { destination: 'sales' } };
  const led = exampleFile({ menus: { main } });
  fc.assert(
    fc.property(fc.array(fc.constantFrom('busy', 'no-answer', 'failed', 'canceled')), (outcomes) => {
      let turn = begin(led, UNKNOWN);
      let turns = 1;
      for (const statuses = outcomes[Symbol.iterator](); turn.next.do !== 'hang-up' && turns < 30; turns += 1) {
        const state = stateOf(turn, led);
        if (turn.next.do === 'dial') turn = afterDial(led, state, statuses.next().value ?? 'busy');
        else if (turn.next.do === 'take-message') turn = afterMessage(led, state);
        else
          turn =
            turn.next.answerTo === 'menu' ? answerMenu(led, state, pressed('')) : answerConsent(led, state, 'none');
      }
      expect(turn.next.do).toBe('hang-up');
    }),
  );
});

test('any state and any input have an answer, and a recording only after a yes', () => {
  const anything = fc.oneof(
    fc.string(),
    fc.constantFrom('menu:main', 'voicemail:office', 'language', 'en', '__proto__'),
  );
  const query = fc.record({ at: anything, lang: anything, consent: anything, tries: anything });
  fc.assert(
    fc.property(query, fc.string(), fc.string(), (random, digits, speech) => {
      const state = fromQuery(file, random, ENGLISH);
      const turns = [
        answerMenu(file, state, { digits, speech, confidence: 1 }),
        answerConsent(file, state, 'none'),
        answerConsent(file, state, 'refused'),
        afterDial(file, state, speech),
        afterMessage(file, state),
      ];
      expect(turns.some(({ record }) => record)).toBe(false);
    }),
  );
});
