import type { Deletion } from './deletion.ts';
import type { HeldBy } from './hold.ts';

/** What of a recording's entry this is about. */
interface Holdable {
  holds?: readonly HeldBy[] | undefined;
  inFlight?: readonly InFlight[] | undefined;
}

/** Under a hold nothing of the recording is deleted, whatever else asks for it. */
export const isHeld = ({ holds = [] }: Holdable): boolean => holds.length > 0;

/** What was about to be deleted is under a hold. */
export class HeldError extends Error {
  override readonly name = 'HeldError';
}

/**
 * An attempt at a deletion that may be taking something away; beyond `until` it does not, even if it was never heard of again. By the
 * database's clock: those who delete and those who hold may each have one of their own that is wrong.
 */
export interface InFlight {
  attempt: string;
  until: Date;
}

/**
 * Lets an attempt take away what it has noted. Whoever places a hold afterwards sees that it may be doing so.
 * @throws HeldError under a hold
 */
export function allowDeletion<Entry extends Holdable>(entry: Entry, inFlight: InFlight, now: Date): Entry {
  if (isHeld(entry)) {
    const matters = [...new Set(entry.holds?.map(({ matterId }) => matterId))];
    throw new HeldError(`it is held for ${matters.join(', ')}`);
  }
  const others = stillInFlight(entry, now).filter(({ attempt }) => attempt !== inFlight.attempt);
  return { ...entry, inFlight: [...others, inFlight] };
}

/** The attempt has ended, with whatever it noted gone or still there. */
export const endAttempt = <Entry extends Holdable>(entry: Entry, attempt: string): Entry => ({
  ...entry,
  inFlight: entry.inFlight?.filter((each) => each.attempt !== attempt),
});

export const stillInFlight = ({ inFlight = [] }: Holdable, now: Date): readonly InFlight[] =>
  inFlight.filter(({ until }) => until > now);

/** Begun, and nothing was noted as found yet: nothing can be gone. */
export const isUntouched = ({ objects, source }: Pick<Deletion, 'objects' | 'source'>): boolean =>
  objects.found.length === 0 &&
  objects.deleted.length === 0 &&
  source.seenAt === undefined &&
  source.outcome === undefined;
