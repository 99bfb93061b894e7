import { acceptCallStatus } from '../accept-call-status.ts';
import { callbackRoute } from './callback-route.ts';

/** Call status callbacks, of parent and child legs. */
export const callStatusWebhook = callbackRoute('/webhooks/voice/status', acceptCallStatus);
