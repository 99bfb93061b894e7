import { randomUUID } from 'node:crypto';
import type { CallbackOrder } from '../call-script.ts';
import type { WebhookRequest, WebhookTarget } from '../twilio/prepare-webhook.ts';
import type { WebhookAnswer } from '../twilio/send-webhook.ts';
import type { Parameters } from '../twilio/signature.ts';

type DeliveryKind = 'voice' | 'call-status' | 'recording' | 'conference' | 'debugger' | 'events';

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
  /** Of the last answer; absent when there was none. */
  status?: number;
  error?: string;
}

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
  send(request: WebhookRequest): Promise<WebhookAnswer>;
  now(): Date;
  onDelivery(delivery: Delivery): void;
  /** How often the next callback is sent: 0, 1 or 2 times. */
  copies(): number;
}

export function createCallRequests(order: CallbackOrder, context: DeliveryContext): CallRequests {
  const deliveries: Delivery[] = [];
  const told: Told[] = [];
  const heldBack: Told[] = [];

  const log = (kind: DeliveryKind, { url, method, parameters, json }: WebhookRequest, answer: WebhookAnswer) => {
    const { attempts, status, error } = answer;
    const delivery: Delivery = {
      kind,
      url,
      method,
      parameters: Object.fromEntries(parameters),
      ...(json === undefined ? {} : { json }),
      at: context.now().toISOString(),
      attempts,
      ...(status === undefined ? {} : { status }),
      ...(error === undefined ? {} : { error }),
    };
    deliveries.push(delivery);
    context.onDelivery(delivery);
  };

  const deliver = async (kind: DeliveryKind, request: WebhookRequest): Promise<WebhookAnswer> => {
    const answer = await context.send(request);
    log(kind, request, answer);
    return answer;
  };

  /** As often as the faults that were ordered say. */
  const callBack = async (kind: DeliveryKind, request: WebhookRequest) => {
    const copies = context.copies();
    if (copies === 0) log(kind, request, { attempts: 0, error: 'dropped on demand' });
    for (let copy = 0; copy < copies; copy += 1) await deliver(kind, request);
  };

  const tell = async (kind: DeliveryKind, request: WebhookRequest): Promise<void> => {
    told.push({ kind, request });
    if (order === 'in-order') await callBack(kind, request);
    else heldBack.push({ kind, request });
  };

  return {
    deliveries,
    told,
    ask: (target, parameters) => deliver('voice', { ...target, parameters }),
    tell: (kind, target, parameters) => tell(kind, { ...target, parameters, idempotencyToken: randomUUID() }),
    stream: (url, events) => tell('events', { url, method: 'POST', parameters: [], json: JSON.stringify(events) }),
    async flush() {
      const reversed = heldBack.splice(0).reverse();
      for (const { kind, request } of [...reversed, ...reversed]) await callBack(kind, request);
    },
  };
}
