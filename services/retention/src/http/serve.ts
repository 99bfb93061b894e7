import { randomUUID } from 'node:crypto';
import { healthRoutes } from '@onrecord/shared/http/health';
import { type HttpServer, serveHttp } from '@onrecord/shared/http/serve';
import type { Logger } from '@onrecord/shared/telemetry/logger';
import { createAccessAudit } from '../access/access-audit.ts';
import { createAccesses } from '../access/accesses.ts';
import { createPeople, type People } from '../access/people.ts';
import { createTokens } from '../access/tokens.ts';
import { createOidcIssuer } from '../adapters/oidc-issuer.ts';
import type { RetentionConfig } from '../config.ts';
import { createReader } from '../ledger/read/reader.ts';
import { createPolicyDesk } from '../policies/policy-desk.ts';
import { createPseudonyms } from '../pseudonyms.ts';
import type { Resources } from '../resources.ts';
import { createRecordsApp } from './app.ts';
import type { RecordsApi } from './records-api.ts';

/** Serves the records API with its health on one port. @throws PortInUseError */
export function serveRecordsApi(
  { accounts, pool, eventLog, objectStore, logger, clock }: Resources,
  { policy: builtIn, ruleBook, pseudonymKey, accountSid, recordsApi, listenHost: hostname }: RetentionConfig,
  parts: Pick<RecordsApi, 'holds' | 'ledger' | 'onDecision' | 'onDue' | 'erasures' | 'subjects'>,
): Promise<HttpServer> {
  const rules = { builtIn, ruleBook, pseudonyms: createPseudonyms(pseudonymKey) };
  const app = createRecordsApp({
    ...parts,
    accountSid,
    token: recordsApi.token,
    access: recordsApi.access,
    accesses: createAccesses(pool),
    accessAudit: createAccessAudit(pool, clock),
    tokens: createTokens(pool, clock),
    people: recordsApi.oidc && openPeople(recordsApi.oidc, clock, logger),
    reader: createReader(pool, { ...rules, clock }, accounts),
    policies: createPolicyDesk({ ...rules, pool, clock, onActivated: () => parts.onDue(clock()) }),
    objectStore,
    clock,
    newReference: randomUUID,
    logError: (err) => logger.error({ err }, 'a request of the records API failed'),
  });
  const checks = {
    database: async () => void (await pool.query('select 1')),
    'event log': () => eventLog.ping(),
    'object store': () => objectStore.ping(),
  };
  app.route('/', healthRoutes(checks));
  return serveHttp({ fetch: app.fetch, port: recordsApi.port, hostname, setting: 'PORT' });
}

type Oidc = NonNullable<RetentionConfig['recordsApi']['oidc']>;

function openPeople({ mapping, ...options }: Oidc, clock: () => Date, logger: Logger): People {
  const onUnavailable = (err: Error) =>
    logger.warn({ err }, 'the keys of OIDC_ISSUER cannot be had; its people are refused');
  return createPeople(createOidcIssuer({ ...options, clock }, onUnavailable), mapping);
}
