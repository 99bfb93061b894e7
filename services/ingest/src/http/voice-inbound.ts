import { answer } from './answer.ts';
import type { Route } from './callback-route.ts';
import { askForConsent } from './consent-prompt.ts';
import { receiveCallback } from './receive-callback.ts';
import { requireDialTo, twiml } from './twiml.ts';

const PATH = '/voice/inbound';

/** A call comes in: asks for consent. */
export const voiceInbound: Route = (app, edge) => {
  app.on(['GET', 'POST'], PATH, (c) =>
    answer(PATH, edge, async () => {
      requireDialTo(edge);
      const { publicBaseUrl } = await receiveCallback(c, edge);
      edge.metrics.gathered('consent', 'asked');
      return twiml(askForConsent(publicBaseUrl));
    }),
  );
};
