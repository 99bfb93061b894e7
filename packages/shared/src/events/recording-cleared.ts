import { z } from 'zod';
import { consentPurpose } from './consent-recorded.ts';
import { decisionFields } from './decision.ts';
import { defineEvent, instant, TOPICS } from './envelope.ts';
import { transcriptionOptions } from './transcription-options.ts';

const clearedPurpose = z.enum(['store', 'transcribe']);

/** The consent gate opened. No byte of audio goes to speech-to-text before this. */
export const recordingCleared = defineEvent({
  type: 'onrecord.recording.cleared.v1',
  topic: TOPICS.decisions,
  summary: 'The recording may be stored, and transcribed where that purpose is listed.',
  schema: z.looseObject({
    ...decisionFields,
    purposes: z.array(clearedPurpose).min(1),
    /**
     * What anybody may do with the recording: each purpose that nobody refused and that all is there for which the policy asks for, until the
     * first agreement ends. What is not listed is not to be done. Absent from events of earlier versions.
     */
    consented: z.array(z.looseObject({ purpose: consentPurpose, until: instant.optional() })).optional(),
    /**
     * The number of an earlier clearance that goes on as it is: what else was agreed to has changed alone, and there is nothing to store or
     * to transcribe because of this event.
     */
    continues: z.number().int().positive().optional(),
    transcription: transcriptionOptions,
    /** What the audio is to be archived as; absent where the policy leaves that to the transcriber. */
    mediaFormat: z.enum(['wav', 'mp3']).optional(),
    recording: z.looseObject({
      channels: z.number().int().positive().optional(),
      durationSeconds: z.number().nonnegative().optional(),
      /** Names the object's date folder. */
      startedAt: instant,
      recordingSource: z.string().optional(),
    }),
    /** Who speaks on which channel, where the ledger knows it. Channel numbers count from 0. */
    speakers: z.array(z.looseObject({ channel: z.number().int().nonnegative(), role: z.string() })).optional(),
  }),
  key: (data) => data.recordingSid,
  id: (data) => `decision:${data.recordingSid}:${data.decision}`,
});
