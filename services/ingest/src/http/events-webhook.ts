import { newTraceparent } from '@onrecord/shared/telemetry/traceparent';
import { acceptStreamEvents } from '../accept-stream-events.ts';
import { answer } from './answer.ts';
import type { Route } from './callback-route.ts';
import { readEvents } from './read-events.ts';
import { requireSignature } from './receive-callback.ts';
import { arrivalsOf } from './shed-load.ts';
import { tellLeftOut } from './tell-left-out.ts';

const PATH = '/webhooks/events';

/** The webhook sink of Event Streams. 503 when the events could not be made durable: Twilio tries for four hours. */
export const eventsWebhook: Route = (app, edge) => {
  app.post(PATH, (c) =>
    answer(PATH, edge, async () => {
      const { events, rawBody } = await readEvents(c.req, edge.alertBodyBytesMax, arrivalsOf(c, 'alert-bodies'));
      const { accountSid } = requireSignature(c, edge, { signed: {}, rawBody });
      const delivery = {
        events: events(),
        accountSid,
        receivedAt: edge.now().toISOString(),
        traceparent: newTraceparent(),
      };
      tellLeftOut(PATH, edge, await acceptStreamEvents(delivery, edge));
      return new Response(null, { status: 204 });
    }),
  );
};
