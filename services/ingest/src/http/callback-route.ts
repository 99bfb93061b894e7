import type { Hono } from 'hono';
import { answer } from './answer.ts';
import type { PlainCallback } from './callbacks.ts';
import type { Edge } from './edge.ts';
import { receiveCallback } from './receive-callback.ts';

/** Adds a route to the app. */
export type Route = (app: Hono, edge: Edge) => void;

/** A callback at `path`: 204 once `accept` made it durable; 503 where it could not, upon which Twilio tries again. */
export const callbackRoute =
  ({ path, accept }: PlainCallback): Route =>
  (app, edge) => {
    app.on(['GET', 'POST'], path, (c) =>
      answer(path, edge, async () => {
        await accept(await receiveCallback(c, edge), edge);
        return new Response(null, { status: 204 });
      }),
    );
  };
