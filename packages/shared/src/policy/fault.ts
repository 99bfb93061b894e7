/** One thing that is wrong with a policy. */
export interface Fault {
  /** To the value: keys, and places in lists from 0. */
  path: readonly PropertyKey[];
  /** What is wrong with it and what to do, as it follows the value and a colon. */
  problem: string;
  /** It is about the key, or about one that is missing; a value otherwise. */
  about?: 'key' | 'missing';
}
