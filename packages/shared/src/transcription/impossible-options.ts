import type { AskedOptions } from '../events/index.ts';
import { CAPABILITIES, type ProviderCapabilities, type ProviderName } from './provider-capabilities.ts';

/** By option, what is wrong with it; in the order of the table. */
const CHECKS: Readonly<Record<string, (can: ProviderCapabilities, wanted: AskedOptions) => string | undefined>> = {
  model: () => undefined,
  language: ({ defaultModel, multilingual }, { language, model = defaultModel ?? '' }) =>
    language === 'multi' && !multilingual?.test(model) ? `"multi"${ofModel(model)}` : undefined,
  diarize: ({ diarize }, wanted) => valueOutside(diarize, wanted.diarize),
  multichannel: ({ multichannel }, wanted) => valueOutside(multichannel, wanted.multichannel),
  smartFormat: ({ smartFormat }, wanted) => valueOutside(smartFormat, wanted.smartFormat),
  mipOptOut: ({ mipOptOut }, wanted) => valueOutside(mipOptOut, wanted.mipOptOut),
  redact: unredactable,
  keyterms: ({ defaultModel, keyterms }, { keyterms: terms = [], model = defaultModel ?? '' }) => {
    if (!keyterms) return '';
    if (!keyterms.models.test(model)) return ofModel(model).trim();
    return terms.length > keyterms.max ? `of more than ${keyterms.max} terms` : undefined;
  },
};

const ofModel = (model: string) => (model === '' ? '' : ` with the model ${model}`);

/**
 * What a provider cannot do of what it is asked for: one phrase for each option, which names it and its remedy where there is one.
 * Empty: it can do all of it.
 */
export function impossibleOptions(provider: ProviderName, wanted: AskedOptions): string[] {
  const can = CAPABILITIES[provider];
  return Object.entries(wanted).flatMap(([option, value]) => {
    if (option === 'fallback' || value === undefined) return [];
    const check = Object.hasOwn(CHECKS, option) ? CHECKS[option] : undefined;
    if (!check) return [`${option}, which is no option here (they are ${Object.keys(CHECKS).join(', ')})`];
    const why = check(can, wanted);
    return why === undefined ? [] : [`${option} ${why}`.trim()];
  });
}

/** The whole sentence, for settings and failures; `undefined` where nothing is impossible. */
export function describeImpossible(provider: ProviderName, wanted: AskedOptions): string | undefined {
  const problems = impossibleOptions(provider, wanted);
  return problems.length === 0 ? undefined : `${provider} cannot be asked for ${problems.join('; nor for ')}`;
}

const valueOutside = (allowed: readonly boolean[], value: boolean | undefined) =>
  value === undefined || allowed.includes(value) ? undefined : String(value);

/** In a language that nobody named, masking may not happen at all: that is refused, since nobody would notice. */
function unredactable(
  { redact }: ProviderCapabilities,
  { language, redact: wanted = [] }: AskedOptions,
): string | undefined {
  const spoken = language?.split('-')[0]?.toLowerCase();
  for (const name of wanted) {
    const known = redact.find(({ names }) => names.test(name));
    if (!known) return `"${name}"`;
    if (spoken === undefined || !known.languages.includes(spoken)) {
      return `"${name}" ${spoken === undefined ? 'without a language' : `in the language "${language}"`}: give one of ${known.languages.join(', ')}`;
    }
  }
  return undefined;
}
