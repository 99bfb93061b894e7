/** The model that is installed, as its server calls it. */
export const WHISPER_MODEL = 'tiny.en';
