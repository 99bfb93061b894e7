/** What Twilio's debugger reported about a leg of a call. */
export interface Alert {
  alertSid: string;
  callSid: string;
  level: string;
  errorCode: string;
  text?: string | undefined;
  sipResponseCode?: number | undefined;
  /** What Twilio said beside the text, by its own names. */
  details: Readonly<Record<string, string>>;
  raisedAt: Date;
}
