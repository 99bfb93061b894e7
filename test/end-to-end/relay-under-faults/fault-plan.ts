import { chance } from './seeded.ts';

/** Whose requests fail. */
export type Side = 'media' | 'speech' | 'store' | 'callback';

/** Of all requests. */
const FAULT_SHARE = 0.05;
/**
 * Faults of one recording that cost it an attempt each. By the retry policy it waits 5 s after the first, a minute after the second, and
 * ten minutes after a third, for which no test waits; of 500 recordings one would meet it.
 */
const LOST_ATTEMPTS_MAX = 2;

interface Ask<K> {
  side: Side;
  /** Names the request; the same again is its next occurrence. */
  request: string;
  kinds: readonly K[];
  /** The recording that the request is about. */
  sid: string | undefined;
  /** How many attempts a kind costs: none where it is tried again within the attempt. */
  attemptsLost(kind: K): number;
}

/**
 * Which requests fail and how, by the seed: whether the third request for the same thing fails does not depend on what else is going on
 * at the time.
 */
export class FaultPlan {
  readonly requests: Record<Side, number> = { media: 0, speech: 0, store: 0, callback: 0 };
  /** How often each fault happened, by side and kind. */
  readonly met = new Map<string, number>();
  readonly #seed: string;
  readonly #seen = new Map<string, number>();
  readonly #lostAttempts = new Map<string, number>();

  constructor(seed: string) {
    this.#seed = seed;
  }

  /** What goes wrong with this request, if anything. */
  next<K extends string>({ side, request, kinds, sid, attemptsLost }: Ask<K>): K | undefined {
    const name = `${side} ${request}`;
    const occurrence = (this.#seen.get(name) ?? 0) + 1;
    this.#seen.set(name, occurrence);
    this.requests[side] += 1;
    if (chance(this.#seed, name, occurrence) >= FAULT_SHARE) return undefined;
    const kind = kinds[Math.floor(chance(this.#seed, name, occurrence, 'kind') * kinds.length)];
    if (kind === undefined || (sid !== undefined && !this.#mayLose(sid, attemptsLost(kind)))) return undefined;
    const met = `${side} ${kind}`;
    this.met.set(met, (this.met.get(met) ?? 0) + 1);
    return kind;
  }

  faults(side: Side): number {
    return [...this.met].reduce((sum, [name, count]) => sum + (name.startsWith(`${side} `) ? count : 0), 0);
  }

  /** One line for each side. */
  summary(): string {
    const lines = (['media', 'speech', 'store', 'callback'] as const).map((side) => {
      const kinds = [...this.met].filter(([name]) => name.startsWith(`${side} `));
      const each = kinds.map(([name, count]) => `${name.slice(side.length + 1)} ${count}`).sort();
      return `${side}: ${this.requests[side]} requests, ${this.faults(side)} failed (${each.join(', ')})`;
    });
    return lines.join('\n');
  }

  #mayLose(sid: string, attempts: number): boolean {
    const lost = (this.#lostAttempts.get(sid) ?? 0) + attempts;
    if (attempts > 0 && lost > LOST_ATTEMPTS_MAX) return false;
    this.#lostAttempts.set(sid, lost);
    return true;
  }
}
