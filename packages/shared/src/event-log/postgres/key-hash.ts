const FNV_OFFSET_BASIS = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * The partition of a key: FNV-1a (32 bits) of its UTF-8 bytes, modulo the number of partitions. It must never change: records of a
 * key would lie in two partitions. Source: Fowler, Noll, Vo, "FNV Hash", http://www.isthe.com/chongo/tech/comp/fnv/.
 */
export function partitionOf(key: string, partitions: number): number {
  let hash = FNV_OFFSET_BASIS;
  for (const byte of Buffer.from(key)) hash = Math.imul(hash ^ byte, FNV_PRIME);
  return (hash >>> 0) % partitions;
}
