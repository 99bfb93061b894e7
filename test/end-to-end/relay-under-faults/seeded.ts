import { createHash } from 'node:crypto';

/** A number from 0 up to 1 that follows from its names alone: the same seed and names give the same number in each run. */
export const chance = (...names: readonly (string | number)[]): number =>
  createHash('sha256').update(names.join('\n')).digest().readUIntBE(0, 6) / 2 ** 48;

/** The 32 hexadecimal digits of a SID. */
export const sidDigits = (...names: readonly (string | number)[]): string =>
  createHash('sha256').update(names.join('\n')).digest('hex').slice(0, 32);

/** The same in another order, which follows from the seed. */
export const shuffled = <T>(items: readonly T[], ...seed: readonly (string | number)[]): T[] =>
  items
    .map((item, index) => ({ item, at: chance(...seed, index) }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
