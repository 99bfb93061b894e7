import { canonicalSid } from '@onrecord/shared/events';

/** What Twilio sent, by name; a repeated parameter is joined by commas. */
export type Parameters = Readonly<Record<string, string>>;

/** A parameter that Twilio never sends like this. */
export class ParameterError extends Error {
  override readonly name = 'ParameterError';
  readonly parameter: string;
  /** Of the call that was told of, where that is known. */
  callSid: string | undefined;
  constructor(parameter: string, problem: string) {
    super(`${parameter} ${problem}`);
    this.parameter = parameter;
  }
}

/** @throws ParameterError when it is missing or empty */
export function required(parameters: Parameters, name: string): string {
  const value = parameters[name];
  if (value === undefined || value === '') throw new ParameterError(name, 'is missing');
  return value;
}

export const optional = (parameters: Parameters, name: string): string | undefined => parameters[name] || undefined;

/** Lets what refuses a callback say of which call it was. */
export const namingCall =
  ({ CallSid = '' }: { readonly CallSid?: string | undefined } = {}) =>
  (error: unknown): never => {
    const callSid = canonicalSid(CallSid);
    if (error instanceof ParameterError && /^CA[0-9a-f]{32}$/.test(callSid)) error.callSid = callSid;
    throw error;
  };

const SID_DIGITS = /^[0-9a-f]{32}$/;

/** In Twilio's own spelling, whatever its letters were. @throws ParameterError when it is missing or has another form */
export const requiredSid = (parameters: Parameters, name: string, prefix: string): string =>
  checkSid(required(parameters, name), name, prefix);

/** Absent and empty are the same. @throws ParameterError when it has another form */
export function optionalSid(parameters: Parameters, name: string, prefix: string): string | undefined {
  const value = optional(parameters, name);
  return value === undefined ? undefined : checkSid(value, name, prefix);
}

function checkSid(value: string, name: string, prefix: string): string {
  const sid = canonicalSid(value);
  if (sid.startsWith(prefix) && SID_DIGITS.test(sid.slice(prefix.length))) return sid;
  throw new ParameterError(name, `must be ${prefix} and 32 hexadecimal digits`);
}

/** A count or a duration; what is not one is left to `parameters`, because a callback is never refused for it. */
export function number(parameters: Parameters, name: string): number | undefined {
  const value = parameters[name];
  return value !== undefined && /^\d{1,12}(\.\d{1,9})?$/.test(value) ? Number(value) : undefined;
}

/** The ledger keeps whole numbers in 32 bits. */
const WHOLE_NUMBER_MAX = 2 ** 31 - 1;

export function wholeNumber(parameters: Parameters, name: string): number | undefined {
  const value = number(parameters, name);
  return value !== undefined && Number.isInteger(value) && value <= WHOLE_NUMBER_MAX ? value : undefined;
}

/** Any word may become a status; but it is part of the event's id, by which the fact is found again. */
const STATUS_CHARACTERS_MAX = 100;

/** @throws ParameterError when it is missing, or longer than any word */
export function requiredStatus(parameters: Parameters, name: string): string {
  const status = required(parameters, name);
  if (status.length <= STATUS_CHARACTERS_MAX) return status;
  throw new ParameterError(name, `must have at most ${STATUS_CHARACTERS_MAX} characters`);
}

/** An RFC 2822 or ISO 8601 time as ISO 8601; undefined for anything else, and for years that no call was made in. */
export function instant(parameters: Parameters, name: string): string | undefined {
  const ms = Date.parse(parameters[name] ?? '');
  return ms >= EARLIEST_MS && ms < LATEST_MS ? new Date(ms).toISOString() : undefined;
}

/** Twilio was founded in 2008; a time beyond 2100 is a mistake. */
const EARLIEST_MS = Date.UTC(2008, 0, 1);
const LATEST_MS = Date.UTC(2100, 0, 1);

/** The account that the callback is of. @throws ParameterError when it is missing, or another than the one served here */
export function requiredAccount(parameters: Parameters, accountSid: string): string {
  const named = requiredSid(parameters, 'AccountSid', 'AC');
  if (named === accountSid) return accountSid;
  throw new ParameterError(
    'AccountSid',
    `is ${named}, which is not served here: add it with its token to ACCOUNTS_FILE`,
  );
}
