import { partiesOf } from '../../domain/voice/parties.ts';
import { begin } from '../../domain/voice/take-turn.ts';
import { voiceRoute } from './voice-route.ts';

/** A call comes in: asks for its language, or for consent. */
export const voiceInbound = voiceRoute('/voice/inbound', ({ file, callback }) => ({
  turn: begin(file, partiesOf(callback.parameters).ours),
}));
