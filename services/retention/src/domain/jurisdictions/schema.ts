import { z } from 'zod';

/** ISO 3166-1 alpha-2, or ISO 3166-2 of a state, province or territory; `EU` for the Union's own law. */
const jurisdiction = z.string().regex(/^[A-Z]{2}(-[A-Z0-9]{1,3})?$/, 'give a code of ISO 3166, such as DE or US-CA');
const version = z.string().regex(/^\d{4}-\d{2}-\d{2}(\.\d+)?$/, 'give the day of the change, such as 2026-11-21');
const url = z.url({ protocol: /^https?$/ });

/** What a place asks for; `unverified` where nobody has checked it, which counts as unknown. */
const PLACE_RULES = ['one-party', 'notice', 'all-party', 'unverified'] as const;

const rulesLine = z.strictObject({
  jurisdiction,
  name: z.string().min(1),
  partOf: jurisdiction.optional().describe('Whose law applies besides, the stricter of both'),
  rule: z.enum(PLACE_RULES).describe('unverified counts as unknown: everybody must agree'),
  citation: z.string().min(1).describe('The statute, or where to look'),
  sources: z.array(z.string()).describe('By what it was checked: names of sources; none only where it is unverified'),
  effectiveFrom: z.iso.date().describe('Recordings of this day and later are judged by this line, until a later one'),
  note: z.string().optional().describe('Where the law is disputed, and what was made of that'),
});
export type RulesLine = z.output<typeof rulesLine>;

/** The committed file of rules. */
export const rulesFile = z
  .strictObject({
    $schema: z.string().optional(),
    version,
    about: z.string(),
    sources: z.record(z.string(), z.strictObject({ title: z.string(), url, readOn: z.iso.date() })),
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

/** A user's own file: what it says comes before what is committed. */
export const correctionsFile = z
  .strictObject({
    version,
    lines: z.array(rulesLine.extend({ sources: z.array(z.string()).default([]) })).default([]),
    regions: z.array(region).default([]),
  })
  .meta({ title: 'Corrections to the places of numbers and to what they ask for' });
export type CorrectionsFile = z.output<typeof correctionsFile>;
