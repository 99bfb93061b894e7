import { describe, inject, type ProvidedContext, test } from 'vitest';

type Name = 'kafka' | 's3' | 'postgres';
type Server<N extends Name> = Exclude<ProvidedContext[N], { unavailable: string }>;

const TITLES = { kafka: 'Kafka', s3: 'SeaweedFS', postgres: 'Postgres' } satisfies Record<Name, string>;

/** Describes what needs a server of the global setup; skipped, with the reason in the title, where the server cannot be had. */
export function describeWith<N extends Name>(name: N, tests: (server: Server<N>) => void): void {
  const server = inject(name);
  if ('unavailable' in server) {
    describe.skip(`${TITLES[name]} (skipped: ${server.unavailable})`, () => test('runs'));
  } else {
    describe(TITLES[name], () => tests(server as Server<N>));
  }
}

/** A server of the global setup, for suites that mean nothing without it. @throws Error with the reason when it cannot be had */
export function requireServer<N extends Name>(name: N): Server<N> {
  const server = inject(name);
  if ('unavailable' in server) throw new Error(`${TITLES[name]} is needed here: ${server.unavailable}`);
  return server as Server<N>;
}
