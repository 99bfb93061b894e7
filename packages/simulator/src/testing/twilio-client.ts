import twilio from 'twilio';
import { ACCOUNT_SID, AUTH_TOKEN } from './application.ts';

const TWILIO = /^https:\/\/(?:api|monitor|lookups|trunking)\.twilio\.com/;

type TwilioRequest = Parameters<InstanceType<typeof twilio.RequestClient>['request']>[0];

/** The vendor's own SDK, talking to the simulator instead of Twilio. */
export function twilioClient(url: string, user = ACCOUNT_SID, password = AUTH_TOKEN) {
  const httpClient = new twilio.RequestClient();
  const send = httpClient.request.bind(httpClient) as (options: TwilioRequest) => Promise<unknown>;
  httpClient.request = ((options: TwilioRequest) =>
    send({ ...options, uri: options.uri.replace(TWILIO, url) })) as typeof httpClient.request;
  return twilio(user, password, { accountSid: ACCOUNT_SID, httpClient });
}
