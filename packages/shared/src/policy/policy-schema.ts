import { z } from 'zod';
import { askedOptions } from '../events/index.ts';
import { PROVIDERS } from '../transcription/provider-capabilities.ts';
import { isJurisdiction, likelyJurisdiction } from './jurisdictions.ts';
import { PERIOD, PERIOD_FORM } from './period.ts';

/** What is kept of a recording, by what it is. */
export const DATA_CLASSES = ['audio', 'transcript', 'providerResponse', 'metadata', 'numbers'] as const;
export type DataClass = (typeof DATA_CLASSES)[number];

export const SHARED_CALLS = ['erase', 'restrict', 'keep-with-pseudonym'] as const;
export const CONSENT_MODES = ['explicit', 'notice', 'none', 'by-rule'] as const;
export const SHARING = ['unless-refused', 'cleared'] as const;

/** What makes recordings. Source: Twilio, Recording resource, "source"; `StartCallRecordingTwiML` is told besides. */
const SOURCES = [
  'DialVerb',
  'Conference',
  'OutboundAPI',
  'Trunking',
  'RecordVerb',
  'StartCallRecordingAPI',
  'StartConferenceRecordingAPI',
  'StartCallRecordingTwiML',
] as const;

const RULES_MAX = 200;
const VALUES_MAX = 500;

const A_PERIOD = `give a period such as ${PERIOD_FORM}`;
const period = (what = A_PERIOD) =>
  z.string(what).regex(PERIOD, {
    error: ({ input }) => {
      const [, count] = /^(\d+)m$/i.exec(input ?? '') ?? [];
      return count === undefined ? what : `write ${count}mo for months or ${count}min for minutes`;
    },
  });
/** A length of time that ends. */
const finite = (what = A_PERIOD) => period(what).refine((text) => text !== 'forever', { error: what });
/** Also the period's own: of a text that is none of these, zod tells what the period says of it. */
const FROM_TWILIO = `give after-archive, with-audio, or a period after the archive such as ${PERIOD_FORM}`;
const A_WAIT = 'give a time such as 30min, 36h, 30d or 2w';
/** How long something is waited for: a month is too vague for that. */
const wait = () => z.string(A_WAIT).regex(/^[1-9]\d{0,5}(?:min|h|d|w)$/, A_WAIT);
const kept = () => period(`${A_PERIOD}, or forever`);
const choice = <const T extends readonly string[]>(values: T) => z.enum(values, { error: `give ${orList(values)}` });
const text = (what: string, max: number) => z.string(what).trim().min(1, what).max(max, what);
const list = <T extends z.ZodType>(each: T, what: string) =>
  z.array(each, `give a list of ${what}`).min(1, `give at least one of ${what}, or leave it out`).max(VALUES_MAX);
/** Strict: what is misspelt would be left alone otherwise. */
const section = <T extends z.ZodRawShape>(shape: T, what: string) =>
  z.strictObject(shape, { error: whatIsWrong(what) });

const whatIsWrong = (what: string) => (issue: { code?: string }) =>
  issue.code === 'unrecognized_keys' ? undefined : `give ${what}`;

