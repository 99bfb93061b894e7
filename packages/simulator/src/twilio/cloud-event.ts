import { newSid } from '../sids.ts';
import type { Parameters } from './signature.ts';

/** An event as the webhook sink of Event Streams sends it, in an array. Source: Twilio "Event Streams", "Event types". */
export const cloudEvent = (type: string, schema: string, time: Date, data: object) => ({
  specversion: '1.0',
  type,
  source: newSid('AC'),
  id: newSid('EZ'),
  dataschema: `https://events-schemas.twilio.com/${schema}`,
  datacontenttype: 'application/json',
  time: time.toISOString(),
  data,
});

/** What a status callback was sent and was answered. Source: Twilio "Status Callback", schema `Voice.WebhookEvent`. */
export const statusCallbackData = (callSid: string, url: string, parameters: Parameters, at: Date) => ({
  sid: callSid,
  requestDateCreated: at.toUTCString(),
  timestamp: at.toISOString(),
  request: { method: 'POST', url, parameters: Object.fromEntries(parameters) },
  response: { responseCode: 204, requestDuration: 20, contentType: null, responseBody: '' },
});
