/** Serves one WAV of 256 MiB at every address, as fast as it is read. Run as a process of its own; says its port through IPC. */
import { createServer, type ServerResponse } from 'node:http';

const WAV_BYTES = 256 * 1024 * 1024;
const HEADER_BYTES = 44;
const BLOCK = Buffer.alloc(1024 * 1024, 'audio');

/** The header of a WAV of 16-bit PCM, 2 channels at 8 kHz, of `WAV_BYTES` in all. */
function wavHeader(): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(WAV_BYTES - 8, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(2, 22);
  header.writeUInt32LE(8_000, 24);
  header.writeUInt32LE(32_000, 28);
  header.writeUInt16LE(4, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(WAV_BYTES - HEADER_BYTES, 40);
  return header;
}

function serve(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'audio/x-wav', 'content-length': WAV_BYTES });
  response.write(wavHeader());
  let left = WAV_BYTES - HEADER_BYTES;
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
  const server = createServer((_request, response) => serve(response));
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as { port: number }).port));
  process.on('disconnect', () => process.exit());
}
