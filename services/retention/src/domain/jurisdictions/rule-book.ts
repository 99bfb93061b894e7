import type { CorrectionsFile, RegionsFile, RulesFile, RulesLine } from './schema.ts';

/** What must be there before a recording may be kept, from the least to the most. */
export const REQUIREMENTS = ['one-party', 'notice', 'all-party'] as const;
type Requirement = (typeof REQUIREMENTS)[number];

/** What a call's places ask for, and which of them asks for the most. */
export interface PlacesRule {
  requirement: Requirement;
  /** The place that asks for it; absent where a party's place is unknown, which asks for the most. */
  jurisdiction?: string | undefined;
  /** The law of it. */
  citation?: string | undefined;
}

export interface RuleBook {
  /** Of the rules and of the numbers, and of the corrections where there are some: what a decision was made by. */
  version: string;
  /** @param e164 with its + @param country by the numbering plan @returns none where the number tells no place */
  placesOf(e164: string, country: string | undefined): readonly string[];
  /**
   * The strictest of everybody's. Of a party with several possible places each counts; one with none, or with one that nobody
   * has checked, asks for everybody's agreement.
   * @param at when the recording was made
   */
  strictest(parties: readonly (readonly string[])[], at: Date): PlacesRule;
}

/** A place's law from a day on, with that of whom it is part of. */
interface Rank {
  fromMs: number;
  rule: PlacesRule;
  /** Index into REQUIREMENTS; one more where nobody has checked it. */
  severity: number;
}

const UNKNOWN: Omit<Rank, 'fromMs'> = { rule: { requirement: 'all-party' }, severity: REQUIREMENTS.length };

/** Reads the files once, so that a decision is a few look-ups. */
export function openRuleBook(rules: RulesFile, numbers: RegionsFile, corrections?: CorrectionsFile): RuleBook {
  const prefixes = readPrefixes(numbers, corrections);
  const longest = Math.max(...[...prefixes.keys()].map((prefix) => prefix.length));
  const ranks = readRanks(rules, corrections);
  return {
    version: [rules.version, ...(corrections ? [`own ${corrections.version}`] : [])].join(', '),
    placesOf: (e164, country) => {
      for (let length = longest; length > 0; length -= 1) {
        const found = prefixes.get(e164.slice(1, length + 1));
        if (found !== undefined) return found;
      }
      // +1 is many countries, and a toll-free number of it is in none of them.
      return country === undefined || e164.startsWith('+1') ? [] : [country];
    },
    strictest: (parties, at) => {
      const atMs = at.getTime();
      let strictest: Omit<Rank, 'fromMs'> | undefined;
      for (const places of parties) {
        if (places.length === 0) return UNKNOWN.rule;
        for (const place of places) {
          const rank = inForceAt(ranks.get(place), atMs);
          if (strictest === undefined || rank.severity > strictest.severity) strictest = rank;
        }
      }
      return (strictest ?? UNKNOWN).rule;
    },
  };
}

/** A loop, because every decision comes through here. */
function inForceAt(newestFirst: readonly Rank[] | undefined, atMs: number): Omit<Rank, 'fromMs'> {
  if (newestFirst !== undefined) for (const rank of newestFirst) if (rank.fromMs <= atMs) return rank;
  return UNKNOWN;
}

/** A correction of a prefix takes the place of the committed one. */
const readPrefixes = (numbers: RegionsFile, corrections: CorrectionsFile | undefined) =>
  new Map(
    [...numbers.regions, ...(corrections?.regions ?? [])].flatMap(({ jurisdictions, prefixes }) =>
      prefixes.map((prefix) => [prefix, jurisdictions] as const),
    ),
  );

/** By place, the newest first. A correction takes the place of every line of its jurisdiction. */
function readRanks(rules: RulesFile, corrections: CorrectionsFile | undefined): Map<string, Rank[]> {
  const own = Map.groupBy(corrections?.lines ?? [], (line) => line.jurisdiction);
  const dated = rules.lines.map((line) => ({ ...line, effectiveFrom: line.effectiveFrom ?? rules.appliedFrom }));
  const committed = Map.groupBy(dated, (line) => line.jurisdiction);
  const lines = new Map<string, readonly RulesLine[]>([...committed, ...own]);
  return new Map(
    [...lines].map(([place, ofPlace]) => {
      const days = [...ofPlace, ...ofPlace.flatMap(({ partOf = '' }) => lines.get(partOf) ?? [])].map(dayOf);
      const newestFirst = [...new Set(days)].toSorted((a, b) => b - a);
      return [place, newestFirst.map((fromMs) => rankOf(lines, place, fromMs))];
    }),
  );
}

const dayOf = (line: RulesLine): number => Date.parse(line.effectiveFrom);

/** What applies in the place on that day: its own line and that of whom it is part of, the stricter of both. */
function rankOf(lines: ReadonlyMap<string, readonly RulesLine[]>, place: string, fromMs: number): Rank {
  const inForce = (code: string) =>
    (lines.get(code) ?? []).filter((line) => dayOf(line) <= fromMs).toSorted((a, b) => dayOf(b) - dayOf(a))[0];
  const own = inForce(place);
  if (own === undefined) return { fromMs, ...UNKNOWN };
  const above = own.partOf === undefined ? undefined : (inForce(own.partOf) ?? own);
  const line = above !== undefined && severityOf(above) > severityOf(own) ? above : own;
  const requirement = line.rule === 'unverified' ? 'all-party' : line.rule;
  return {
    fromMs,
    severity: severityOf(line),
    rule: {
      requirement,
      jurisdiction: line.jurisdiction,
      ...(line.rule !== 'unverified' && { citation: line.citation }),
    },
  };
}

const severityOf = ({ rule }: RulesLine): number =>
  rule === 'unverified' ? REQUIREMENTS.length : REQUIREMENTS.indexOf(rule);
