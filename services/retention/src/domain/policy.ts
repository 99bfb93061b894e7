import type { ChannelMap } from './channel-map.ts';
import type { TranscriptionPolicy } from './transcription-policy.ts';

/** The rules that a decision is made by. A version never changes once decisions were made with it. */
export interface RetentionPolicy {
  name: string;
  version: number;
  /** What is written beside a plan that was made by it: a plan with another mark than the account's present one is made again. */
  mark: string;
  /** How long unknown consent may stay unknown before the recording is withheld, in milliseconds from its report. */
  gracePeriodMs: number;
  /** How long it may take to learn of everybody who joined, in milliseconds from when we learned that the recording is completed. */
  conferenceSettleMs: number;
  /** How long a refusal can be undone before the deletion starts, in milliseconds from the decision. */
  refusalDeletionDelayMs: number;
  /** How long a cleared recording is kept, in milliseconds from its archiving, or from its clearance where that is not reported. */
  retentionPeriodMs: number;
  /** Who is named on which channel of what is cleared. */
  channelMap: ChannelMap;
  /** What is asked of speech-to-text for what is cleared for it. */
  transcription: TranscriptionPolicy;
}

export type PolicySettings = Omit<RetentionPolicy, 'name' | 'version' | 'mark'>;

/**
 * The policy that applies until somebody writes their own: one refusal refuses, a call needs one agreement, a conference
 * needs everybody's, and what is unknown is withheld and never destroyed.
 */
export const builtInPolicy = (settings: PolicySettings): RetentionPolicy => ({
  ...settings,
  name: 'built-in',
  version: 1,
  mark: `built-in ${settings.retentionPeriodMs}`,
});
