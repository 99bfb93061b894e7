const RIFF = 'RIFF';
/** So many bytes tell a WAV file from everything else. */
export const TELLING_BYTES = RIFF.length;
const TEXT_BYTES = 64;

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes.subarray(0, TEXT_BYTES)).toString('latin1');

export const beginsAsWav = (bytes: Uint8Array) => latin1(bytes).startsWith(RIFF);

/** As XML, HTML and JSON do: an error page, or one in three hundred encrypted recordings. */
export const beginsAsText = (bytes: Uint8Array) => /^\s*[<{[]/.test(latin1(bytes));
