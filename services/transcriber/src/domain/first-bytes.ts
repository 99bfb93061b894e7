import { FRAME_HEAD_BYTES, readMp3Frame } from './mp3-frame.ts';

const RIFF = 'RIFF';
/** So many bytes tell a WAV file from everything else, and the head of an MP3 frame from most. */
export const TELLING_BYTES = FRAME_HEAD_BYTES;
const TEXT_BYTES = 64;

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes.subarray(0, TEXT_BYTES)).toString('latin1');

export const beginsAsWav = (bytes: Uint8Array) => latin1(bytes).startsWith(RIFF);

export const beginsAsMp3 = (bytes: Uint8Array) => latin1(bytes).startsWith('ID3') || readMp3Frame(bytes) !== undefined;

/** As XML, HTML and JSON do: an error page, or one in three hundred encrypted recordings. */
export const beginsAsText = (bytes: Uint8Array) => /^\s*[<{[]/.test(latin1(bytes));
