import { acceptAlert } from '../accept-alert.ts';
import { answer } from './answer.ts';
import type { Route } from './callback-route.ts';
import { receiveCallback } from './receive-callback.ts';
import { tellLeftOut } from './tell-left-out.ts';

const PATH = '/webhooks/debugger';

/** Errors and warnings of the whole account, as the Console's debugger webhook posts them. */
export const debuggerWebhook: Route = (app, edge) => {
  app.on(['GET', 'POST'], PATH, (c) =>
    answer(PATH, edge, async () => {
      // It carries what the user's webhook was asked and answered, which may be a whole TwiML document.
      const { alertBodyBytesMax } = edge;
      const limits = { bodyBytesMax: alertBodyBytesMax, fieldCharactersMax: alertBodyBytesMax };
      const longEdge = { ...edge, ...limits, bodyKind: 'alert-bodies' } as const;
      const callback = await receiveCallback(c, longEdge, { mayBeParents: true });
      tellLeftOut(PATH, edge, await acceptAlert(callback, edge));
      return new Response(null, { status: 204 });
    }),
  );
};
