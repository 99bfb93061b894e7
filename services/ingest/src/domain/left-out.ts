/**
 * Something that Twilio signed and of which nothing is kept. It is answered 204 all the same: refusing it would only make Twilio
 * send it again, and with it everything that came in the same request.
 */
export interface LeftOut {
  reason:
    | 'unknown-kind'
    /** What the owner of a sink asked Twilio to send, to see it arrive. */
    | 'sink-test'
    /** A debugger line below a warning; such lines are what the user's own functions print. */
    | 'informational'
    /** Voice Insights describe a call's quality, for which there is no event yet. */
    | 'insights'
    | 'other-account'
    /** It lacks what makes it a fact, such as its SID. */
    | 'incomplete';
  /** What it was, in Twilio's words. */
  kind: string;
  /** What it lacks, or what its test is named. */
  detail?: string;
  /** Of the call that it tells of, where that can be known. */
  callSid?: string | undefined;
}
