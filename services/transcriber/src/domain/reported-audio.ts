import { z } from 'zod';
import { type AudioLevels, areSameChannels } from './levels/levels.ts';
import type { MediaFormat } from './media-format.ts';

/** Twilio reports whole seconds; another one is left to what its trimming of silence cuts off. */
const SHORT_TOLERANCE_SECONDS = 2;

/** How archived audio differs from what Twilio reported of it, or from two channels, for whoever relies on the recording. */
export const audioWarning = z.looseObject({
  kind: z.enum([
    'shorter-than-reported',
    'other-channels-than-reported',
    'same-sound-on-both-channels',
    'other-format-than-wanted',
  ]),
  text: z.string(),
});
export type AudioWarning = z.output<typeof audioWarning>;

/** As Twilio's callback said; what it did not say is not compared. */
export interface ReportedAudio {
  channels?: number | undefined;
  durationSeconds?: number | undefined;
}

interface ServedAudio {
  channels: number;
  durationSeconds: number;
  /** Absent where the audio could not be measured. */
  levels?: AudioLevels | undefined;
}

export const isShort = (reportedSeconds: number | undefined, servedSeconds: number): boolean =>
  reportedSeconds !== undefined && servedSeconds < reportedSeconds - SHORT_TOLERANCE_SECONDS;

export function warningsOf(reported: ReportedAudio, served: ServedAudio): AudioWarning[] {
  const warnings: AudioWarning[] = [];
  if (isShort(reported.durationSeconds, served.durationSeconds)) {
    const text = `Twilio reported ${reported.durationSeconds} s and served ${served.durationSeconds} s`;
    warnings.push({ kind: 'shorter-than-reported', text });
  }
  if (reported.channels !== undefined && reported.channels !== served.channels) {
    const text = `Twilio reported ${reported.channels} channel(s) and served ${served.channels}`;
    warnings.push({ kind: 'other-channels-than-reported', text });
  }
  if (served.levels && areSameChannels(served.levels)) {
    const text = `both channels carry the same sound (correlation ${served.levels.correlation}): nobody is told apart by channel`;
    warnings.push({ kind: 'same-sound-on-both-channels', text });
  }
  return warnings;
}

export function formatWarningsOf(wanted: MediaFormat, archived: MediaFormat): AudioWarning[] {
  if (wanted === archived) return [];
  const why = 'Twilio did not serve it otherwise, or an earlier attempt was asked for it';
  const text = `${wanted.toUpperCase()} was wanted, and this is ${archived.toUpperCase()}: ${why}`;
  return [{ kind: 'other-format-than-wanted', text }];
}
