import type { Period } from '@onrecord/shared/policy/period';
import type { CONSENT_MODES, DataClass, SHARING } from '@onrecord/shared/policy/policy-schema';
import type { ChannelMap } from './channel-map.ts';
import type { SharedCalls } from './erasure.ts';
import type { TranscriptionPolicy } from './transcription-policy.ts';

export type ConsentMode = (typeof CONSENT_MODES)[number];

/** What the law asks to be kept, and which law. */
interface StatutoryMinimum {
  classes: readonly DataClass[];
  period: Period;
  source: string;
}

/** The rules that a decision is made by. A version never changes once decisions were made with it. */
export interface RetentionPolicy {
  name: string;
  version: number;
  /** Of the policy's rules, the one that fits the recording; absent where none does, and in the built-in policy. */
  rule?: string | undefined;
  /** What is written beside a plan that was made by it: a plan with another mark than the account's present one is made again. */
  mark: string;
  consentMode: ConsentMode;
  /** Whether it depends on where numbers are: by its consent mode, or by what its rules select. */
  goesByPlaces: boolean;
  /** How long unknown consent may stay unknown before the recording is withheld, in milliseconds from its report. */
  gracePeriodMs: number;
  /** How long it may take to learn of everybody who joined, in milliseconds from when we learned that the recording is completed. */
  conferenceSettleMs: number;
  /** When an address that needs no token is given out: unless somebody refused to share, or only what is cleared for that. */
  sharing: (typeof SHARING)[number];
  /** `withhold`: what is refused is left at Twilio, as what is unknown. */
  onRefusal: 'delete' | 'withhold';
  /** How long a refusal can be undone before the deletion starts, in milliseconds from the decision. */
  refusalDeletionDelayMs: number;
  /** How long what is withheld stays, from its report. */
  withheldPeriod: Period;
  /**
   * How long each class of data is kept, from the recording's archiving, or from its clearance where that is not reported; never
   * shorter than a minimum.
   */
  periods: Readonly<Record<DataClass, Period>>;
  minimums: readonly StatutoryMinimum[];
  /** When Twilio's copy goes: a period counts from the archiving; with the audio at the latest. */
  twilioDeletion: 'after-archive' | 'with-audio' | Exclude<Period, 'forever'>;
  /** What the audio is archived as; absent: what the transcriber's setting says. */
  mediaFormat?: 'wav' | 'mp3' | undefined;
  /** Whether anything is transcribed at all. */
  transcribes: boolean;
  /** What is asked of speech-to-text for what is cleared for it. */
  transcription: TranscriptionPolicy;
  /** Who is named on which channel of what is cleared. */
  channelMap: ChannelMap;
  /** What an erasure does with recordings of calls that others took part in. */
  sharedCalls: SharedCalls;
}

/** What the settings of the installation say. */
export interface PolicySettings
  extends Pick<
    RetentionPolicy,
    'gracePeriodMs' | 'conferenceSettleMs' | 'refusalDeletionDelayMs' | 'channelMap' | 'transcription'
  > {
  /** How long a cleared recording is kept with everything of it, in milliseconds. */
  retentionPeriodMs: number;
  /** `explicit` where it does not say. */
  consentMode?: ConsentMode | undefined;
  /** `unless-refused` where it does not say. */
  sharing?: RetentionPolicy['sharing'] | undefined;
}

/**
 * The policy that applies until somebody writes their own: one refusal refuses, a call needs one agreement, a conference
 * needs everybody's, and what is unknown is withheld and never destroyed.
 */
export function builtInPolicy({
  retentionPeriodMs,
  consentMode = 'explicit',
  sharing = 'unless-refused',
  ...settings
}: PolicySettings): RetentionPolicy {
  const period = { ms: retentionPeriodMs };
  return {
    ...settings,
    name: 'built-in',
    version: 1,
    mark: `built-in ${retentionPeriodMs}`,
    consentMode,
    goesByPlaces: consentMode === 'by-rule',
    sharing,
    onRefusal: 'delete',
    withheldPeriod: 'forever',
    periods: { audio: period, transcript: period, providerResponse: period, metadata: 'forever', numbers: 'forever' },
    minimums: [],
    twilioDeletion: 'with-audio',
    transcribes: true,
    sharedCalls: 'erase',
  };
}
