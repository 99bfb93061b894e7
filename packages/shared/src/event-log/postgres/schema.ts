import { join } from 'node:path';
import type { Schema } from '../../postgres/migrate.ts';

/** The tables of the event log, for `migrate`. */
export const eventLogSchema: Schema = { component: 'event-log', directory: join(import.meta.dirname, 'migrations') };
