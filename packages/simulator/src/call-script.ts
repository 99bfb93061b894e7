import { z } from 'zod';
import { phoneNumber } from './phone-number.ts';

/** The voices that flite's WebAssembly build carries. */
export const VOICES = ['kal', 'slt', 'rms', 'awb'] as const;
export type Voice = (typeof VOICES)[number];

const UTTERANCES_MAX = 500;
const PARTICIPANTS_MAX = 10;
/** As many TwiML documents as one call may ask for here. */
const PROMPTS_MAX = 25;
/** Twilio's conferences and calls have no such limit; a script for tests never needs longer sentences. */
const TEXT_CHARACTERS_MAX = 2_000;

const name = z.string().min(1).max(100);
const consent = z.enum(['granted', 'refused', 'none']);
const callbacks = z.enum(['in-order', 'twice-and-reordered']).default('in-order');
const utterances = z
  .array(z.strictObject({ party: name, text: z.string().trim().min(1).max(TEXT_CHARACTERS_MAX) }))
  .max(UTTERANCES_MAX);

const dialOutcome = z.enum(['answered', 'busy', 'no-answer', 'failed', 'canceled']);

const callerAnswer = z.union(
  [
    z.strictObject({ press: z.string().regex(/^[0-9*#]{1,20}$/) }),
    z.strictObject({
      say: z.string().trim().min(1).max(TEXT_CHARACTERS_MAX),
      confidence: z.number().min(0).max(1).default(0.9),
    }),
    z.strictObject({ silence: z.literal(true) }),
  ],
  { error: 'give {"press": keys}, {"say": text} or {"silence": true}' },
);

const inboundCall = z.strictObject({
  kind: z.literal('inbound-call'),
  from: phoneNumber,
  to: phoneNumber,
  /** Who talks, each with a voice and the channel of a dual recording. */
  parties: z
    .array(z.strictObject({ name, voice: z.enum(VOICES), channel: z.union([z.literal(0), z.literal(1)]) }))
    .min(1)
    .max(2),
  utterances,
  /** What the caller presses when asked: 1, 2 or nothing. */
  consent: consent.default('granted'),
  /** What the caller does at each `<Gather>` in turn, in place of `consent`; nothing any more after the last. */
  atPrompts: z.array(callerAnswer).max(PROMPTS_MAX).optional(),
  /** What becomes of each `<Dial>` in turn; those after the last are answered. */
  dials: z.array(dialOutcome).max(PROMPTS_MAX).default([]),
  /** What the caller says after the tone of a `<Record>`, in the voice of the first party; absent is silence. */
  message: z.string().trim().min(1).max(TEXT_CHARACTERS_MAX).optional(),
  /** `always`: the user's own recording, whatever the TwiML says. `none`: not even when the TwiML asks for one. */
  recording: z.enum(['by-twiml', 'always', 'none']).default('by-twiml'),
  /** Anything but `answered` ends the call before any TwiML is fetched: no prompt, no recording. */
  outcome: dialOutcome.default('answered'),
  callbacks,
});

/** An error or a warning that Twilio's debugger posts about a call, with what its `more_info` says beside the text. */
const alert = z.strictObject({
  errorCode: z.string().regex(/^\d{4,6}$/, 'give an error code of Twilio such as 11200'),
  level: z.enum(['ERROR', 'WARNING']).default('ERROR'),
  text: z.string().max(TEXT_CHARACTERS_MAX).default(''),
  details: z.record(z.string(), z.string()).default({}),
});

/** A call that the user's own application places through Twilio's REST API and that nobody answers. */
const outboundCall = z.strictObject({
  kind: z.literal('outbound-call'),
  from: phoneNumber,
  to: phoneNumber,
  /** `canceled-in-queue`: cancelled before it was dialled, about which Twilio calls nobody back. */
  outcome: z.enum(['busy', 'no-answer', 'failed', 'canceled', 'canceled-in-queue']),
  /** The final SIP response; absent means what is usual for the outcome. */
  sipResponseCode: z.number().int().min(300).max(699).optional(),
  alerts: z.array(alert).max(20).default([]),
  /** The account has an Event Streams subscription, whose sink hears of the call as well. */
  eventStreams: z.boolean().default(false),
  callbacks,
});

const conference = z.strictObject({
  kind: z.literal('conference'),
  friendlyName: name.default('Conference'),
  /** The number that everybody calls. */
  to: phoneNumber,
  participants: z
    .array(z.strictObject({ name, from: phoneNumber, voice: z.enum(VOICES), consent: consent.default('granted') }))
    .min(2)
    .max(PARTICIPANTS_MAX),
  utterances,
  recording: z.enum(['always', 'none']).default('always'),
  callbacks,
});

export const callScript = z
  .discriminatedUnion('kind', [inboundCall, outboundCall, conference])
  .superRefine((script, context) => {
    if (script.kind === 'outbound-call') return;
    const names = (script.kind === 'conference' ? script.participants : script.parties).map((party) => party.name);
    script.utterances.forEach(({ party }, index) => {
      if (names.includes(party)) return;
      const message = `nobody of this call is named "${party}"; it has ${names.join(', ')}`;
      context.addIssue({ code: 'custom', path: ['utterances', index, 'party'], message });
    });
  });

/** What happens in a call, as `placeCall` takes it. */
export type CallScript = z.input<typeof callScript>;
export type InboundCallScript = z.output<typeof inboundCall>;
export type OutboundCallScript = z.output<typeof outboundCall>;
export type ConferenceScript = z.output<typeof conference>;
export type Consent = z.output<typeof consent>;
export type CallerAnswer = z.output<typeof callerAnswer>;
export type DialOutcome = z.output<typeof dialOutcome>;
export type CallbackOrder = z.output<typeof callbacks>;
