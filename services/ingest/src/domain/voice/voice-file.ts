import { z } from 'zod';

/** Twilio's own bounds: `<Say>` takes 4,096 characters, `<Dial timeout>` 600 s. Source: Twilio, "TwiML Voice: Say" and "Dial". */
const SAY_CHARACTERS_MAX = 4_096;
const RING_SECONDS_MAX = 600;
/** Longer is an hour-long call to an answering machine that somebody forgot. */
const MESSAGE_SECONDS_MAX = 600;
const LISTEN_SECONDS_MAX = 60;
const RETRIES_MAX = 10;

const name = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'name things in small letters, digits and hyphens');
export const E164 = /^\+[1-9]\d{6,14}$/;
export const phoneNumber = z.string().regex(E164, 'give an E.164 number such as +14155550100');
const key = z.string().regex(/^[0-9*#]$/, 'give one key: 0 to 9, * or #');
const words = z.array(z.string().trim().min(1).max(100)).max(50);
const retries = z.number().int().min(0).max(RETRIES_MAX);
const listenSeconds = z.number().int().min(1).max(LISTEN_SECONDS_MAX).default(5);

const toMenu = z.strictObject({ menu: name });
const toDestination = z.strictObject({ destination: name });
const toVoicemail = z.strictObject({ voicemail: name });
const toEnd = z.strictObject({ end: name.describe('Prompt that is said before the call ends') });
const toMessage = z.strictObject({
  message: name.describe('Prompt whose wording is sent to the caller as an SMS'),
  from: z
    .string()
    .regex(
      /^(\+[1-9]\d{6,14}|MG[0-9a-f]{32})$/,
      'give an E.164 number such as +14155550100, or a messaging service such as MG…',
    )
    .optional()
    .describe('Number or messaging service that sends it; absent means the number that was called'),
  end: name.describe('Prompt that is said before the call ends'),
});
const PLACES = '{"menu": …}, {"destination": …}, {"voicemail": …}, {"message": …, "end": …} or {"end": …}';
const places = [toMenu, toDestination, toVoicemail, toMessage, toEnd] as const;
const place = z.union(places, { error: `give one of ${PLACES}` });
const choicePlace = z.union([...places, z.strictObject({ repeat: z.literal(true) })], {
  error: `give one of ${PLACES}, or {"repeat": true}`,
});

const language = z.strictObject({
  id: name.describe('How this file names it, such as en'),
  language: z
    .string()
    .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'give a language tag such as en-US')
    .describe('Of <Say> and of speech recognition, such as en-US'),
  voice: z.string().min(1).max(100).optional().describe('Voice of <Say>, such as Polly.Joanna-Neural'),
  numbers: z.array(phoneNumber).default([]).describe('Whoever calls one of these hears this language'),
  key: key.optional().describe('Key that chooses it where languageChoice asks'),
});

const consent = z.strictObject({
  mode: z
    .enum(['ask', 'notice-only', 'off'])
    .describe('ask: record after a yes. notice-only: say the notice and record. off: record nothing but messages'),
  prompt: name.optional().describe('The question, or the notice; not needed when off'),
  keys: z.strictObject({ grant: key, refuse: key }).default({ grant: '1', refuse: '2' }),
  speech: z
    .strictObject({
      words: z.record(name, z.strictObject({ grant: words.min(1), refuse: words.min(1) })),
      confidenceMin: z
        .number()
        .min(0.5)
        .max(1)
        .default(0.7)
        .describe('What was recognised with less confidence is no answer; nor is what comes without any'),
    })
    .optional()
    .describe('Answers may be spoken; absent means by key alone'),
  timeoutSeconds: listenSeconds,
  retries: retries.default(1).describe('How often it is asked again after no answer'),
  onRefusal: z.enum(['continue-unrecorded', 'end']).default('continue-unrecorded'),
  onNoAnswer: z.enum(['continue-unrecorded', 'end']).default('continue-unrecorded'),
  endPrompt: name.optional().describe('Said before a call is ended for want of consent'),
});

const menu = z.strictObject({
  prompt: name,
  choices: z
    .array(
      z.strictObject({
        key: key.optional(),
        words: z.record(name, words).default({}).describe('What may be said instead, for each language'),
        go: choicePlace,
      }),
    )
    .min(1)
    .max(30),
  timeoutSeconds: listenSeconds,
  noInput: name.optional().describe('Said before the menu is repeated after silence'),
  invalidInput: name.optional().describe('Said before the menu is repeated after something that is no choice'),
  retries: retries.default(2).describe('How often the menu is repeated in all'),
  afterRetries: place,
});

const destination = z.strictObject({
  number: phoneNumber,
  timeoutSeconds: z.number().int().min(5).max(RING_SECONDS_MAX).default(30).describe('How long it rings'),
  callerId: phoneNumber.optional().describe('A number of the account; absent shows the caller’s own'),
  after: z
    .strictObject({
      busy: place.optional(),
      'no-answer': place.optional(),
      failed: place.optional(),
      canceled: place.optional(),
    })
    .default({})
    .describe('Where the caller goes when nobody answers; absent ends the call'),
});

const voicemail = z.strictObject({
  consentPrompt: name.describe('Asks whoever has not agreed yet; the keys and words are those of consent'),
  prompt: name.describe('Said before the tone'),
  end: name.describe('Said after the message'),
  maxSeconds: z.number().int().min(5).max(MESSAGE_SECONDS_MAX).default(120),
  silenceSeconds: z.number().int().min(1).max(LISTEN_SECONDS_MAX).default(5).describe('Silence that ends the message'),
  finishOnKey: key.default('#'),
});

/** What callers hear and where they go: the file that VOICE_FILE names. */
export const voiceFileSchema = z.strictObject({
  $schema: z.string().optional(),
  version: z.literal(1, { error: 'give 1, the version of this format' }),
  languages: z.array(language).min(1).max(20).describe('The first is the default'),
  languageChoice: z
    .strictObject({ prompt: name, timeoutSeconds: listenSeconds, retries: retries.default(1) })
    .optional()
    .describe('Asks those whose language their number does not tell; its wordings are said one after another'),
  prompts: z.record(name, z.record(name, z.string().trim().min(1).max(SAY_CHARACTERS_MAX))),
  consent,
  start: place.describe('Where the caller goes after consent'),
  menus: z.record(name, menu).default({}),
  destinations: z.record(name, destination).default({}),
  voicemails: z.record(name, voicemail).default({}),
});

export type VoiceFile = z.output<typeof voiceFileSchema>;
export type VoiceLanguage = VoiceFile['languages'][number];
export type Place = z.output<typeof place>;
export type Menu = z.output<typeof menu>;
export type Destination = z.output<typeof destination>;
export type Voicemail = z.output<typeof voicemail>;

/** What stands under a name, and not what an object has of its own, such as `constructor`. */
export const named = <T>(record: Readonly<Record<string, T>>, wanted: string): T | undefined =>
  Object.hasOwn(record, wanted) ? record[wanted] : undefined;
