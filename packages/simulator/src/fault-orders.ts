import { createCallbackFaults } from './calls/callback-faults.ts';
import { createFaults } from './deepgram/faults.ts';
import type { SimulatorControls } from './simulator-controls.ts';
import { createMessageFaults } from './twilio/message-faults.ts';
import { createRestFaults } from './twilio/rest-faults.ts';

type FaultControls = Pick<SimulatorControls, 'faults' | 'spoilCallbacks' | 'failRest' | 'delayLists'>;

/** Whatever can go wrong on demand, in one place: what is ordered, and what becomes of it. */
export function createFaultOrders(options: { hasNextToken: boolean }) {
  const callbacks = createCallbackFaults(options);
  const rest = createRestFaults();
  const deepgram = createFaults();
  const messages = createMessageFaults();
  const controls: FaultControls = {
    faults: {
      active: () => ({ callbacks: callbacks.active(), twilio: rest.active(), deepgram: deepgram.active() }),
      clear: () => {
        callbacks.set({});
        rest.clear();
        deepgram.clear();
        messages.loseAnswers({ count: 0 });
      },
    },
    spoilCallbacks: callbacks.set,
    failRest: rest.failNext,
    delayLists: rest.delayLists,
  };
  const messageControls = { setOptOut: messages.setOptOut, loseAnswers: messages.loseAnswers };
  return { callbacks, rest, deepgram, messages, controls, messageControls };
}