const orList = (values: readonly string[]) => `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;

const A_NUMBER = 'give a number as "+14155550100", or how numbers begin as "+4930*", in quotes';
const A_NAME = 'give 1 to 63 small letters, digits and -, beginning with a letter';
const name = () => z.string(A_NAME).regex(/^[a-z][a-z0-9-]{0,62}$/, A_NAME);

const jurisdiction = z.string('give a code such as DE, US-CA or EU').refine(isJurisdiction, {
  error: ({ input }) => {
    const meant = likelyJurisdiction(String(input));
    return `${meant === undefined ? '' : `did you mean ${meant}? `}give a country by ISO 3166-1 such as DE, a state or province such as US-CA or CA-ON, or EU`;
  },
});

const selectors = section(
  {
    accounts: list(z.string().regex(/^AC[0-9a-f]{32}$/, 'give AC and 32 hexadecimal digits'), 'accounts'),
    numbers: list(z.string(A_NUMBER).regex(/^\+[1-9]\d{0,14}\*?$/, A_NUMBER), 'numbers').describe(
      'Of either side, and of every leg of the call',
    ),
    directions: list(choice(['inbound', 'outbound']), 'directions').describe('Of the recorded leg'),
    jurisdictions: list(jurisdiction, 'jurisdictions').describe('Of any party, by its number'),
    sources: list(choice(SOURCES), 'sources').describe('What made the recording, in Twilio’s words'),
    tags: list(z.string().regex(/^[a-z0-9][a-z0-9._:-]{0,63}$/, 'give small letters, digits and . _ : -'), 'tags'),
  },
  'selectors, such as { directions: [inbound] }',
).partial();

const periods = section(
  {
    audio: kept().describe('media.wav or media.mp3, and its waveform; Twilio’s copy is gone by then, too'),
    transcript: kept().describe('transcript.json and its forms, and the search text'),
    providerResponse: kept().describe('What the provider was asked and answered'),
    metadata: kept().describe(
      'What the ledger knows of the recording and of its call; it goes last, never before the recording is gone',
    ),
    numbers: kept().describe('Telephone numbers in the ledger; pseudonyms take their place'),
  },
  'a period for each class of data',
);

const minimum = section(
  {
    classes: list(choice(DATA_CLASSES), 'classes of data'),
    period: finite(),
    source: text('give the law or rule that says so, with its article', 500),
  },
  'a minimum with classes, period and source',
);

const consent = section(
  {
    mode: choice(CONSENT_MODES).describe('by-rule: what the jurisdictions of the parties ask for'),
    gracePeriod: wait().describe('How long unknown consent waits before the recording is withheld; 1h where absent'),
    sharing: choice(SHARING).describe(
      'When addresses of audio are given out that need no token; cleared: only of what is agreed to be shared; unless-refused where absent',
    ),
    onRefusal: choice(['delete', 'withhold']).describe('delete where absent'),
    refusalDelay: wait().describe('How long a refusal can be undone before the deletion; 24h where absent'),
    withheldPeriod: kept().describe('How long withheld recordings stay, from their report; forever where absent'),
  },
  'what is asked of the parties',
);

const asked = {
  provider: choice(PROVIDERS),
  options: askedOptions.default({}),
};

const transcription = z.union(
  [
    z.literal('none'),
    section({ ...asked, fallback: section(asked, 'provider and options').optional() }, 'provider and options'),
  ],
  { error: 'give none, or a provider with its options' },
);

const settings = {
  periods: periods.partial().optional(),
  minimums: z
    .array(minimum, 'give a list of minimums')
    .max(VALUES_MAX)
    .optional()
    .describe('By law; the longest counts'),
  twilioDeletion: z
    .union([choice(['after-archive', 'with-audio']), finite(FROM_TWILIO)], { error: FROM_TWILIO })
    .optional()
    .describe('When Twilio’s copy goes: right after a verified archive, some time after it, or with the audio'),
  consent: consent.partial().optional(),
  transcription: transcription.optional().describe('What the settings of the installation say where absent'),
  mediaFormat: choice(['wav', 'mp3']).optional().describe('What the transcriber’s MEDIA_FORMAT says where absent'),
  holdRelease: choice(['one-person', 'two-persons'])
    .optional()
    .describe(
      'Whether it takes a second person to release a hold; of all rules the stricter counts, and the setting of the installation',
    ),
  sharedCalls: choice(SHARED_CALLS)
    .optional()
    .describe(
      'What becomes of a recording with other parties when one of them is erased: it goes, it stays unread, or it stays with a pseudonym for that party; erase where absent',
    ),
};

const rule = section({ name: name(), select: selectors, ...settings }, 'a rule with name and select');

/** A policy as it is written. Everything that needs more than one value to be judged is in `check-policy.ts`. */
export const policySchema = section(
  {
    name: name(),
    description: text('say what it is for', 2_000).optional(),
    matching: choice(['exclusive', 'first'])
      .optional()
      .describe('exclusive where absent: no two rules may fit one call'),
    defaults: section({ ...settings, periods, consent: consent.partial().required({ mode: true }) }, 'defaults'),
    rules: z.array(rule, 'give a list of rules').max(RULES_MAX, `give at most ${RULES_MAX} rules`).optional(),
  },
  'a policy with name and defaults',
);

export type PolicyDocument = z.output<typeof policySchema>;
export type PolicyRule = NonNullable<PolicyDocument['rules']>[number];
export type Selectors = z.output<typeof selectors>;
export type PolicySettings = Omit<PolicyRule, 'name' | 'select'>;

/** The JSON Schema, by which editors complete and check a policy. */
export const policyJsonSchema = (): object => ({
  title: 'Retention policy of Onrecord',
  ...z.toJSONSchema(policySchema, { io: 'input' }),
});
