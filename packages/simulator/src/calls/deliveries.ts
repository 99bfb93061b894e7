import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallbackOrder } from '../call-script.ts';
import type { WebhookRequest, WebhookTarget } from '../twilio/prepare-webhook.ts';
import type { WebhookAnswer } from '../twilio/send-webhook.ts';
import type { Parameters } from '../twilio/signature.ts';
import type { CallbackFate, SignedWith } from './callback-faults.ts';

type DeliveryKind = 'voice' | 'call-status' | 'recording' | 'conference' | 'debugger' | 'events' | 'message';

/** One request to the user's application, with all its attempts. */
export interface Delivery {
  kind: DeliveryKind;
  url: string;
  method: 'GET' | 'POST';
  parameters: Record<string, string>;
  /** What was posted in place of a form. */
  json?: string;
  /** When the last attempt had ended, ISO 8601. */
  at: string;
  attempts: number;
  /** What each attempt was answered: a status, or why there was none. */
  answers: readonly (number | string)[];
  /** Of the last answer; absent when there was none. */
  status?: number;
  error?: string;
  /** What was done to it on demand. */
  faults: readonly DeliveryFault[];
}

type DeliveryFault = 'dropped' | 'duplicated' | 'delayed' | 'reordered' | 'wrong-token' | 'next-token';

/** The requests of one placed call. */
export interface CallRequests {
  /** For TwiML: the answer is needed to go on. */
  ask(target: WebhookTarget, parameters: Parameters): Promise<WebhookAnswer>;
  /** A callback: whatever the answer, the call goes on. */
  tell(kind: DeliveryKind, target: WebhookTarget, parameters: Parameters): Promise<void>;
  /** CloudEvents to the sink of an Event Streams subscription, in one request. */
  stream(url: string, events: readonly object[]): Promise<void>;
  /** Everything that was told, once each, delivered already or not. */
  told: readonly Told[];
  /** Sends what was held back to be reordered. */
  flush(): Promise<void>;
  deliveries: Delivery[];
}

interface Told {
  kind: DeliveryKind;
  request: WebhookRequest;
}

export interface DeliveryContext {
  send(request: WebhookRequest, signedWith: SignedWith): Promise<WebhookAnswer>;
  now(): Date;
  onDelivery(delivery: Delivery): void;
  /** What becomes of the next callback. */
  fate(): CallbackFate;
  signal: AbortSignal;
}

export function createCallRequests(order: CallbackOrder, context: DeliveryContext): CallRequests {
  const deliveries: Delivery[] = [];
  const told: Told[] = [];
  const heldBack: (Told & { fate: CallbackFate })[] = [];
  const delayed: Promise<void>[] = [];

  const deliver = async (kind: DeliveryKind, request: WebhookRequest, fate?: CallbackFate): Promise<WebhookAnswer> => {
    const answer =
      fate?.copies === 0 ? DROPPED : await context.send(request, fate === undefined ? 'token' : fate.signedWith);
    const delivery = deliveryOf(kind, request, answer, faultsOf(fate), context.now());
    deliveries.push(delivery);
    context.onDelivery(delivery);
    return answer;
  };

  /** As often and as late as its fate says. */
  const callBack = async ({ kind, request }: Told, fate: CallbackFate) => {
    const send = async () => {
      for (let copy = 0; copy < Math.max(1, fate.copies); copy += 1) await deliver(kind, request, fate);
    };
    if (fate.delayMs === 0) return send();
    const late = sleep(fate.delayMs, undefined, { signal: context.signal }).then(send);
    // It can fail before anybody waits for it: when the simulator stops.
    late.catch(() => undefined);
    delayed.push(late);
  };

  const tell = async (kind: DeliveryKind, request: WebhookRequest): Promise<void> => {
    const each = { kind, request };
    told.push(each);
    const fate = context.fate();
    if (order === 'in-order' && !fate.isHeldBack) await callBack(each, fate);
    else heldBack.push({ ...each, fate });
  };

  return {
    deliveries,
    told,
    ask: (target, parameters) => deliver('voice', { ...target, parameters }),
    tell: (kind, target, parameters) => tell(kind, { ...target, parameters, idempotencyToken: randomUUID() }),
    stream: (url, events) => tell('events', { url, method: 'POST', parameters: [], json: JSON.stringify(events) }),
    async flush() {
      const reversed = heldBack.splice(0).reverse();
      for (const { fate, ...each } of reversed) await callBack(each, fate);
      const again = order === 'twice-and-reordered' ? reversed : [];
      for (const { fate: _, ...each } of again) await callBack(each, context.fate());
      await Promise.all(delayed.splice(0));
    },
  };
}

const DROPPED: WebhookAnswer = { attempts: 0, answers: [], error: 'dropped on demand' };

function faultsOf(fate: CallbackFate | undefined): DeliveryFault[] {
  if (fate === undefined) return [];
  const { copies, delayMs, isHeldBack, signedWith } = fate;
  return [
    ...(copies === 0 ? (['dropped'] as const) : copies === 2 ? (['duplicated'] as const) : []),
    ...(delayMs > 0 ? (['delayed'] as const) : []),
    ...(isHeldBack ? (['reordered'] as const) : []),
    ...(signedWith === 'token' ? [] : [signedWith]),
  ];
}

const deliveryOf = (
  kind: DeliveryKind,
  { url, method, parameters, json }: WebhookRequest,
  { attempts, answers, status, error }: WebhookAnswer,
  faults: readonly DeliveryFault[],
  at: Date,
): Delivery => ({
  kind,
  url,
  method,
  parameters: Object.fromEntries(parameters),
  ...(json === undefined ? {} : { json }),
  at: at.toISOString(),
  attempts,
  answers,
  ...(status === undefined ? {} : { status }),
  ...(error === undefined ? {} : { error }),
  faults,
});
