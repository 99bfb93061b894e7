import { createEvent, messageFailed } from '@onrecord/shared/events';
import { readMessageStatus } from '../domain/read-message-status.ts';
import { answer } from './answer.ts';
import type { Route } from './callback-route.ts';
import { receiveCallback } from './receive-callback.ts';

const PATH = '/webhooks/message/status';

/** What becomes of the text messages that were sent from here: counted, and one that was not delivered is told. */
export const messageWebhook: Route = (app, edge) => {
  app.on(['GET', 'POST'], PATH, (c) =>
    answer(PATH, edge, async () => {
      const { parameters, accountSid, receivedAt, traceparent } = await receiveCallback(c, edge);
      const { status, failure } = readMessageStatus(parameters, c.req.query(), accountSid, receivedAt);
      if (failure !== undefined) {
        await edge.publish([createEvent(messageFailed, failure, { time: failure.failedAt, traceparent })]);
        const { callSid, reason, errorCode: code } = failure;
        edge.logger.warn({ callSid, reason, outcome: status, code }, 'a text message was not delivered');
      }
      edge.metrics.messageTold(status);
      return new Response(null, { status: 204 });
    }),
  );
};
