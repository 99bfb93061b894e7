import { acceptRecording } from '../accept-recording.ts';
import { callbackRoute } from './callback-route.ts';

/** Recording status callbacks. */
export const recordingWebhook = callbackRoute('/webhooks/recording', acceptRecording);
