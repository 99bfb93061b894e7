import { acceptDialResult } from '../../accept-dial-result.ts';
import { afterDial } from '../../domain/voice/take-turn.ts';
import { named } from '../../domain/voice/voice-file.ts';
import { voiceRoute } from './voice-route.ts';

/** The called party hung up, or nobody answered: tells it, and goes on as the file says. */
export const voiceDialResult = voiceRoute('/voice/dial-result', ({ file, state, callback, edge }) => {
  const destination = state.at?.kind === 'destination' ? named(file.destinations, state.at.name) : undefined;
  return {
    turn: afterDial(file, state, callback.parameters.DialCallStatus ?? ''),
    // The dialled leg's own callback tells the same, and is tried again: nobody waits on the line for this.
    tell: () => acceptDialResult(callback, edge, destination?.number),
  };
});
