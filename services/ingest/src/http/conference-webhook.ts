import { acceptParticipant } from '../accept-participant.ts';
import { callbackRoute } from './callback-route.ts';

/** Conference callbacks, of which `participant-join` matters here. */
export const conferenceWebhook = callbackRoute('/webhooks/conference', acceptParticipant);
