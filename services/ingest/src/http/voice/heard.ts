import { number, type Parameters } from '../../domain/parameters.ts';
import { type Heard, isSilent } from '../../domain/voice/hear.ts';

/** What a `<Gather>` took in. Source: Twilio, "TwiML Voice: Gather": Digits, SpeechResult, Confidence. */
export const heardIn = (parameters: Parameters): Heard => ({
  digits: parameters.Digits ?? '',
  speech: parameters.SpeechResult ?? '',
  confidence: number(parameters, 'Confidence'),
});

/** Whether there was an answer, for the count of them. */
export const outcomeOf = (heard: Heard): 'answered' | 'empty' => (isSilent(heard) ? 'empty' : 'answered');
