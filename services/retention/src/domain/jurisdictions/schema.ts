import { z } from 'zod';

/** ISO 3166-1 alpha-2, or ISO 3166-2 of a state, province or territory; `EU` for the Union's own law. */
const jurisdiction = z.string().regex(/^[A-Z]{2}(-[A-Z0-9]{1,3})?$/, 'give a code of ISO 3166, such as DE or US-CA');
const version = z.string().regex(/^\d{4}-\d{2}-\d{2}(\.\d+)?$/, 'give the day of the change, such as 2026-11-21');
const url = z.url({ protocol: /^https?$/ });

/** What a place asks for; `unverified` where nobody has checked it, which counts as unknown. */
const PLACE_RULES = ['one-party', 'notice', 'all-party', 'unverified'] as const;

/** What was read, the best first; a line is checked as well as the best of its sources. */
export const SOURCE_KINDS = ['law', 'quotation', 'authority', 'secondary'] as const;

const source = z.strictObject({
  title: z.string(),
  kind: z
    .enum(SOURCE_KINDS)
    .describe(
      'law: the law’s own text, of its publisher or republished; quotation: its wording, quoted by others; authority: what an authority or a court says; secondary: what others say',
    ),
  url: url.optional().describe('Absent where what was read has no address of its own'),
  readOn: z.iso.date(),
});

const effectiveFrom = z.iso.date();

const rulesLine = z.strictObject({
  jurisdiction,
  name: z.string().min(1),
  partOf: jurisdiction.optional().describe('Whose law applies besides, the stricter of both'),
  rule: z.enum(PLACE_RULES).describe('unverified counts as unknown: everybody must agree'),
  citation: z.string().min(1).describe('The statute, or where to look'),
  officialText: url
    .optional()
    .describe('Where the law can be read, by a source that quotes it; not opened for this file'),
  sources: z.array(z.string()).describe('By what it was checked: names of sources; none only where it is unverified'),
  effectiveFrom: effectiveFrom
    .optional()
    .describe(
      'A day on which the law was in force, by a source of the line; absent where none was found: see appliedFrom',
    ),
  note: z.string().optional().describe('Where the law is disputed, and what was made of that'),
});

/** The committed file of rules. */
export const rulesFile = z
  .strictObject({
    $schema: z.string().optional(),
    version,
    about: z.string(),
    appliedFrom: z.iso
      .date()
      .describe('A choice: the day from which a line without effectiveFrom is applied. No law is said to begin on it'),
    sources: z.record(z.string(), source),
    lines: z.array(rulesLine).min(1),
  })
  .meta({ title: 'Who must agree before a call is recorded, by place' });
export type RulesFile = z.output<typeof rulesFile>;

const region = z.strictObject({
  jurisdictions: z.array(jurisdiction).min(1).describe('Any of these: the strictest counts'),
  prefixes: z
    .array(z.string().regex(/^[1-9]\d{0,14}$/, 'give the first digits of a number, without +'))
    .min(1)
    .describe('First digits of the numbers, with the country code and without +; the longest counts'),
});

/** The committed file of numbers. */
export const regionsFile = z
  .strictObject({
    $schema: z.string().optional(),
    version,
    about: z.string(),
    sources: z.array(z.strictObject({ title: z.string(), url })).min(1),
    regions: z.array(region).min(1),
  })
  .meta({ title: 'The places of telephone numbers' });
export type RegionsFile = z.output<typeof regionsFile>;

const ownLine = rulesLine.omit({ officialText: true }).extend({
  sources: z.array(z.string()).default([]),
  effectiveFrom: effectiveFrom.describe('Recordings of this day and later are judged by this line, until a later one'),
});
/** A line with the day from which it is applied. */
export type RulesLine = z.output<typeof ownLine>;

/** A user's own file: what it says comes before what is committed. */
export const correctionsFile = z
  .strictObject({
    version,
    lines: z.array(ownLine).default([]),
    regions: z.array(region).default([]),
  })
  .meta({ title: 'Corrections to the places of numbers and to what they ask for' });
export type CorrectionsFile = z.output<typeof correctionsFile>;
