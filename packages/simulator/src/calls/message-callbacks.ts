import type { MessagesOptions } from '../twilio/messages.ts';
import { createCallRequests } from './deliveries.ts';
import type { Engine } from './engine.ts';
import { track } from './track.ts';

/** Callbacks about text messages; those on their way when the simulator stops end with it. */
export const createMessageCallbacks =
  (engine: Engine, underway: Set<Promise<unknown>>): NonNullable<MessagesOptions['tell']> =>
  (url, parameters) => {
    const { tell } = createCallRequests('in-order', engine);
    return track(
      underway,
      tell('message', { url, method: 'POST' }, parameters).catch(() => undefined),
    );
  };
