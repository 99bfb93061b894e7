import type { OnrecordEvent } from '@onrecord/shared/events';
import { openPipeline, openTestStore, type PipelineParts, startDeepgram, startTwilio } from './pipeline.ts';

interface Starting extends Partial<Omit<PipelineParts, 'store' | 'published'>> {
  /** What Twilio serves. Default: `recordingAudio`. */
  audio?: Buffer;
  /** What Deepgram answers. Default: a transcript of two channels. */
  answer?: { status: number; body: string };
}

/** The handler between a Twilio, a Deepgram and a store of one test. */
export async function startPipeline({ audio, answer, ...parts }: Starting = {}) {
  const [twilio, deepgram] = [await startTwilio(audio), await startDeepgram(answer)];
  const { store, read } = await openTestStore();
  const published: OnrecordEvent[] = [];
  const pipeline = openPipeline({ twilioUrl: twilio.url, deepgramUrl: deepgram.url, store, published, ...parts });
  const types = () => published.map(({ type }) => type);
  const json = async (name: string) => JSON.parse((await read(name)).toString('utf8'));
  return { ...pipeline, twilio, deepgram, store, read, json, published, types };
}
