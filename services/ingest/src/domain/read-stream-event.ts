import type { callStatusChanged, DataOf, recordingReported } from '@onrecord/shared/events';
import { fieldsOf, parsedFields, textOf, textsOf } from './json.ts';
import type { LeftOut } from './left-out.ts';
import * as read from './parameters.ts';
import { type AlertData, callSidOf, isInformational, toAlert } from './read-alert.ts';
import { readCallStatus } from './read-call-status.ts';
import { readRecording } from './read-recording.ts';

/** The fact that an event of Event Streams reports, or why there is none. */
export type StreamReading =
  | { alert: AlertData }
  | { callStatus: DataOf<typeof callStatusChanged> }
  | { recording: DataOf<typeof recordingReported> }
  | { leftOut: LeftOut };

/** Longest name that is logged of what is left out. */
const KIND_CHARACTERS_MAX = 100;

type Reader = (event: Event) => StreamReading;
interface Event {
  data: Readonly<Record<string, unknown>>;
  /** What Twilio sent to the status callback, where the event is of one. */
  parameters: read.Parameters;
  accountSid: string;
  receivedAt: string;
}

const callStatus: Reader = ({ parameters, accountSid, receivedAt }) => ({
  callStatus: readCallStatus(parameters, accountSid, receivedAt),
});
const recording: Reader = ({ parameters, accountSid }) => ({ recording: readRecording(parameters, accountSid) });
/** Validating a sink takes this id. Source: Twilio, "Event Streams", "Sink validation". */
const sinkTest: Reader = ({ data }) => ({
  leftOut: { reason: 'sink-test', kind: '', detail: `test_id ${textOf(data.test_id)?.slice(0, KIND_CHARACTERS_MAX)}` },
});
const insights: Reader = () => ({ leftOut: { reason: 'insights', kind: '' } });

/**
 * By type. `voice.webhook` is what `voice.status-callback` was called before; both carry the callback's own parameters, so that
 * the fact has the id that it has from the callback. Source: Twilio, "Event Streams", its pages of event types.
 */
const READERS: readonly (readonly [type: RegExp, Reader])[] = [
  [/^com\.twilio\.error-logs\.error\.logged$/, errorLog],
  [/^com\.twilio\.voice\.(?:status-callback|webhook)\.call\./, callStatus],
  [/^com\.twilio\.voice\.(?:status-callback|webhook)\.recording\./, recording],
  [/^com\.twilio\.voice\.insights\./, insights],
  [/^com\.twilio\.eventstreams\.test-event$/, sinkTest],
];

/** Reads one CloudEvent. Never throws: what comes beside it in the same request must not suffer from it. */
export function readStreamEvent(value: unknown, accountSid: string, receivedAt: string): StreamReading {
  const event = fieldsOf(value);
  const kind = (textOf(event.type) ?? 'without a type').slice(0, KIND_CHARACTERS_MAX);
  const reader = READERS.find(([type]) => type.test(kind))?.[1];
  if (reader === undefined) return { leftOut: { reason: 'unknown-kind', kind } };
  const data = fieldsOf(event.data);
  const parameters = textsOf(fieldsOf(fieldsOf(data.request).parameters));
  const account = textOf(data.account_sid) ?? parameters.AccountSid;
  if (account !== undefined && account.toLowerCase() !== accountSid.toLowerCase()) {
    return { leftOut: { reason: 'other-account', kind } };
  }
  try {
    const reading = reader({ data, parameters, accountSid, receivedAt });
    return 'leftOut' in reading ? { leftOut: { ...reading.leftOut, kind } } : reading;
  } catch (error) {
    if (!(error instanceof read.ParameterError)) throw error;
    const payload = parsedFields(textOf(data.payload) ?? '');
    const callSid = callSidOf(payload, parameters.CallSid, data.correlation_sid);
    return { leftOut: { reason: 'incomplete', kind, detail: error.message, callSid } };
  }
}

function errorLog({ data, accountSid, receivedAt }: Event): StreamReading {
  const fields = textsOf(data);
  read.requiredSid(fields, 'account_sid', 'AC');
  const level = read.required(fields, 'level');
  if (isInformational(level)) return { leftOut: { reason: 'informational', kind: '' } };
  const alert = toAlert({
    accountSid,
    alertSid: read.requiredSid(fields, 'sid', 'NO'),
    level,
    errorCode: textOf(data.error_code),
    resourceSid: textOf(data.correlation_sid),
    raisedAt: read.instant(fields, 'date_created') ?? receivedAt,
    payload: fields.payload ?? '',
  });
  return { alert };
}
