import { healthRoutes, type ReadinessChecks } from '@onrecord/shared/http/health';
import { problemResponse } from '@onrecord/shared/http/problem';
import { Hono } from 'hono';
import { answer } from './answer.ts';
import { callbackRoute } from './callback-route.ts';
import { CALLBACKS } from './callbacks.ts';
import { debuggerWebhook } from './debugger-webhook.ts';
import type { Edge } from './edge.ts';
import { eventsWebhook } from './events-webhook.ts';
import { messageWebhook } from './message-webhook.ts';
import { nothingHere } from './nothing-here.ts';
import { publicPath } from './public-url.ts';
import { RefusedError } from './refused-error.ts';
import { traceRequests } from './trace-requests.ts';
import { transcriptionWebhook } from './transcription-webhook.ts';
import { voiceConsent } from './voice/voice-consent.ts';
import { voiceDialResult } from './voice/voice-dial-result.ts';
import { voiceInbound } from './voice/voice-inbound.ts';
import { voiceMenu } from './voice/voice-menu.ts';
import { voiceVoicemail } from './voice/voice-voicemail.ts';

const ROUTES = [
  ...CALLBACKS.map(callbackRoute),
  debuggerWebhook,
  eventsWebhook,
  messageWebhook,
  transcriptionWebhook,
  voiceInbound,
  voiceConsent,
  voiceMenu,
  voiceDialResult,
  voiceVoicemail,
];

/** Everything that faces the public internet. */
export function createApp(edge: Edge, checks: ReadinessChecks): Hono {
  const callbacks = callbackRoutes(edge);
  const app = new Hono();
  for (const path of new Set(['/', ...edge.publicBaseUrls.map((url) => publicPath(url) || '/')])) {
    traceRequests(app, path === '/' ? '' : path);
    app.route(path, callbacks);
  }
  app.route('/', healthRoutes(checks));
  app.notFound((c) => nothingHere(c, edge, [...new Set(callbacks.routes.map(({ path }) => path))]));
  app.onError((error) => {
    edge.logger.error({ err: error }, 'a request failed unforeseen');
    return problemResponse({ status: 500, title: 'something went wrong here' });
  });
  return app;
}

function callbackRoutes(edge: Edge): Hono {
  const app = new Hono();
  for (const route of ROUTES) route(app, edge);
  for (const [path, routes] of Map.groupBy(app.routes, (route) => route.path)) {
    const allow = routes.map(({ method }) => method).join(', ');
    app.all(path, ({ req: { method } }) => {
      const refusal = new RefusedError(405, `use ${allow}`, { headers: { allow }, seen: { method } });
      return answer(path, edge, () => Promise.reject(refusal));
    });
  }
  return app;
}
