/** What a hold selects: whatever fits every field that is set. */
export interface HoldSelector {
  recordingSid?: string | undefined;
  callSid?: string | undefined;
  /** In E.164; absent once the hold is released. */
  number?: string | undefined;
  /** The pseudonym of the number. */
  party?: string | undefined;
  /** Of every way to spell the number as digits, the pseudonym; present where it has a number. */
  names?: readonly string[] | undefined;
  /** Everything of the account. */
  wholeAccount?: boolean | undefined;
  /** Recordings of which any part is at or after this moment. */
  from?: Date | undefined;
  /** Recordings that begin before this moment. */
  until?: Date | undefined;
}

/** What a recording is selected by. */
export interface HoldSubject {
  recordingSid: string;
  /** Every leg of its call, and everybody who was in its conference. */
  legs: readonly string[];
  /**
   * Of everybody who had anything to do with those legs: numbers in E.164, the pseudonyms of what could be a number, as it was spelt, and
   * those that have taken a number's place.
   */
  numbers: readonly string[];
  /** As far as it is known: a recording whose times are not known fits every period. */
  startedAt?: Date | undefined;
  endedAt?: Date | undefined;
  /** There are more legs than were read: it fits every call and number. */
  isPartlyRead?: boolean;
}

const isSelective = (selector: HoldSelector): boolean =>
  Object.values(selector).some((value) => value !== undefined && value !== false);

/** Whether a hold with this selector covers the recording; one that selects nothing covers nothing. */
export function covers(selector: HoldSelector, subject: HoldSubject): boolean {
  const { recordingSid, callSid, number, party, names: spelt = [], from, until } = selector;
  const isPartlyRead = subject.isPartlyRead === true;
  if (!isSelective(selector)) return false;
  if (recordingSid !== undefined && recordingSid !== subject.recordingSid) return false;
  if (callSid !== undefined && !isPartlyRead && !subject.legs.includes(callSid)) return false;
  const names = [number, party, ...spelt].filter((name) => name !== undefined);
  if (names.length > 0 && !isPartlyRead && !names.some((name) => subject.numbers.includes(name))) return false;
  if (from !== undefined && subject.endedAt !== undefined && subject.endedAt < from) return false;
  return until === undefined || subject.startedAt === undefined || subject.startedAt < until;
}

/** A hold that covers a recording. */
export interface HeldBy {
  holdId: string;
  matterId: string;
  /** When the ledger wrote down that it does; absent where it has only just been found. */
  coveredAt?: Date | undefined;
}

export interface Hold {
  holdId: string;
  matterId: string;
  selector: HoldSelector;
  reason?: string | undefined;
  /** Who did it, as `kind:id`. */
  placedBy: string;
  placedAt: Date;
  releaseRequest?: { by: string; at: Date; reason?: string | undefined } | undefined;
  release?: { by: string; at: Date } | undefined;
}

export type ReleaseStep = { outcome: 'released' | 'requested'; hold: Hold } | { outcome: 'refused'; reason: string };

/**
 * Somebody wants the hold released. Where that takes a second person, it stands until another one approves.
 * @param by as `kind:id`
 */
export function requestRelease(
  hold: Hold,
  { by, at, reason }: { by: string; at: Date; reason?: string | undefined },
  needsSecondPerson: boolean,
): ReleaseStep {
  if (hold.release !== undefined) return refused('The hold is released already.');
  if (hold.releaseRequest !== undefined) {
    return refused('Its release is asked for already: another person approves it.');
  }
  const requested = { ...hold, releaseRequest: { by, at, reason } };
  if (needsSecondPerson) return { outcome: 'requested', hold: requested };
  return { outcome: 'released', hold: { ...requested, release: { by, at } } };
}

/** A second person releases the hold: neither who asked for it nor who placed the hold. */
export function approveRelease(hold: Hold, { by, at }: { by: string; at: Date }): ReleaseStep {
  if (hold.release !== undefined) return refused('The hold is released already.');
  if (hold.releaseRequest === undefined) return refused('Nobody has asked for its release yet.');
  if (by === hold.releaseRequest.by)
    return refused('Who asked for the release cannot approve it: it takes another person.');
  if (by === hold.placedBy) return refused('Who placed the hold cannot approve its release: it takes another person.');
  return { outcome: 'released', hold: { ...hold, release: { by, at } } };
}

const refused = (reason: string): ReleaseStep => ({ outcome: 'refused', reason });
