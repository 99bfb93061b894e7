import { expect, it } from 'vitest';
import type { Decision } from './custody.ts';
import { whyNoTranscript } from './why-no-transcript.ts';

const failure = { stage: 'transcribe', reason: 'Deepgram answers 402', attempts: 12, failedAt: new Date(0) };
const nothing = { decision: undefined, archive: undefined, archiveFailure: undefined, transcriptFailure: undefined };
const decision = (outcome: string, purposes: string[] = []) =>
  ({ clearance: { outcome, purposes, reason: 'Nobody agreed.' } }) as unknown as Decision;
const cleared = decision('cleared', ['store', 'transcribe']);
const archive = { storedAt: new Date('2026-03-01T10:00:00Z') };

it.each([
  [nothing, 'Twilio has not reported the recording as completed.'],
  [{ ...nothing, decision: decision('withheld') }, 'Nobody agreed.'],
  [{ ...nothing, decision: decision('cleared', ['store']) }, 'It is not cleared to be transcribed. Nobody agreed.'],
  [{ ...nothing, decision: cleared }, 'It is cleared, and the transcriber has not archived it yet.'],
  [
    { ...nothing, decision: cleared, archiveFailure: failure },
    'Its archiving was given up after 12 attempt(s), at transcribe: Deepgram answers 402. It is a dead letter, and can be replayed.',
  ],
  [
    { ...nothing, decision: cleared, archive, transcriptFailure: failure },
    'Its transcription was given up after 12 attempt(s), at transcribe: Deepgram answers 402. It is a dead letter, and can be replayed.',
  ],
  [
    { ...nothing, decision: cleared, archive },
    'It has been archived since 2026-03-01T10:00:00.000Z, and its transcription has not ended. If it takes long: the provider may be ' +
      'busy or away, or the budget of the day is spent; the log and the metrics of the transcriber tell which.',
  ],
])('says of %j why there is no transcript', (known, why) => {
  expect(whyNoTranscript(known)).toBe(why);
});
