import { demoCalls as scripts } from '@onrecord/simulator/demo-calls';
import type { CallScript, PlacedCall } from '@onrecord/simulator/simulator';

/** What must have become of a demonstration call's recording. */
export type Outcome = 'archived' | 'transcribed' | 'withheld' | 'refused' | 'deletedAtSource';

export interface DemoCall {
  title: string;
  script: CallScript;
  /** Empty where there is no recording. */
  outcomes: readonly Outcome[];
  /** Shorten how long its recording is kept, through the records API, once it is transcribed. */
  shortenRetention?: boolean;
}

export interface PlacedDemoCall {
  call: DemoCall;
  placed: PlacedCall;
}

/** One call for each thing that can become of one. */
export const DEMO_CALLS: readonly DemoCall[] = [
  {
    title: '(a) two parties, the caller agrees by pressing 1, one channel each',
    script: scripts.consentGranted,
    outcomes: ['archived', 'transcribed'],
  },
  {
    title: '(b) the caller refuses by pressing 2, but another application recorded the call',
    script: scripts.consentRefused,
    outcomes: ['refused', 'deletedAtSource'],
  },
  {
    title: '(c) the caller presses nothing: consent stays unknown',
    script: scripts.consentUnknown,
    outcomes: ['withheld'],
  },
  {
    title: '(d) every callback twice and in the wrong order; kept for a few seconds only',
    script: scripts.callbacksReordered,
    outcomes: ['archived', 'transcribed', 'deletedAtSource'],
    shortenRetention: true,
  },
  { title: '(e) nobody answers: busy', script: scripts.busy, outcomes: [] },
  {
    title: '(f) a conference of three, each of whom agreed',
    script: scripts.conference,
    outcomes: ['archived', 'transcribed'],
  },
];
