/** Counts up to `max` in each day of UTC. A process that is started again counts anew. */
export function createDailyBound(max: number, now: () => Date): () => boolean {
  let day = '';
  let taken = 0;
  return () => {
    const today = now().toISOString().slice(0, 10);
    if (today !== day) [day, taken] = [today, 0];
    if (taken >= max) return false;
    taken += 1;
    return true;
  };
}
