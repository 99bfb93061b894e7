import type { RecordingEntry } from './custody.ts';
import type { RetentionPolicy } from './policy.ts';

/** The policy that holds for a recording, by what is known of it. */
export type PolicyFor = (entry: RecordingEntry) => RetentionPolicy;
