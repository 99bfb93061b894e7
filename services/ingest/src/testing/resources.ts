import type { Resource } from '../domain/resource.ts';
import { ACCOUNT, sid } from './signed-request.ts';

/** A recording as the list of Recordings has it. Source: twilio-oai, `api.v2010.account.recording`. */
export const listedRecording = (change: Resource = {}): Resource => ({
  account_sid: ACCOUNT,
  api_version: '2010-04-01',
  call_sid: sid('CA'),
  conference_sid: null,
  date_created: 'Tue, 28 May 2019 02:18:02 +0000',
  date_updated: 'Tue, 28 May 2019 02:18:12 +0000',
  start_time: 'Tue, 28 May 2019 02:18:02 +0000',
  duration: '5',
  sid: sid('RE'),
  price: '-0.00250',
  status: 'completed',
  channels: 2,
  source: 'StartCallRecordingTwiML',
  error_code: null,
  encryption_details: null,
  subresource_uris: { transcriptions: '/2010-04-01/…' },
  ...change,
});

/** A call as the list of Calls has it. Source: twilio-oai, `api.v2010.account.call`. */
export const listedCall = (change: Resource = {}): Resource => ({
  account_sid: ACCOUNT,
  sid: sid('CA'),
  parent_call_sid: null,
  date_created: 'Tue, 28 May 2019 02:17:59 +0000',
  date_updated: 'Tue, 28 May 2019 02:18:12 +0000',
  start_time: 'Tue, 28 May 2019 02:18:00 +0000',
  end_time: 'Tue, 28 May 2019 02:18:09 +0000',
  duration: '9',
  status: 'completed',
  direction: 'inbound',
  from: '+14155550101',
  to: '+14155550199',
  ...change,
});
