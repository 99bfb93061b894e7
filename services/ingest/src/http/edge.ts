import type { Logger } from 'pino';
import type { MeasuredAcceptance } from '../acceptance.ts';
import type { VoiceFile } from '../domain/voice/voice-file.ts';
import type { IngestMetrics } from '../metrics.ts';
import type { RequestLimits } from './read-request.ts';

/** What every route of the public edge works with. */
export interface Edge extends MeasuredAcceptance, RequestLimits {
  /** The public address, which may have a path, without a trailing slash. */
  publicBaseUrl: string;
  /** Tokens that may have signed: the current one, then the next one. */
  authTokens: readonly string[];
  /** Of what may carry many events, or a whole document of the user's. */
  alertBodyBytesMax: number;
  /** What callers hear; undefined turns the voice application off. */
  voice: VoiceFile | undefined;
  logger: Logger;
  metrics: IngestMetrics;
  now(): Date;
}
