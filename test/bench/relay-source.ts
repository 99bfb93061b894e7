/**
 * Serves WAVs of any size as fast as they are read, at Twilio's addresses; which says how long the wait for the answer is, and the audio.
 * Run as a process of its own; says its port through IPC.
 */
import { createServer, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const HEADER_BYTES = 44;
const BLOCK = Buffer.alloc(1024 * 1024, 'audio');

/** The names of a recording of so many KiB whose answer begins after so many milliseconds: both in the digits of its SIDs. */
export const recordingOf = (kib: number, waitMs = 0) => ({
  accountSid: `AC${String(waitMs).padStart(32, '0')}`,
  recordingSid: `RE${String(kib).padStart(32, '0')}`,
});

export const pathOf = ({ accountSid, recordingSid }: ReturnType<typeof recordingOf>) =>
  `/2010-04-01/Accounts/${accountSid}/Recordings/${recordingSid}.wav`;

const PATH = /\/Accounts\/AC(\d+)\/Recordings\/RE(\d+)\.wav/;

/** The header of a WAV of 16-bit PCM, 2 channels at 8 kHz. */
function wavHeader(bytes: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write('RIFF', 0, 'latin1');
  // A WAV of 4 GiB and more says nothing of its sizes.
  header.writeUInt32LE(bytes > 0xff_ff_ff_ff ? 0xff_ff_ff_ff : bytes - 8, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(2, 22);
  header.writeUInt32LE(8_000, 24);
  header.writeUInt32LE(32_000, 28);
  header.writeUInt16LE(4, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(bytes > 0xff_ff_ff_ff ? 0xff_ff_ff_ff : bytes - HEADER_BYTES, 40);
  return header;
}

function serve(response: ServerResponse, bytes: number): void {
  response.writeHead(200, { 'content-type': 'audio/x-wav', 'content-length': bytes });
  response.write(wavHeader(bytes));
  let left = bytes - HEADER_BYTES;
  const more = () => {
    while (left > 0) {
      const block = BLOCK.subarray(0, Math.min(left, BLOCK.length));
      left -= block.length;
      if (!response.write(block)) return void response.once('drain', more);
    }
    response.end();
  };
  more();
}

if (import.meta.main) {
  const server = createServer(async ({ url = '' }, response) => {
    const [, waitMs = '0', kib = '1'] = PATH.exec(url) ?? [];
    await sleep(Number(waitMs));
    serve(response, Number(kib) * 1024);
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as { port: number }).port));
  process.on('disconnect', () => process.exit());
}
