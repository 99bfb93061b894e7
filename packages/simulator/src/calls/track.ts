/** Keeps what is under way among the rest of it, which is waited for when the simulator stops. */
export function track<T>(underway: Set<Promise<unknown>>, work: Promise<T>): Promise<T> {
  underway.add(work);
  return work.finally(() => underway.delete(work));
}
