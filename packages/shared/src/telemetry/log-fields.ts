import { maskNumber } from './mask-number.ts';

/**
 * The only fields that a log line can have beside its message. A field that is not here is dropped: what nobody allowed cannot
 * leak. Names of fields with phone numbers end up masked, everything else is a SID, a hash, a count, a state or a stage.
 */
const NAMES = [
  ...['service', 'group', 'topic', 'partition', 'offset', 'key', 'at', 'member'],
  ...['accountSid', 'callSid', 'parentCallSid', 'recordingSid', 'conferenceSid', 'alertSid', 'deletionId', 'decision'],
  ...[
    'eventId',
    'eventType',
    'type',
    'attempt',
    'attempts',
    'stage',
    'reason',
    'retryAfterMs',
    'traceparent',
    'traceId',
  ],
  ...[
    'status',
    'method',
    'path',
    'port',
    'address',
    'host',
    'url',
    'signedUrl',
    'httpStatus',
    'durationMs',
    'waitedMs',
  ],
  ...['bytes', 'sha256', 'objects', 'channels', 'seconds', 'durationSeconds', 'provider', 'requestId', 'simulated'],
  ...['rule', 'outcome', 'purposes', 'policy', 'state', 'due', 'count', 'records', 'partitions', 'topics', 'epoch'],
  ...['component', 'version', 'migration', 'name', 'setting', 'signal', 'pid', 'folder', 'err', 'from', 'to', 'cause'],
  ...[
    'remaining',
    'nextAttemptAt',
    'deleteAfter',
    'reviewAt',
    'code',
    'remedy',
    'parameter',
    'brokers',
    'bucket',
    'store',
  ],
] as const;
const ALLOWED: ReadonlySet<string> = new Set(NAMES);

/** The name of a field that is written. */
export type LogField = (typeof NAMES)[number];

const NUMBERS = new Set(['from', 'to']);
/** Longer texts are cut, so that no body of a request or an answer fills the log. */
const TEXT_CHARACTERS_MAX = 2_000;

/** What of `fields` may be written. Nested objects are reduced the same way. */
export function allowedFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (ALLOWED.has(name) && value !== undefined) kept[name] = name === 'err' ? value : safe(name, value);
  }
  return kept;
}

function safe(name: string, value: unknown): unknown {
  if (typeof value === 'string') return cut(NUMBERS.has(name) ? maskNumber(value) : withoutSecrets(value));
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item) => safe(name, item));
  if (typeof value === 'object' && value !== null) return allowedFields(value as Record<string, unknown>);
  return typeof value === 'function' ? undefined : value;
}

const cut = (text: string) =>
  text.length <= TEXT_CHARACTERS_MAX ? text : `${text.slice(0, TEXT_CHARACTERS_MAX)}… (${text.length} characters)`;

/** Free text such as an error message can quote a URL with credentials, an Authorization header or a phone number. */
export const withoutSecrets = (text: string): string =>
  maskPlusNumbers(
    text
      .replace(/(\w[\w+.-]*:\/\/)[^/\s:@]*(:[^/\s@]*)?@/g, '$1***@')
      .replace(/\b(authorization["']?\s*[:=]\s*["']?(?:Basic|Bearer|Token))\s+[^\s"',]+/gi, '$1 ***')
      .replace(/\b(Basic|Bearer|Token)\s+([\w+/=.~-]{6,})/gi, (text, scheme, next) =>
        looksSecret(next) ? `${scheme} ***` : text,
      ),
  );

/** What a credential has and a word does not: "no configured token signed this" is to be read. */
const looksSecret = (text: string) => text.length >= 16 || /\d|[a-z][A-Z]|[+=]/.test(text);

/** Only with a plus sign: digits alone may be an offset, a byte count or a time. */
const maskPlusNumbers = (text: string) => text.replace(/(?:\+|%2B)\d{7,15}/gi, (number) => maskNumber(number));

/** An error as a log line has it: name, message, code, stack and causes; none of the fields that libraries hang onto errors. */
export function serializeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return { message: withoutSecrets(cut(String(error))) };
  const { code, stage, cause } = error as Error & { code?: unknown; stage?: unknown };
  return {
    name: error.name,
    message: withoutSecrets(cut(error.message)),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(typeof stage === 'string' ? { stage } : {}),
    stack: withoutSecrets(cut(error.stack ?? '')),
    ...(cause === undefined || depth >= CAUSES_MAX ? {} : { cause: serializeError(cause, depth + 1) }),
  };
}

/** A chain of causes that refers to itself ends here. */
const CAUSES_MAX = 5;
