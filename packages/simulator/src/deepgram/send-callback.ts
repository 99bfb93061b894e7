import { setTimeout as sleep } from 'node:timers/promises';
import type { createAnswerCallbackFaults } from './callback-faults.ts';
import { errorBody, FAILURES } from './errors.ts';

/** Where an answer is to go. */
export interface CallbackTarget {
  url: string;
  method: 'POST' | 'PUT';
}

export interface CallbackSettings {
  faults: ReturnType<typeof createAnswerCallbackFaults>;
  /** Seconds of Deepgram's pauses that pass in one second. */
  speed: number;
  /** Ends whatever is still to be sent. */
  signal: AbortSignal;
}

/** Source: Deepgram "STT Callback": retried up to 10 times, with 30 s in between, until the answer is 200 to 299. */
const RETRIES_MAX = 10;
const RETRY_DELAY_MS = 30_000;
/** Whose key it was: Deepgram names it in `dg-token`. */
const KEY_IDENTIFIER = '00000000-0000-4000-8000-000000000000';

/**
 * Sends an answer to where it was asked for, as often as it takes; whatever is ordered to go wrong with it does.
 * @param onStatus is told of each attempt's status; 0 where nobody answered
 */
export async function sendCallback(
  settings: CallbackSettings,
  target: CallbackTarget,
  answer: object,
  requestId: string,
  onStatus: (status: number) => void,
): Promise<void> {
  const order = settings.faults.take();
  const send = (to: CallbackTarget, body: object) => attempt(settings, to, body, onStatus);
  if (order?.fault === 'never') return;
  if (order?.fault === 'late') await sleep(order.delayMs, undefined, { signal: settings.signal });
  if (order?.fault === 'forged') await send(forged(target), { forged: true });
  const body = order?.fault === 'failed' ? errorBody(FAILURES.badAudio, requestId) : answer;
  for (let retries = 0; !(await send(target, body)) && retries < RETRIES_MAX; retries += 1) {
    await sleep(RETRY_DELAY_MS / settings.speed, undefined, { signal: settings.signal });
  }
  if (order?.fault === 'twice') await send(target, body);
}

async function attempt(
  { signal }: CallbackSettings,
  { url, method }: CallbackTarget,
  body: object,
  onStatus: (status: number) => void,
): Promise<boolean> {
  const address = new URL(url);
  const { username, password } = address;
  address.username = address.password = '';
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
  const headers = {
    'content-type': 'application/json',
    'dg-token': KEY_IDENTIFIER,
    ...(username === '' ? {} : { authorization: `Basic ${credentials}` }),
  };
  const status = await fetch(address, { method, headers, body: JSON.stringify(body), redirect: 'manual', signal }).then(
    async (response) => {
      await response.body?.cancel();
      return response.status;
    },
    () => 0,
  );
  signal.throwIfAborted();
  onStatus(status);
  return status >= 200 && status <= 299;
}

/** The same address with another last character, by somebody who has no credentials. */
function forged({ url, method }: CallbackTarget): CallbackTarget {
  const address = new URL(url);
  address.username = address.password = '';
  const last = address.pathname.at(-1) === 'A' ? 'B' : 'A';
  address.pathname = address.pathname.slice(0, -1) + last;
  return { url: address.href, method };
}
