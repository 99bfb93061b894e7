import { afterMessage } from '../../domain/voice/take-turn.ts';
import { voiceRoute } from './voice-route.ts';

/** A message was left; the recording itself is told of by its own callback. */
export const voiceVoicemail = voiceRoute('/voice/voicemail', ({ file, state }) => ({
  turn: afterMessage(file, state),
}));
