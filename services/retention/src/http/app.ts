import type { OpenAPIHono } from '@hono/zod-openapi';
import { POLICY_BYTES_MAX } from '@onrecord/shared/policy/read-policy';
import { accessRoutes } from './access/accesses.ts';
import { auditRoutes } from './access/audit-entries.ts';
import { authenticate } from './access/authenticate.ts';
import { permissionOf, type RecordsEnv } from './access/principal.ts';
import { tokenRoutes } from './access/tokens.ts';
import { boundedBody } from './bounded-body.ts';
import { consentListRoutes } from './consents/consent-list.ts';
import { consentRoutes } from './consents/consents.ts';
import { deletionRoutes } from './deletions/deletions.ts';
import { erasureRoutes } from './erasures/erasures.ts';
import { subjectExportRoutes } from './erasures/subject-exports.ts';
import { holdReleaseRoutes } from './holds/hold-releases.ts';
import { holdRoutes } from './holds/holds.ts';
import { matterRoutes } from './holds/matters.ts';
import { policyRoutes } from './policies/policies.ts';
import { onError, ProblemError, problem } from './problems.ts';
import { callRoutes } from './recordings/calls.ts';
import { decisionRoutes } from './recordings/decisions.ts';
import { diagnosisRoutes } from './recordings/diagnosis.ts';
import { mediaRoutes } from './recordings/media.ts';
import { recordingRoutes } from './recordings/recordings.ts';
import { retentionRoutes } from './recordings/retention.ts';
import { searchRoutes } from './recordings/search.ts';
import { tagRoutes } from './recordings/tags.ts';
import { transcriptRoutes } from './recordings/transcripts.ts';
import type { RecordsApi } from './records-api.ts';
import { newRoutes } from './routes.ts';

/** A consent or a date fits many times over. */
const BODY_BYTES_MAX = 16 * 1024;

/** As JSON, a text may take twice its bytes. */
const POLICY_BODY_BYTES_MAX = 2 * POLICY_BYTES_MAX;

/** The records API: what a person, a script or the command line asks about recordings. */
export function createRecordsApp(api: RecordsApi): OpenAPIHono<RecordsEnv> {
  const app = newRoutes();
  app.onError(onError(api.logError));
  app.notFound(() => {
    throw new ProblemError('not-found', 'There is no such address; /openapi.json lists those that there are.');
  });
  app.use('/v1/*', authenticate(api));
  app.on(['POST', 'PUT'], '/v1/*', boundedBody(BODY_BYTES_MAX, { '/v1/policies': POLICY_BODY_BYTES_MAX }));
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });
  app.route('/', recordingRoutes(api));
  app.route('/', transcriptRoutes(api));
  app.route('/', searchRoutes(api));
  app.route('/', mediaRoutes(api));
  app.route('/', retentionRoutes(api));
  app.route('/', deletionRoutes(api));
  app.route('/', callRoutes(api));
  app.route('/', diagnosisRoutes(api));
  app.route('/', consentRoutes(api));
  app.route('/', auditRoutes(api));
  app.route('/', erasureRoutes(api));
  app.route('/', subjectExportRoutes(api));
  app.route('/', consentListRoutes(api));
  app.route('/', decisionRoutes(api));
  app.route('/', tokenRoutes(api));
  app.route('/', policyRoutes(api));
  app.route('/', tagRoutes(api));
  app.route('/', accessRoutes(api));
  app.route('/', matterRoutes(api));
  app.route('/', holdRoutes(api));
  app.route('/', holdReleaseRoutes(api));
  refuseUnguarded(app);
  refuseOtherMethods(app);
  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: { title: 'Onrecord records API', version: '1' },
    security: [{ token: [] }],
  });
  return app;
}

/** @throws Error naming a route that anybody with a token could use */
function refuseUnguarded(app: OpenAPIHono<RecordsEnv>): void {
  const guarded = new Set(app.routes.filter(({ handler }) => permissionOf(handler) !== undefined).map(nameOf));
  const open = app.routes.filter((route) => !route.path.endsWith('*') && !guarded.has(nameOf(route)));
  if (open[0] !== undefined) throw new Error(`the route ${nameOf(open[0])} names no permission: give it permit(…)`);
}

const nameOf = ({ method, path }: { method: string; path: string }) => `${method} ${path}`;

/** To be added last: what reaches these has the address of a route, and none of its methods. */
function refuseOtherMethods(app: OpenAPIHono<RecordsEnv>): void {
  const methods = new Map<string, Set<string>>();
  for (const { path, method } of app.routes) {
    if (path.endsWith('*')) continue;
    methods.set(path, (methods.get(path) ?? new Set()).add(method));
  }
  for (const [path, allowed] of methods) {
    const allow = [...allowed].join(', ');
    app.all(path, () => problem('other-method', `Use ${allow} at this address.`, { allow }));
  }
}
