import { createCallbackFaults } from './calls/callback-faults.ts';
import { createAnswerCallbackFaults } from './deepgram/callback-faults.ts';
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
  const answers = createAnswerCallbackFaults();
  const messages = createMessageFaults();
  const controls: FaultControls = {
    faults: {
      active: () => ({
        callbacks: callbacks.active(),
        twilio: rest.active(),
        deepgram: deepgram.active(),
        deepgramCallbacks: answers.active(),
      }),
      clear: () => {
        callbacks.set({});
        rest.clear();
        deepgram.clear();
        answers.clear();
        messages.loseAnswers({ count: 0 });
      },
    },
    spoilCallbacks: callbacks.set,
    failRest: rest.failNext,
    delayLists: rest.delayLists,
  };
  const { setOptOut, setUndeliverable, loseAnswers } = messages;
  const messageControls = { setOptOut, setUndeliverable, loseAnswers };
  const deepgramControls = { failNext: deepgram.failNext, spoilCallback: answers.spoilNext };
  return { callbacks, rest, deepgram, answers, messages, controls, messageControls, deepgramControls };
}
