import { settingsSchema as ingest } from '@onrecord/ingest/config';
import { settingsSchema as retention } from '@onrecord/retention/config';
import { settingsSchema as standalone } from '@onrecord/standalone/config';
import { settingsSchema as transcriber } from '@onrecord/transcriber/config';
import { expect, test } from 'vitest';
import { readEnvExample } from './compose-file.ts';

const { active, optional } = readEnvExample();
const documented = { ...active, ...optional };
const schemas = { ingest, retention, transcriber, standalone };

/** Compose's own: the published ports, the database's password, and the credentials of the S3 server. */
const COMPOSE_ONLY = [
  'INGEST_PORT',
  'POSTGRES_PASSWORD',
  'POSTGRES_SERVICE_PASSWORD',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
];
/** Read by the command line alone, which is no service and has no schema. */
const COMMAND_LINE_ONLY = ['ONRECORD_API_URL', 'ONRECORD_INGEST_URL'];

test('every setting of every service is in .env.example', () => {
  const known = [...COMMAND_LINE_ONLY, ...Object.values(schemas).flatMap((schema) => Object.keys(schema.shape))];
  expect([...new Set(known)].filter((name) => !(name in documented)).sort()).toEqual([]);
});

test('.env.example has nothing that no service reads', () => {
  const settings = Object.values(schemas).flatMap((schema) => Object.keys(schema.shape));
  const known = new Set([...COMPOSE_ONLY, ...COMMAND_LINE_ONLY, ...settings]);
  expect(Object.keys(documented).filter((name) => !known.has(name))).toEqual([]);
});

test('the default that .env.example shows is the one that the service has', () => {
  for (const [service, schema] of Object.entries(schemas)) {
    const defaults = defaultsOf(schema);
    for (const [name, value] of Object.entries(optional)) {
      const actual = defaults[name];
      // Ports differ by service, and .env.example says so in words.
      if (actual === undefined || name === 'PORT' || name === 'METRICS_PORT') continue;
      expect(`${service} ${name}=${actual}`).toBe(`${service} ${name}=${value}`);
    }
  }
});

function defaultsOf(schema: { shape: Record<string, unknown> }): Record<string, string> {
  const entries = Object.entries(schema.shape).flatMap(([name, field]) => {
    const value = (field as { def: { type: string; defaultValue?: unknown } }).def.defaultValue;
    return value === undefined ? [] : [[name, String(value)] as const];
  });
  return Object.fromEntries(entries);
}
