/** Who caused an effect, as it is written into audit entries. */
export interface Actor {
  kind: 'service' | 'token' | 'person';
  /** The service's name, the token's id or the person's subject; never a secret and never a phone number. */
  id: string;
  /** What it was allowed to do at that moment. */
  role?: string | undefined;
}

/** What a party said in its call or conference, where no token of anybody's recorded it. */
export interface Answer {
  kind: 'answer';
  /** Of the call or the conference. */
  id: string;
  /** How it was given, such as `key-press`. */
  method: string;
}

/** The service itself: what follows from events, policies and the clock. */
export const RETENTION: Actor = { kind: 'service', id: 'retention' };
