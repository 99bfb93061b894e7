import { type TwimlElement, TwimlError } from '../twilio/twiml.ts';
import { readMethod, resolveUrl } from './fetch-twiml.ts';
import type { CallEvent, StatusSubscription } from './leg-callbacks.ts';
import type { RecordingEvent, RecordingOrder } from './recording.ts';

const CALL_EVENTS: readonly CallEvent[] = ['initiated', 'ringing', 'answered', 'completed'];
const RECORDING_EVENTS: readonly RecordingEvent[] = ['in-progress', 'completed', 'absent'];

type Attributes = TwimlElement['attributes'];

/** `statusCallback`, `statusCallbackEvent` (default: completed alone) and `statusCallbackMethod`. */
export function statusSubscription(attributes: Attributes, documentUrl: string): StatusSubscription | undefined {
  if (!attributes.statusCallback) return undefined;
  return {
    target: {
      url: resolveUrl(attributes.statusCallback, documentUrl),
      method: readMethod(attributes.statusCallbackMethod),
    },
    events: readEvents('statusCallbackEvent', attributes.statusCallbackEvent, CALL_EVENTS),
  };
}

/** `recordingStatusCallback`, `recordingStatusCallbackEvent` (default: completed alone) and `recordingStatusCallbackMethod`. */
export function recordingCallback(attributes: Attributes, documentUrl: string): RecordingOrder['callback'] {
  if (!attributes.recordingStatusCallback) return undefined;
  return {
    target: {
      url: resolveUrl(attributes.recordingStatusCallback, documentUrl),
      method: readMethod(attributes.recordingStatusCallbackMethod),
    },
    events: readEvents('recordingStatusCallbackEvent', attributes.recordingStatusCallbackEvent, RECORDING_EVENTS),
  };
}

/** Space-separated. @throws TwimlError 13621-like for an unknown event */
function readEvents<T extends string>(name: string, text: string | undefined, known: readonly T[]): readonly T[] {
  return (text ?? 'completed')
    .split(/\s+/)
    .filter((each) => each !== '')
    .map((each) => {
      const event = known.find((one) => one === each);
      if (event === undefined) throw new TwimlError(`${name} "${each}" is unknown; known are ${known.join(', ')}`);
      return event;
    });
}
