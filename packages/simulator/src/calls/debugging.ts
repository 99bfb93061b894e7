import type { OutboundCallScript } from '../call-script.ts';
import { newSid } from '../sids.ts';
import type { AlertState, CallState } from '../twilio/account-state.ts';
import { cloudEvent, statusCallbackData } from '../twilio/cloud-event.ts';
import { debuggerParameters, errorLogData } from '../twilio/debugger.ts';
import type { CallContext } from './engine.ts';

type ScriptedAlert = OutboundCallScript['alerts'][number];

const EVENT_OF_STATUS: Readonly<Record<string, string>> = {
  initiated: 'initiated',
  ringing: 'ringing',
  'in-progress': 'answered',
};

/** Keeps each alert and posts it to the debugger webhook, and with `isStreamed` everything of the call to an Event Streams sink as well. */
export async function tellDebugger(
  context: CallContext,
  leg: CallState,
  { alerts, isStreamed }: { alerts: readonly ScriptedAlert[]; isStreamed: boolean },
): Promise<void> {
  const { engine, requests, clock } = context;
  const raised = alerts.map((alert) => toAlert(alert, leg, clock.now()));
  const debuggerUrl = engine.applicationUrl('/webhooks/debugger');
  for (const alert of raised) {
    await engine.state.saveAlert(alert);
    await requests.tell('debugger', { url: debuggerUrl, method: 'POST' }, debuggerParameters(alert));
  }
  if (isStreamed) await requests.stream(engine.applicationUrl('/webhooks/events'), eventsOf(context, leg, raised));
}

const toAlert = ({ errorCode, level, text, details }: ScriptedAlert, leg: CallState, at: Date): AlertState => ({
  sid: newSid('NO'),
  accountSid: leg.accountSid,
  resourceSid: leg.sid,
  level,
  errorCode,
  moreInfo: { Msg: text, ErrorCode: errorCode, LogLevel: level, ...details },
  dateCreated: at.toISOString(),
});

/** What was called back, what the debugger knows, and a summary of Voice Insights. */
function eventsOf({ requests, clock }: CallContext, leg: CallState, raised: readonly AlertState[]) {
  const at = clock.now();
  const callbacks = requests.told
    .filter(({ kind }) => kind === 'call-status')
    .map(({ request: { url, parameters } }) => {
      const status = Object.fromEntries(parameters).CallStatus ?? '';
      const type = `com.twilio.voice.status-callback.call.${EVENT_OF_STATUS[status] ?? 'completed'}`;
      return cloudEvent(type, 'Voice.WebhookEvent/2', at, statusCallbackData(leg.sid, url, parameters, at));
    });
  const errors = raised.map((alert) =>
    cloudEvent('com.twilio.error-logs.error.logged', 'ErrorLogs.Error/2', at, errorLogData(alert)),
  );
  const summary = { call_sid: leg.sid, account_sid: leg.accountSid, call_state: leg.status.replace('-', '') };
  return [
    ...callbacks,
    ...errors,
    cloudEvent('com.twilio.voice.insights.call-summary.complete', 'VoiceInsights.CallSummary/1', at, summary),
  ];
}
