import { Hono } from 'hono';
import { z } from 'zod';
import { callScript } from '../call-script.ts';
import { callbackFaults } from '../calls/callback-faults.ts';
import { demoCalls } from '../demo-calls.ts';
import type { SimulatorControls } from '../simulator-controls.ts';
import { accountSetup } from '../twilio/account-setup.ts';
import { lostAnswers, optOut } from '../twilio/message-faults.ts';
import { listDelay, restFailure } from '../twilio/rest-faults.ts';

const failureOrder = z.strictObject({
  status: z.number().int().min(400).max(599),
  count: z.number().int().min(1).max(10_000).default(1),
  retryAfterSeconds: z.number().int().min(0).optional(),
});

/** What drives and questions the simulator over HTTP: neither Twilio nor Deepgram has anything like it. */
export function controlApp(simulator: SimulatorControls): Hono {
  const app = new Hono();
  app.post('/calls', async (c) => {
    const script = callScript.safeParse(await readJson(c.req.raw));
    if (!script.success) return c.json({ error: z.prettifyError(script.error) }, 400);
    return c.json(await simulator.placeCall(script.data), 201);
  });
  app.get('/demo-calls', (c) => c.json(demoCalls));
  app.get('/deliveries', (c) => c.json(simulator.deliveries));
  app.get('/calls', (c) => c.json(simulator.calls.list()));
  app.get('/recordings', (c) => c.json(simulator.recordings.list()));
  app.post('/callbacks/faults', async (c) => {
    const faults = callbackFaults.safeParse(await readJson(c.req.raw));
    if (!faults.success) return c.json({ error: z.prettifyError(faults.error) }, 400);
    simulator.spoilCallbacks(faults.data);
    return c.json(faults.data, 201);
  });
  app.post('/twilio/failures', async (c) => {
    const failure = restFailure.safeParse(await readJson(c.req.raw));
    if (!failure.success) return c.json({ error: z.prettifyError(failure.error) }, 400);
    simulator.failRest(failure.data);
    return c.json(failure.data, 201);
  });
  app.post('/twilio/list-delay', async (c) => {
    const delay = listDelay.safeParse(await readJson(c.req.raw));
    if (!delay.success) return c.json({ error: z.prettifyError(delay.error) }, 400);
    simulator.delayLists(delay.data);
    return c.json(delay.data, 201);
  });
  app.get('/messages', (c) => c.json(simulator.messages.list()));
  app.post('/messages/opt-outs', async (c) => {
    const order = optOut.safeParse(await readJson(c.req.raw));
    if (!order.success) return c.json({ error: z.prettifyError(order.error) }, 400);
    simulator.messages.setOptOut(order.data);
    return c.json(order.data, 201);
  });
  app.post('/messages/lost-answers', async (c) => {
    const order = lostAnswers.safeParse(await readJson(c.req.raw));
    if (!order.success) return c.json({ error: z.prettifyError(order.error) }, 400);
    simulator.messages.loseAnswers(order.data);
    return c.json(order.data, 201);
  });
  app.post('/twilio/account', async (c) => {
    const setup = accountSetup.safeParse(await readJson(c.req.raw));
    if (!setup.success) return c.json({ error: z.prettifyError(setup.error) }, 400);
    simulator.setUpAccount(setup.data);
    return c.json(setup.data, 201);
  });
  app.get('/deepgram/requests', (c) => c.json(simulator.deepgram.requests));
  app.post('/deepgram/failures', async (c) => {
    const order = failureOrder.safeParse(await readJson(c.req.raw));
    if (!order.success) return c.json({ error: z.prettifyError(order.error) }, 400);
    simulator.deepgram.failNext(order.data);
    return c.json(order.data, 201);
  });
  return app;
}

const readJson = (request: Request): Promise<unknown> => request.json().catch(() => undefined);
