import { randomUUID } from 'node:crypto';
import { activeTraceparent } from './tracing/spans.ts';

/**
 * The W3C Trace Context of what is going on; while nothing is traced a new one, version 00, sampled, so that what belongs together is
 * known by it all the same. Source: W3C Trace Context, section 3.2. Made of UUIDs, since Node keeps random bytes for these in store;
 * asking for a few bytes each time took a tenth of the time of a callback.
 */
export const newTraceparent = (): string => activeTraceparent() ?? `00-${hexDigits()}-${hexDigits().slice(16)}-01`;

const hexDigits = () => randomUUID().replaceAll('-', '');
