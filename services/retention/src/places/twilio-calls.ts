/** Twilio's records of call legs. */
export interface CallPlace {
  /**
   * Deletes the record of a leg that has ended, and confirms it by a fresh look. `before` is called right before Twilio is asked to
   * delete what it shows, and nothing is deleted when that fails.
   * @returns `not-found` where Twilio does not know the call at the first look: that alone is no evidence of a deletion
   * @throws what `before` throws; an error whose message says what to do; `retryAfterMs` where Twilio named a time
   */
  deleteCall(
    name: { accountSid: string; callSid: string },
    before: () => Promise<unknown>,
  ): Promise<'deleted' | 'not-found'>;
}
