import { answerMenu } from '../../domain/voice/take-turn.ts';
import { heardIn, outcomeOf } from './heard.ts';
import { voiceRoute } from './voice-route.ts';

/** What the caller chose in a menu, or as a language. */
export const voiceMenu = voiceRoute('/voice/menu', ({ file, state, callback }) => {
  const heard = heardIn(callback.parameters);
  return { turn: answerMenu(file, state, heard), gathered: { prompt: 'menu', outcome: outcomeOf(heard) } };
});
