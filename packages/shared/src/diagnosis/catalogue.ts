import data from './catalogue.json' with { type: 'json' };
import { type CatalogueEntry, catalogueSchema } from './schema.ts';

/** What is known of Twilio's codes, SIP responses, messages of trunks and statuses of calls: data, with the source of each fact. */
export const catalogue = catalogueSchema.parse(data);

const byKey = new Map(catalogue.entries.map((entry) => [entry.key, entry]));

export const findEntry = (key: string): CatalogueEntry | undefined => byKey.get(key);

/** Twilio's own page about one of its codes. */
export const pageOf = (errorCode: string): string => `https://www.twilio.com/docs/api/errors/${errorCode}`;

/** A trunk's message: what was answered, and where the entry asks for it, in which words. */
export function findTrunkMessage(sipResponseCode: number, texts: readonly string[]): CatalogueEntry | undefined {
  const said = texts.join('\n').toLowerCase();
  const fits = ({ match }: CatalogueEntry) =>
    match?.sipResponseCodes?.includes(sipResponseCode) === true &&
    (match.phrases === undefined || match.phrases.some((phrase) => said.includes(phrase)));
  return catalogue.entries.find(fits);
}
