import { randomBytes } from 'node:crypto';

/** A new W3C Trace Context header: version 00, a random trace and span, sampled. Source: W3C Trace Context, section 3.2. */
export const newTraceparent = (): string =>
  `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
