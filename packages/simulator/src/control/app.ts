import { Hono } from 'hono';
import { z } from 'zod';
import { callScript } from '../call-script.ts';
import { callbackFaults } from '../calls/callback-faults.ts';
import { answerCallbackOrder } from '../deepgram/callback-faults.ts';
import { failureOrder } from '../deepgram/faults.ts';
import { deliveryQuery } from '../delivery-log.ts';
import { demoCalls } from '../demo-calls.ts';
import type { SimulatorControls } from '../simulator-controls.ts';
import { accountSetup } from '../twilio/account-setup.ts';
import { lostAnswers, optOut, undeliverable } from '../twilio/message-faults.ts';
import { listDelay, restFailure } from '../twilio/rest-faults.ts';

/** What drives and questions the simulator over HTTP: neither Twilio nor Deepgram has anything like it. */
export function controlApp(simulator: SimulatorControls): Hono {
  const app = new Hono();
  app.post('/calls', async (c) => {
    const script = callScript.safeParse(await readJson(c.req.raw));
    if (!script.success) return c.json({ error: z.prettifyError(script.error) }, 400);
    return c.json(await simulator.placeCall(script.data), 201);
  });
  app.get('/demo-calls', (c) => c.json(demoCalls));
  app.get('/deliveries', (c) => {
    const query = deliveryQuery.safeParse(c.req.query());
    if (!query.success) return c.json({ error: z.prettifyError(query.error) }, 400);
    return c.json(simulator.findDeliveries(query.data));
  });
  app.get('/calls', (c) => c.json(simulator.calls.list()));
  app.get('/recordings', (c) => c.json(simulator.recordings.list()));
  app.get('/faults', (c) => c.json(simulator.faults.active()));
  app.delete('/faults', (c) => {
    simulator.faults.clear();
    return c.body(null, 204);
  });
  const orderAt = <T>(path: string, schema: z.ZodType<T>, carryOut: (order: T) => void) =>
    app.post(path, async (c) => {
      try {
        const order = schema.parse(await readJson(c.req.raw));
        carryOut(order);
        return c.json(order, 201);
      } catch (error) {
        if (error instanceof z.ZodError) return c.json({ error: z.prettifyError(error) }, 400);
        throw error;
      }
    });
  orderAt('/callbacks/faults', callbackFaults, simulator.spoilCallbacks);
  orderAt('/twilio/failures', restFailure, simulator.failRest);
  orderAt('/twilio/list-delay', listDelay, simulator.delayLists);
  orderAt('/deepgram/failures', failureOrder, simulator.deepgram.failNext);
  orderAt('/deepgram/callback-faults', answerCallbackOrder, simulator.deepgram.spoilCallback);
  orderAt('/twilio/account', accountSetup, simulator.setUpAccount);
  orderAt('/messages/opt-outs', optOut, simulator.messages.setOptOut);
  orderAt('/messages/undeliverable', undeliverable, simulator.messages.setUndeliverable);
  orderAt('/messages/lost-answers', lostAnswers, simulator.messages.loseAnswers);
  app.get('/messages', (c) => c.json(simulator.messages.list()));
  app.get('/deepgram/requests', (c) => c.json(simulator.deepgram.requests));
  return app;
}

const readJson = (request: Request): Promise<unknown> => request.json().catch(() => undefined);
