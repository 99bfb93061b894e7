import { randomUUID } from 'node:crypto';
import type { CallbackOrder } from '../call-script.ts';
import type { WebhookRequest, WebhookTarget } from '../twilio/prepare-webhook.ts';
import type { WebhookAnswer } from '../twilio/send-webhook.ts';
import type { Parameters } from '../twilio/signature.ts';

type DeliveryKind = 'voice' | 'call-status' | 'recording' | 'conference';

/** One request to the user's application, with all its attempts. */
export interface Delivery {
  kind: DeliveryKind;
  url: string;
  method: 'GET' | 'POST';
  parameters: Record<string, string>;
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
  /** Sends what was held back to be reordered. */
  flush(): Promise<void>;
  deliveries: Delivery[];
}

export interface DeliveryContext {
  send(request: WebhookRequest): Promise<WebhookAnswer>;
  now(): Date;
  onDelivery(delivery: Delivery): void;
}

export function createCallRequests(order: CallbackOrder, context: DeliveryContext): CallRequests {
  const deliveries: Delivery[] = [];
  const heldBack: { kind: DeliveryKind; request: WebhookRequest }[] = [];

  const deliver = async (kind: DeliveryKind, request: WebhookRequest): Promise<WebhookAnswer> => {
    const answer = await context.send(request);
    const { url, method, parameters } = request;
    const { attempts, status, error } = answer;
    const delivery: Delivery = {
      kind,
      url,
      method,
      parameters: Object.fromEntries(parameters),
      at: context.now().toISOString(),
      attempts,
      ...(status === undefined ? {} : { status }),
      ...(error === undefined ? {} : { error }),
    };
    deliveries.push(delivery);
    context.onDelivery(delivery);
    return answer;
  };

  return {
    deliveries,
    ask: (target, parameters) => deliver('voice', { ...target, parameters }),
    async tell(kind, target, parameters) {
      const request = { ...target, parameters, idempotencyToken: randomUUID() };
      if (order === 'in-order') await deliver(kind, request);
      else heldBack.push({ kind, request });
    },
    async flush() {
      const reversed = heldBack.splice(0).reverse();
      for (const { kind, request } of [...reversed, ...reversed]) await deliver(kind, request);
    },
  };
}
