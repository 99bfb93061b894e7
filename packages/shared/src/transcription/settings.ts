import { z } from 'zod';
import { type AskedOptions, askedOptions } from '../events/index.ts';
import { droppedRedaction } from './dropped-redaction.ts';
import { describeImpossible } from './impossible-options.ts';
import { PROVIDERS } from './provider-capabilities.ts';

const NAMES = 'deepgram, openai-compatible or simulator';
const provider = () => z.enum(PROVIDERS, { error: `give ${NAMES}` });

/** Who transcribes, and who does when that one cannot: read by whoever asks and by whoever decides what is asked for. */
export const providerSettings = {
  TRANSCRIPTION_PROVIDER: provider()
    .prefault('deepgram')
    .describe(
      'Speech-to-text; openai-compatible is any server with /v1/audio/transcriptions, such as a local Whisper; simulator is the look-alike at TRANSCRIPTION_URL, whose transcripts are labelled so',
    ),
  TRANSCRIPTION_FALLBACK_PROVIDER: provider()
    .optional()
    .describe('Another provider, asked when the first one fails for good or stays away; absent: nobody'),
} satisfies z.ZodRawShape;

const EXAMPLE = '{"language":"en","redact":["pci"],"keyterms":["Onrecord"]}';

const optionsSetting = () =>
  z.string().transform((text, context): AskedOptions => {
    const parsed = askedOptions.safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const where = issue?.path.length ? `${issue.path.join('.')}: ${issue.message}; ` : '';
    context.addIssue({ code: 'custom', message: `${where}give a JSON object such as ${EXAMPLE}` });
    return z.NEVER;
  });

/** What the policy asks the providers for. */
export const transcriptionPolicySettings = {
  TRANSCRIPTION_OPTIONS: optionsSetting()
    .prefault('{}')
    .describe(
      `What the provider is asked for, as JSON such as ${EXAMPLE}: model, language, diarize, multichannel, redact, keyterms, smartFormat, mipOptOut`,
    ),
  TRANSCRIPTION_FALLBACK_OPTIONS: optionsSetting()
    .prefault('{}')
    .describe(
      'What TRANSCRIPTION_FALLBACK_PROVIDER is asked for, as JSON; nothing of TRANSCRIPTION_OPTIONS is taken over',
    ),
} satisfies z.ZodRawShape;

const providers = z.object(providerSettings);
type Providers = z.output<typeof providers>;
type Policy = Providers & z.output<z.ZodObject<typeof transcriptionPolicySettings>>;

/** For `.check(…)`: the two providers are two. */
export const otherFallback = z.refine<Providers>(
  (all) => all.TRANSCRIPTION_FALLBACK_PROVIDER !== all.TRANSCRIPTION_PROVIDER,
  {
    path: ['TRANSCRIPTION_FALLBACK_PROVIDER'],
    error: 'it is TRANSCRIPTION_PROVIDER already; give another one, or none',
    when: () => true,
  },
);

const PAIRS = [
  ['TRANSCRIPTION_PROVIDER', 'TRANSCRIPTION_OPTIONS'],
  ['TRANSCRIPTION_FALLBACK_PROVIDER', 'TRANSCRIPTION_FALLBACK_OPTIONS'],
] as const;

/** For `.check(…)`: nobody is asked for what they cannot do. */
export const possibleOptions = PAIRS.map(([provider, options]) => {
  const problemOf = (all: Policy) => all[provider] && describeImpossible(all[provider], all[options]);
  return z.refine<Policy>((all) => problemOf(all) === undefined, {
    path: [options],
    error: ({ input }) => problemOf(input as Policy),
    // Beside other problems, but not beside one of these two.
    when: ({ issues }) => !issues.some(({ path }) => path?.[0] === provider || path?.[0] === options),
  });
});

const BOTH: readonly unknown[] = PAIRS.flat();

/** For `.check(…)`: what the first provider masks, the fallback masks too. */
export const sameRedaction = z.refine<Policy>((all) => droppedAtFallback(all).length === 0, {
  path: ['TRANSCRIPTION_FALLBACK_OPTIONS'],
  error: ({ input }) => {
    const all = input as Policy;
    const names = droppedAtFallback(all).map((name) => `"${name}"`);
    return `TRANSCRIPTION_OPTIONS has ${all.TRANSCRIPTION_PROVIDER} redact ${names.join(', ')}, and TRANSCRIPTION_FALLBACK_PROVIDER=${all.TRANSCRIPTION_FALLBACK_PROVIDER} is not asked to: whenever it stands in, that would stay in the text; give TRANSCRIPTION_FALLBACK_OPTIONS the same redact, choose a fallback that can do it, or leave TRANSCRIPTION_FALLBACK_PROVIDER out`;
  },
  when: ({ issues }) => !issues.some(({ path }) => BOTH.includes(path?.[0])),
});

const droppedAtFallback = (all: Policy) =>
  all.TRANSCRIPTION_FALLBACK_PROVIDER === undefined
    ? []
    : droppedRedaction(all.TRANSCRIPTION_OPTIONS, all.TRANSCRIPTION_FALLBACK_OPTIONS);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
