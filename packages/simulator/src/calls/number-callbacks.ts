import type { Engine } from './engine.ts';
import type { StatusSubscription } from './leg-callbacks.ts';

/** The status callback of a phone number is asked once, when the call has ended. */
export const numberCallbacks = (engine: Engine): StatusSubscription => ({
  target: { url: engine.applicationUrl('/webhooks/voice/status'), method: 'POST' },
  events: ['completed'],
});
