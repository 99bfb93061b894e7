/**
 * The latest decision on each recording that this process has seen. A clearance that failed and waits in a retry topic can be
 * overtaken by a refusal; without this it would be carried out afterwards. It is a memory, not a record: what a restart forgets,
 * or another member of the group saw, is caught by retention, which deletes what arrives for a refused recording.
 */
export interface LatestDecisions {
  note(recordingSid: string, decision: number): void;
  isSuperseded(recordingSid: string, decision: number): boolean;
}

/** @param recordingsMax the recordings decided on longest ago are forgotten beyond this number */
export function createLatestDecisions(recordingsMax: number): LatestDecisions {
  const latest = new Map<string, number>();
  return {
    note(recordingSid, decision) {
      const known = latest.get(recordingSid) ?? 0;
      latest.delete(recordingSid);
      latest.set(recordingSid, Math.max(known, decision));
      const [oldest] = latest.keys();
      if (latest.size > recordingsMax && oldest !== undefined) latest.delete(oldest);
    },
    isSuperseded: (recordingSid, decision) => decision < (latest.get(recordingSid) ?? 0),
  };
}
