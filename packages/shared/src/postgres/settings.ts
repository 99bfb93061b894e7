import type { z } from 'zod';
import { url, wholeNumber } from '../config/settings.ts';

/** Settings of a service that has a database. */
export const databaseSettings = {
  DATABASE_URL: url('postgres:', 'postgresql:').describe(
    'The Postgres database, postgres://user:password@host:5432/database; with ?sslmode=verify-full&sslrootcert=… over TLS',
  ),
  DATABASE_ADMIN_URL: url('postgres:', 'postgresql:')
    .optional()
    .describe(
      'The same database as its owner, who makes the tables, and the role of DATABASE_URL where that is missing',
    ),
  DATABASE_POOL_MAX: wholeNumber(2, 1_000)
    .prefault('20')
    .describe('Connections to the database at most')
    .meta({ unit: 'connections' }),
} satisfies z.ZodRawShape;
