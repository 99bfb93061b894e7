import type { Logger } from 'pino';
import type { MeasuredAcceptance } from '../acceptance.ts';
import type { IngestMetrics } from '../metrics.ts';

/** What every route of the public edge works with. */
export interface Edge extends MeasuredAcceptance {
  /** The public addresses, which may have a path, without a trailing slash. */
  publicBaseUrls: readonly string[];
  /** Tokens that may have signed: the current one, then the next one. */
  authTokens: readonly string[];
  /** What people take for a token: only tried to explain why a signature does not match. */
  apiKeySecrets: readonly string[];
  /** Limits how often that is looked into. */
  looks: { take(nowMs: number): boolean };
  bodyBytesMax: number;
  /** Of what may carry many events, or a whole document of the user's. */
  alertBodyBytesMax: number;
  /** Whom the consent prompt connects to; undefined turns the prompt off. */
  dialTo: string | undefined;
  logger: Logger;
  metrics: IngestMetrics;
  now(): Date;
}
