import { type EffectiveSettings, effectiveSettings } from '@onrecord/shared/policy/effective';
import { coversJurisdiction } from '@onrecord/shared/policy/jurisdictions';
import { matchesNumber } from '@onrecord/shared/policy/overlap';
import { type Period, parsePeriod } from '@onrecord/shared/policy/period';
import type { DataClass, PolicyDocument, Selectors } from '@onrecord/shared/policy/policy-schema';
import { CAPABILITIES } from '@onrecord/shared/transcription/provider-capabilities';
import { hasPseudonyms, type RecordingEntry } from './custody.ts';
import type { RetentionPolicy } from './policy.ts';
import type { PolicyFor } from './policy-for.ts';
import type { TranscriptionPolicy } from './transcription-policy.ts';

export interface PolicyVersion {
  document: PolicyDocument;
  version: number;
}

/** What a policy leaves to the installation. */
export type Installation = Pick<RetentionPolicy, 'conferenceSettleMs' | 'channelMap' | 'transcription'>;

const HOUR_MS = 3_600_000;
const [GRACE_MS, REFUSAL_DELAY_MS] = [HOUR_MS, 24 * HOUR_MS];

/**
 * Makes of a policy the function that says which of its rules holds for a recording; each rule is made ready once.
 * @param placesOf the jurisdictions of a telephone number, such as `US-CA`; none where it tells no place
 */
export function compilePolicy(
  { document, version }: PolicyVersion,
  installation: Installation,
  placesOf: (number: string) => readonly string[],
): PolicyFor {
  const identity = { name: document.name, version, mark: markOf(document.name, version) };
  const selectsByPlaces = (document.rules ?? []).some(({ select }) => select.jurisdictions !== undefined);
  const toPolicy = (settings: EffectiveSettings, rule?: string): RetentionPolicy => ({
    ...installation,
    ...identity,
    rule,
    goesByPlaces: settings.consent.mode === 'by-rule' || selectsByPlaces,
    ...policyFields(settings, installation),
  });
  const rules = (document.rules ?? []).map((rule) => ({
    select: rule.select,
    policy: toPolicy(effectiveSettings(document, rule), rule.name),
  }));
  const otherwise = toPolicy(effectiveSettings(document));
  // Rules that are not in an order exclude each other, so that the first to fit is the only one.
  return (entry) => {
    // Numbers that were replaced tell no rule any more: the one that fitted holds on, in later versions by its name.
    const kept = hasPseudonyms(entry) ? rules.find(({ policy }) => policy.rule === entry.rule) : undefined;
    return (kept ?? rules.find(({ select }) => fits(select, entry, placesOf)))?.policy ?? otherwise;
  };
}

/** What plans carry; no two versions share it. */
export const markOf = (name: string, version: number): string => `${name} v${version}`;

function policyFields(settings: EffectiveSettings, { transcription }: Installation) {
  const { consent, periods, twilioDeletion = 'with-audio' } = settings;
  return {
    consentMode: consent.mode,
    gracePeriodMs: waitMs(consent.gracePeriod) ?? GRACE_MS,
    sharing: consent.sharing ?? 'unless-refused',
    onRefusal: consent.onRefusal ?? 'delete',
    refusalDeletionDelayMs: waitMs(consent.refusalDelay) ?? REFUSAL_DELAY_MS,
    withheldPeriod: readPeriod(consent.withheldPeriod ?? 'forever'),
    periods: Object.fromEntries(
      Object.entries(periods).map(([dataClass, text]) => [dataClass, readPeriod(text)]),
    ) as Record<DataClass, Period>,
    minimums: settings.minimums.map((minimum) => ({ ...minimum, period: readPeriod(minimum.period) })),
    twilioDeletion: isWord(twilioDeletion) ? twilioDeletion : finite(twilioDeletion),
    mediaFormat: settings.mediaFormat,
    transcribes: settings.transcription !== 'none',
    transcription: transcriptionPolicy(settings.transcription, transcription),
    sharedCalls: settings.sharedCalls ?? 'erase',
  } satisfies Partial<RetentionPolicy>;
}

/** @throws RangeError for what the schema would have refused */
function readPeriod(text: string): Period {
  const period = parsePeriod(text);
  if (period === undefined) throw new RangeError(`"${text}" is no period`);
  return period;
}

function finite(text: string): Exclude<Period, 'forever'> {
  const period = readPeriod(text);
  if (period === 'forever') throw new RangeError(`"${text}" has no end`);
  return period;
}

/** A wait is of a fixed length. */
const waitMs = (text: string | undefined): number | undefined => {
  const period = text === undefined ? undefined : finite(text);
  return period !== undefined && 'ms' in period ? period.ms : undefined;
};

const isWord = (text: string): text is 'after-archive' | 'with-audio' => /-/.test(text);

/** The provider is the installation's own; the policy was checked against it, or against one that can do the same. */
function transcriptionPolicy(
  asked: EffectiveSettings['transcription'],
  installed: TranscriptionPolicy,
): TranscriptionPolicy {
  if (asked === undefined || asked === 'none') return installed;
  const { fallback } = asked;
  return {
    provider: installed.provider,
    options: asked.options,
    canDiarize: CAPABILITIES[asked.provider].diarize.includes(true),
    fallback: fallback && {
      provider: installed.fallback?.provider ?? fallback.provider,
      options: fallback.options,
      canDiarize: CAPABILITIES[fallback.provider].diarize.includes(true),
    },
  };
}

/** Each selector that is there must fit; of its values, one. */
function fits(select: Selectors, entry: RecordingEntry, placesOf: (number: string) => readonly string[]): boolean {
  const { recording } = entry.facts;
  const { numbers = [], tags = [] } = entry;
  const either = <T>(wanted: readonly T[] | undefined, isMet: (value: T) => boolean) =>
    wanted === undefined || wanted.some(isMet);
  return (
    either(select.accounts, (account) => account === recording.accountSid) &&
    either(select.directions, (direction) => entry.company?.direction?.startsWith(direction) === true) &&
    either(select.sources, (source) => source === recording.recordingSource) &&
    either(select.tags, (tag) => tags.includes(tag)) &&
    either(select.numbers, (pattern) => numbers.some((number) => matchesNumber(pattern, number))) &&
    either(select.jurisdictions, (named) =>
      numbers.some((number) => placesOf(number).some((place) => coversJurisdiction(named, place))),
    )
  );
}
