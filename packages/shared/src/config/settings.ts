import { isIP } from 'node:net';
import { z } from 'zod';

/** The process environment as any `config.ts` takes it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Thrown with every bad value in one message, each with its remedy. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  /** One line for each bad value. */
  readonly problems: readonly string[];
  constructor(problem: string | readonly string[]) {
    super(typeof problem === 'string' ? problem : listProblems(problem));
    this.problems = typeof problem === 'string' ? [problem] : problem;
  }
}

const listProblems = (problems: readonly string[]) =>
  [`the environment has ${problems.length} unusable setting(s):`, ...problems.map((problem) => `  ${problem}`)].join(
    '\n',
  );

/**
 * Checks the environment against a schema of settings. Empty strings count as absent, as Compose and `.env` files write them.
 * @throws SettingsError naming every bad setting
 */
export function readSettings<T extends z.ZodRawShape>(schema: z.ZodObject<T>, environment: Environment) {
  const known: Record<string, string> = {};
  for (const name of Object.keys(schema.shape)) {
    const value = environment[name]?.trim();
    if (value) known[name] = value;
  }
  const result = schema.safeParse(known);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    const name = issue.path.join('.');
    const value = known[name];
    if (name === '') return issue.message;
    if (value === undefined) {
      // A check across settings says why this one is needed; an absent required one is described.
      return `${name} is missing: ${issue.code === 'custom' ? issue.message : describe(schema, name)}`;
    }
    return `${name} ${isSecret(name, value) ? 'has a value that is not usable' : `is "${value}"`}: ${issue.message}`;
  });
  throw new SettingsError(problems);
}

/** What a missing setting is for, from its `.describe()`. */
function describe(schema: z.ZodObject, name: string): string {
  const field = schema.shape[name] as z.ZodType | undefined;
  return field?.description ?? 'it is required';
}

/** A URL may be shown where it has no place for a password: neither user information nor a query. */
const isSecret = (name: string, value: string) =>
  (/TOKEN|SECRET|KEY|PASSWORD/.test(name) && !ABOUT_SECRETS.test(name)) || (/_URL$/.test(name) && /[@?]/.test(value));

/** A number about secrets, or the file that has them: TOKEN_LIFETIME_MAX, FAILED_TOKENS_PER_MINUTE, RECORDING_KEYS_FILE. */
const ABOUT_SECRETS = /_(MAX|PER_MINUTE|FILE)$/;

const DURATION_UNITS_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A duration such as `500ms`, `30s`, `10m`, `24h` or `30d`, read as milliseconds. `absent` says what leaving it out means. */
export const duration = (bounds: { min?: string; max?: string; absent?: string } = {}) =>
  z.string().transform((text, context) => {
    const ms = parseDuration(text);
    const [min, max] = [bounds.min, bounds.max].map((bound) =>
      bound === undefined ? undefined : parseDuration(bound),
    );
    if (ms === undefined || (min !== undefined && ms < min) || (max !== undefined && ms > max)) {
      const range = [bounds.min && `at least ${bounds.min}`, bounds.max && `at most ${bounds.max}`].filter(Boolean);
      context.addIssue({
        code: 'custom',
        message: `give a duration such as 500ms, 30s, 10m, 24h or 30d${range.length ? ` (${range.join(', ')})` : ''}${bounds.absent ? `, or leave it out for ${bounds.absent}` : ''}`,
      });
      return z.NEVER;
    }
    return ms;
  });

function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text);
  return match ? Number(match[1]) * DURATION_UNITS_MS[match[2] as keyof typeof DURATION_UNITS_MS] : undefined;
}

/** A whole number within bounds. */
export const wholeNumber = (min: number, max: number) =>
  z.string().transform((text, context) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    context.addIssue({ code: 'custom', message: `give a whole number from ${min} to ${max}` });
    return z.NEVER;
  });

export const flag = () =>
  z.enum(['true', 'false'], { error: 'give true or false' }).transform((text) => text === 'true');

/** A TCP port; 0 lets the operating system choose. */
export const port = () => wholeNumber(0, 65_535);

/** One of this machine's addresses, or 0.0.0.0 or :: for all of them; `localhost` is 127.0.0.1. */
export const ipAddress = () =>
  z
    .string()
    .overwrite((text) => (text.toLowerCase() === 'localhost' ? '127.0.0.1' : text))
    .refine((text) => isIP(text) !== 0, { error: 'give an IP address, such as 127.0.0.1 or 0.0.0.0' });

export const url = (...protocols: string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    error: `give a URL starting with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  });
