/** "Attempt to send to unsubscribed recipient": the person replied STOP. Source: Twilio's error catalogue. */
const OPTED_OUT = 21_610;

/** "Rate limit exceeded" and "exceeded the maximum number of queued messages": the same request can succeed later. Same source. */
const PASSING = new Set([14_107, 21_611]);

/** Codes of the account and of the API itself, such as a refused login: no judgement of the message. Same source. */
const isOfApi = (code: number) => code >= 20_000 && code < 21_000;

/** What Twilio's refusal of a message means: for good, for the moment, or nothing about the message. */
export function judgeRefusal(status: number, code: number): 'refused' | 'passing' | 'other' {
  if (PASSING.has(code)) return 'passing';
  return status >= 400 && status < 500 && status !== 429 && !isOfApi(code) ? 'refused' : 'other';
}

export const failureOf = (code: number) => ({
  cause: code === OPTED_OUT ? 'opted-out' : 'refused',
  errorCode: String(code),
  isOptedOut: code === OPTED_OUT,
});
