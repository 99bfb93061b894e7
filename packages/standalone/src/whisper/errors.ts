/** The local Whisper cannot be installed or started. The message is one line with a remedy. */
export class WhisperUnavailableError extends Error {
  override readonly name = 'WhisperUnavailableError';
}
