import { z } from 'zod';

const number = (min: number, max: number) =>
  z.string().transform((text, context) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    context.addIssue({ code: 'custom', message: `give a whole number from ${min} to ${max}` });
    return z.NEVER;
  });
const httpUrl = z
  .string('give a URL starting with http:// or https://')
  .refine((text) => URL.canParse(text) && /^https?:/.test(text), {
    error: 'give a URL starting with http:// or https://',
  });

/** Every variable that the simulator reads when it is a process of its own. */
export const settingsSchema = z.object({
  PORT: number(0, 65_535).prefault('8090').describe('Port of the look-alikes'),
  LISTEN_HOST: z.string().prefault('0.0.0.0').describe('Address that the port is opened on'),
  TWILIO_ACCOUNT_SID: z
    .string('give the account that is simulated')
    .regex(/^AC[0-9a-f]{32}$/i, 'give AC and 32 hexadecimal digits')
    // As the services write it, whatever letters it was given in.
    .overwrite((sid) => `AC${sid.slice(2).toLowerCase()}`)
    .describe('The simulated account'),
  TWILIO_AUTH_TOKEN: z
    .string('give the token that signs the callbacks')
    .min(1)
    .describe('Signs callbacks and opens the REST API; the same value as the services have'),
  TWILIO_AUTH_TOKEN_NEXT: z
    .string()
    .min(1)
    .optional()
    .describe('The secondary token: faults may sign with it, and it opens the REST API as well'),
  PUBLIC_BASE_URL: z
    .string('give a URL starting with http:// or https://')
    // Ingest may have several with commas between them; the first is the one that callbacks go to.
    .transform((text) => text.split(',')[0]?.trim())
    .pipe(httpUrl)
    .describe('Where ingest is reached; must be the value that ingest has'),
  DEEPGRAM_API_KEY: z
    .string()
    .optional()
    .describe('The only key that the Deepgram look-alike lets in; absent means any'),
  SIMULATOR_DATA_DIR: z
    .string()
    .prefault('./data/simulator')
    .describe('Folder of calls, recordings and spoken sentences'),
  SIMULATOR_URL: httpUrl
    .optional()
    .describe('Where the simulator is reached, for RecordingUrl; absent means its own address'),
  SIMULATOR_SPEED: number(1, 100_000).prefault('50').describe('Seconds of a call that pass in one second'),
  SIMULATOR_CONNECTION_OVERRIDES: z
    .string()
    .regex(/^[a-z]{2}=[\w,]+(&[a-z]{2}=[\w,]+)*$/, 'give connection overrides such as rc=5&rp=all')
    .optional()
    .describe('How requests are retried whose URL does not say it in its fragment; absent means as Twilio does'),
  SIMULATOR_SCENARIO: z
    .string()
    .optional()
    .describe('A JSON file with what is done from the start on; --scenario names one as well'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'], {
      error: 'give trace, debug, info, warn, error or silent',
    })
    .prefault('info')
    .describe('info and below: a line for each delivery'),
});

export type Settings = z.output<typeof settingsSchema>;

/** Thrown with every bad value in one message, each with its remedy. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/**
 * Checks the environment. Empty strings count as absent, as Compose writes them.
 * @throws SettingsError naming every bad setting
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Settings {
  const given = Object.keys(settingsSchema.shape).flatMap((name): [string, string][] => {
    const value = environment[name]?.trim();
    return value ? [[name, value]] : [];
  });
  const result = settingsSchema.safeParse(Object.fromEntries(given));
  if (result.success) return result.data;
  const lines = result.error.issues.map(({ path, message }) => {
    const name = path.join('.');
    const value = Object.fromEntries(given)[name];
    const state = value === undefined ? 'is missing' : /TOKEN|KEY|_URL$/.test(name) ? 'is not usable' : `is "${value}"`;
    return `  ${name} ${state}: ${message}`;
  });
  throw new SettingsError(`the environment has ${lines.length} unusable setting(s):\n${lines.join('\n')}`);
}
