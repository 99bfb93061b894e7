import type { OpenAPIHono } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { requireToken } from './bearer-token.ts';
import { callRoutes } from './calls.ts';
import { consentRoutes } from './consents.ts';
import { onError, ProblemError } from './problems.ts';
import { recordingRoutes } from './recordings.ts';
import type { RecordsApi } from './records-api.ts';
import { retentionRoutes } from './retention.ts';
import { newRoutes } from './routes.ts';
import { transcriptRoutes } from './transcripts.ts';

/** A consent or a date fits many times over. */
const BODY_BYTES_MAX = 16 * 1024;

/** The records API: what a person, a script or the command line asks about recordings. */
export function createRecordsApp(api: RecordsApi): OpenAPIHono {
  const app = newRoutes();
  app.onError(onError(api.logError));
  app.notFound(() => {
    throw new ProblemError('not-found', 'There is no such address; /openapi.json lists those that there are.');
  });
  app.use('/v1/*', requireToken(api.token), bodyLimit({ maxSize: BODY_BYTES_MAX, onError: tooLarge }));
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });
  app.route('/', recordingRoutes(api));
  app.route('/', transcriptRoutes(api));
  app.route('/', retentionRoutes(api));
  app.route('/', callRoutes(api));
  app.route('/', consentRoutes(api));
  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: { title: 'Onrecord records API', version: '1' },
    security: [{ token: [] }],
  });
  return app;
}

function tooLarge(): never {
  throw new ProblemError('bad-request', `A request body has at most ${BODY_BYTES_MAX} bytes.`);
}
