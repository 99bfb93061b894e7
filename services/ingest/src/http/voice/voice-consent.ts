import { languageOf } from '../../domain/voice/call-state.ts';
import { hearConsent } from '../../domain/voice/hear.ts';
import { answerConsent, askAgain, consentPrompt } from '../../domain/voice/take-turn.ts';
import { saying } from '../../domain/voice/turn.ts';
import { recordConsent } from '../../record-consent.ts';
import { heardIn, outcomeOf } from './heard.ts';
import { voiceRoute, wordingHash } from './voice-route.ts';

/** The answer to a question for consent: keeps it, then goes on, recorded only after a yes. */
export const voiceConsent = voiceRoute('/voice/consent', ({ file, state, callback, query, edge }) => {
  const said = heardIn(callback.parameters);
  const gathered = { prompt: 'consent', outcome: outcomeOf(said) } as const;
  const version = wordingHash(saying(file, state, consentPrompt(file, state)));
  // The caller heard a wording that the file has no more: keys and words may mean something else by now.
  if ((query.wording ?? version) !== version) return { turn: askAgain(file, state), gathered };
  const heard = hearConsent(file.consent, state.language, said);
  const prompt = { version, language: languageOf(file, state).language, visit: query.visit };
  return {
    turn: answerConsent(file, state, heard.outcome),
    gathered,
    keep: () => recordConsent(callback, edge, prompt, heard),
    // A consent that nobody can prove is none. A refusal stays one, as far as this call goes.
    unkept: answerConsent(
      file,
      { ...state, tries: file.consent.retries },
      heard.outcome === 'granted' ? 'none' : heard.outcome,
    ),
  };
});
