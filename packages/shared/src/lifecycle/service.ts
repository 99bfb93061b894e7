/** Something that runs until it is stopped. */
export interface Service {
  /** Where it can be reached, by name. */
  readonly addresses: Readonly<Record<string, string>>;
  /** Resolves with the reason when the service cannot continue and its process should end. */
  readonly failed: Promise<Error>;
  /** Drains and closes; safe to call more than once. */
  stop(): Promise<void>;
}
