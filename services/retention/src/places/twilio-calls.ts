/** Twilio's records of call legs. */
export interface CallPlace {
  /**
   * Deletes the record of a leg that has ended, and confirms it by a fresh look.
   * @throws an error whose message says what to do; `retryAfterMs` where Twilio named a time
   */
  deleteCall(name: { accountSid: string; callSid: string }): Promise<'deleted' | 'already-gone'>;
}
