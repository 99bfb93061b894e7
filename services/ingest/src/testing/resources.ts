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

/** An alert as Monitor lists it. Source: twilio-oai, `monitor.v1.alert`. */
export const listedAlert = (change: Resource = {}): Resource => ({
  account_sid: ACCOUNT,
  alert_text:
    'Msg=Bad+Gateway&sourceComponent=12000&ErrorCode=11200&httpResponse=502&LogLevel=ERROR&EmailNotification=false',
  api_version: '2010-04-01',
  date_created: '2026-11-21T09:58:21Z',
  date_generated: '2026-11-21T09:58:20Z',
  date_updated: '2026-11-21T09:58:21Z',
  error_code: '11200',
  log_level: 'error',
  more_info: 'https://www.twilio.com/docs/errors/11200',
  request_method: 'POST',
  request_url: 'https://calls.example.com/voice/inbound',
  resource_sid: sid('CA'),
  service_sid: null,
  sid: sid('NO'),
  ...change,
});

/** The same as its call lists it. Source: twilio-oai, `api.v2010.account.call.call_notification`. */
export const listedNotification = (change: Resource = {}): Resource => ({
  account_sid: ACCOUNT,
  call_sid: sid('CA'),
  date_created: 'Sat, 21 Nov 2026 09:58:21 +0000',
  error_code: '11200',
  log: '0',
  message_date: 'Sat, 21 Nov 2026 09:58:20 +0000',
  message_text: 'Bad Gateway',
  more_info: 'https://www.twilio.com/docs/errors/11200',
  sid: sid('NO'),
  ...change,
});
