import { toMono } from '../speech/downmix.ts';
import { writeMp3 } from '../speech/mp3.ts';
import { readWav } from '../speech/read-wav.ts';
import type { AccountState, RecordingState } from './account-state.ts';
import { notFound, twilioError } from './errors.ts';

/**
 * A recording's audio, as `RequestedChannels` asks for it. Like Twilio it answers whole files: no ranges.
 * @throws HTTPException 404 (20404) where there are no media, 400 (16113) for two channels of a mono recording, 400 (16109) for
 * an encrypted one as MP3
 */
export async function serveMedia(
  state: AccountState,
  recording: RecordingState | undefined,
  extension: string,
  url: URL,
): Promise<Response> {
  if (recording?.status !== 'completed') throw notFound(url.pathname);
  if (extension === '.mp3' && recording.encryption !== undefined) {
    throw twilioError(400, 16_109, 'Encrypted recordings are available as WAV alone');
  }
  const requested = url.searchParams.get('RequestedChannels');
  if (requested !== null && requested !== '1' && requested !== '2') {
    throw twilioError(400, 20_001, `RequestedChannels is 1 or 2, not "${requested}"`);
  }
  if (requested === '2' && recording.channels === 1) {
    throw twilioError(400, 16_113, 'Requested channels are not available for this recording');
  }
  if (requested === '1' && recording.channels === 2 && recording.encryption !== undefined) {
    throw twilioError(400, 16_113, 'Channels that are encrypted cannot be mixed into one');
  }
  const stored = await state.readMedia(recording.sid);
  const wav = requested === '1' && recording.encryption === undefined ? toMono(stored) : stored;
  const [type, audio] = extension === '.mp3' ? ['audio/mpeg', await writeMp3(readWav(wav))] : ['audio/x-wav', wav];
  return new Response(new Uint8Array(audio), {
    headers: { 'content-type': type, 'content-length': String(audio.length) },
  });
}
