import { join } from 'node:path';
import type { Schema } from './migrate.ts';

/** The tables of the outbox and of processed events, for `migrate`. */
export const messagingSchema: Schema = { component: 'messaging', directory: join(import.meta.dirname, 'migrations') };
