import { z } from 'zod';

/** What a provider is asked for. Absent fields leave the choice to the transcriber; `transcription/provider-capabilities.ts` says who can do what. */
export const askedOptions = z.looseObject({
  model: z.string().optional(),
  /** BCP 47, or `multi` for speech that changes languages, where a model knows it; absent means detect. */
  language: z.string().optional(),
  /** Separate speakers within one channel; useful on mono and conference recordings. */
  diarize: z.boolean().optional(),
  /** Transcribe each channel apart, which is what is done where nothing is said. */
  multichannel: z.boolean().optional(),
  /** What is masked in the words, as the provider calls it: `pci`, `pii`, `numbers`, … */
  redact: z.array(z.string().min(1)).min(1).optional(),
  /** Names and terms that are likely to be heard. */
  keyterms: z.array(z.string().min(1)).min(1).optional(),
  /** Dates, numbers and addresses as they are written; on unless said otherwise, where it can be chosen. */
  smartFormat: z.boolean().optional(),
  /** Keep the audio out of the provider's training. */
  mipOptOut: z.boolean().optional(),
});
export type AskedOptions = z.output<typeof askedOptions>;

/** How a cleared recording is to be transcribed. */
export const transcriptionOptions = askedOptions.extend({
  /** Who is asked, and for what, when the provider that comes first cannot do it. Absent: nobody. */
  fallback: z.looseObject({ provider: z.string().min(1), options: askedOptions }).optional(),
});
export type TranscriptionOptions = z.output<typeof transcriptionOptions>;
