import type { Logger } from '@onrecord/shared/telemetry/logger';
import type { TwilioAccounts } from '@onrecord/shared/twilio/accounts';
import type { TranscriptionAnswers } from '../accept-transcription-answer.ts';
import type { MeasuredAcceptance } from '../acceptance.ts';
import type { VoiceFile } from '../domain/voice/voice-file.ts';
import type { IngestMetrics } from '../metrics.ts';
import type { Looks } from './explain-signature.ts';
import type { RequestLimits } from './read-request.ts';

/** What every route of the public edge works with. */
export interface Edge extends MeasuredAcceptance, RequestLimits {
  /** The public addresses, which may have a path, without a trailing slash. */
  publicBaseUrls: readonly string[];
  accounts: TwilioAccounts;
  /** Limits how often is looked into why a signature does not match. */
  looks: Looks;
  /** Of what may carry many events, or a whole document of the user's. */
  alertBodyBytesMax: number;
  /** What callers hear; undefined turns the voice application off. */
  voice: VoiceFile | undefined;
  /** Absent where no callback of a speech provider is taken. */
  answers?: TranscriptionAnswers | undefined;
  logger: Logger;
  metrics: IngestMetrics;
  now(): Date;
}
