/**
 * Something that Twilio signed and of which nothing is kept. It is answered 204 all the same: refusing it would only make Twilio
 * send it again, and with it everything that came in the same request.
 */
export interface LeftOut {
  reason:
    | 'unknown-kind'
    /** A debugger line below a warning; such lines are what the user's own functions print. */
    | 'informational'
    /** Voice Insights describe a call's quality, for which there is no event yet. */
    | 'insights'
    | 'other-account'
    /** It lacks what makes it a fact, such as its SID. */
    | 'incomplete';
  /** What it was, in Twilio's words. */
  kind: string;
  /** What it lacks. */
  detail?: string;
}
