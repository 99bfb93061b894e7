import type { CallState } from '../twilio/account-state.ts';
import { API_VERSION } from '../twilio/resources.ts';
import { rfc2822 } from '../twilio/rfc2822.ts';
import type { Parameters } from '../twilio/signature.ts';

type Pair = readonly [string, string];

/** Calling codes of the countries that a demonstration is likely to use; Twilio sends an empty value where it knows none. */
const COUNTRIES: readonly (readonly [prefix: string, country: string])[] = [
  ['+1', 'US'],
  ['+44', 'GB'],
  ['+49', 'DE'],
  ['+33', 'FR'],
  ['+61', 'AU'],
];

const countryOf = (number: string) => COUNTRIES.find(([prefix]) => number.startsWith(prefix))?.[1] ?? '';

/**
 * The parameters of a request for TwiML, in the order in which Twilio sends them (as in published requests; the
 * documentation lists them without one). City, state and zip are sent empty, as for numbers whose place is unknown.
 */
export function voiceParameters(leg: CallState, status: string, extra: Parameters = []): Parameters {
  return [...head(leg), ...middle(leg), ['CallStatus', status], ...tail(leg), ...extra];
}

export interface StatusDetails {
  status: string;
  sequenceNumber: number;
  at: Date;
  sipResponseCode?: number | undefined;
}

/** The parameters of a call progress event. Source: Twilio "Call resource", "Statuscallback parameters". */
export function statusParameters(
  leg: CallState,
  { status, sequenceNumber, at, sipResponseCode }: StatusDetails,
): Parameters {
  const isEnd = leg.duration !== null;
  const [called, ...rest] = head(leg);
  const [toZip, ...after] = middle(leg);
  return [
    ...(called ? [called] : []),
    ...parent(leg),
    ...rest,
    ['Timestamp', rfc2822(at)],
    ['CallbackSource', 'call-progress-events'],
    ...when(sipResponseCode !== undefined, ['SipResponseCode', String(sipResponseCode)]),
    ['CallerState', ''],
    ...(toZip ? [toZip] : []),
    ['SequenceNumber', String(sequenceNumber)],
    ...after,
    ['CallStatus', status],
    ...when(isEnd, ['Duration', String(Math.ceil((leg.duration ?? 0) / 60))]),
    ...when(isEnd, ['CallDuration', String(leg.duration)]),
    ...tail(leg),
  ];
}

const when = (condition: boolean, pair: Pair): Pair[] => (condition ? [pair] : []);
const parent = (leg: CallState) => when(leg.parentCallSid !== null, ['ParentCallSid', leg.parentCallSid ?? '']);

const head = (leg: CallState): Pair[] => [
  ['Called', leg.to],
  ['ToState', ''],
  ['CallerCountry', countryOf(leg.from)],
  ['Direction', leg.direction],
];

const middle = (leg: CallState): Pair[] => [
  ['ToZip', ''],
  ['CallSid', leg.sid],
  ['To', leg.to],
  ['CallerZip', ''],
  ['ToCountry', countryOf(leg.to)],
  ['CalledZip', ''],
  ['ApiVersion', API_VERSION],
  ['CalledCity', ''],
];

const tail = (leg: CallState): Pair[] => [
  ['From', leg.from],
  ['AccountSid', leg.accountSid],
  ['CalledCountry', countryOf(leg.to)],
  ['CallerCity', ''],
  ['Caller', leg.from],
  ['FromCountry', countryOf(leg.from)],
  ['ToCity', ''],
  ['FromCity', ''],
  ['CalledState', ''],
  ['FromZip', ''],
  ['FromState', ''],
];
