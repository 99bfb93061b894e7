import { ACCOUNT, sid } from './signed-request.ts';

/** What a debugger webhook posts beside its payload. */
export const DEBUGGER = {
  Sid: sid('NO'),
  AccountSid: ACCOUNT,
  ParentAccountSid: '',
  Timestamp: '2026-11-21T09:58:20Z',
  Level: 'ERROR',
  PayloadType: 'application/json',
};

export const PAYLOAD = {
  resource_sid: sid('CA'),
  service_sid: null,
  error_code: '11200',
  more_info: { Msg: 'Got HTTP 502 response', url: 'https://calls.example.com/voice/inbound', httpResponse: '502' },
  webhook: {
    type: 'application/json',
    request: { method: 'POST', url: 'https://calls.example.com/voice/inbound', parameters: { From: '+14155550100' } },
    response: { status_code: 502, body: '<Response><Say>a secret greeting</Say></Response>' },
  },
};

export const debuggerForm = (payload: unknown = PAYLOAD, differences: Record<string, string> = {}) => ({
  ...DEBUGGER,
  Payload: JSON.stringify(payload),
  ...differences,
});

export const cloudEvent = (type: string, data: unknown) => ({ specversion: '1.0', type, id: sid('EZ'), data });

export const errorLog = (differences: Record<string, unknown> = {}) =>
  cloudEvent('com.twilio.error-logs.error.logged', {
    sid: DEBUGGER.Sid,
    account_sid: ACCOUNT,
    date_created: DEBUGGER.Timestamp,
    level: 'ERROR',
    error_code: '11200',
    correlation_sid: sid('CA'),
    payload: JSON.stringify(PAYLOAD),
    ...differences,
  });
