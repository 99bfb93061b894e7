import { isUnhappy } from '../events/call-statuses.ts';
import type { Diagnosis } from '../events/diagnosis.ts';
import { catalogue, findEntry, findTrunkMessage, pageOf } from './catalogue.ts';
import type { CatalogueEntry } from './schema.ts';

/** Everything that is known of how a leg ended. Values are Twilio's; any may be one that nobody has seen yet. */
export interface Symptoms {
  callStatus?: string | undefined;
  sipResponseCode?: number | undefined;
  /** Twilio's codes: of alerts, and of callbacks where they carry one. */
  errorCodes?: readonly string[] | undefined;
  /** Of the leg that a Dial placed, as its action is told. */
  dialCallStatus?: string | undefined;
  /** What alerts said, in words. */
  texts?: readonly string[] | undefined;
  /** The leg ran over an Elastic SIP Trunk. */
  isTrunk?: boolean | undefined;
}

/**
 * People decided these, the called party or a caller who hung up: only a code about that party knows better than the SIP response, and
 * none that merely may have ended the call knows better than the status.
 */
const DECIDED_BY_PEOPLE: ReadonlySet<string> = new Set(['busy', 'no-answer', 'canceled']);

interface Candidate {
  key: string;
  entry: CatalogueEntry | undefined;
}

/**
 * The one cause that explains the symptoms best, with all of them as its evidence; undefined where nothing went wrong.
 * They are weighed together: a code of Twilio's that ends calls tells most, unless the called party decided how the call ended; then
 * the SIP response in the light of the status; then codes that may end a call, unless people decided; then the status alone. A code
 * that the catalogue does not know is never explained, and never hides what is known.
 */
export function classify(symptoms: Symptoms): Diagnosis | undefined {
  const codes = [...new Set(symptoms.errorCodes ?? [])].map((code) => candidate(`twilio:${code}`));
  const statuses = statusCandidates(symptoms);
  const isFailed = statuses.length > 0;
  if (!isFailed && codes.length === 0) return undefined;
  const sip = sipCandidates(symptoms, isFailed);
  const ranked = rank(codes, sip, statuses);
  const [best] = ranked;
  if (best === undefined) return undefined;
  const evidence = [...new Set(ranked.map(({ key }) => key))];
  return best.entry === undefined ? unknown(best.key, evidence) : explain(best.entry, outcomeOf(symptoms), evidence);
}

const candidate = (key: string): Candidate => ({ key, entry: findEntry(key) });

/** How the leg ended: its own status first, then what the Dial's action was told. */
const outcomeOf = ({ callStatus, dialCallStatus }: Symptoms) => (isUnhappy(callStatus) ? callStatus : dialCallStatus);

function statusCandidates({ callStatus, dialCallStatus }: Symptoms): Candidate[] {
  return [
    ...(isUnhappy(callStatus) ? [candidate(`call:${callStatus}`)] : []),
    ...(isUnhappy(dialCallStatus) ? [candidate(`dial:${dialCallStatus}`)] : []),
  ];
}

/** A response says why a leg ended where it did end badly, or where an alert is about that response. */
function sipCandidates({ sipResponseCode: code, texts = [], isTrunk }: Symptoms, isFailed: boolean): Candidate[] {
  if (code === undefined || code < 300) return [];
  const trunk = findTrunkMessage(code, texts);
  const isTrunks = trunk !== undefined && (isTrunk === true || trunk.match?.phrases !== undefined);
  const known = isTrunks ? [{ key: trunk.key, entry: trunk }] : [];
  return isFailed || known.length > 0 ? [...known, candidate(`sip:${code}`)] : [];
}

function rank(codes: Candidate[], sip: Candidate[], statuses: Candidate[]): Candidate[] {
  const isDecidedByPeople = statuses.some(({ key }) => DECIDED_BY_PEOPLE.has(key.replace(/^\w+:/, '')));
  const weight = ({ key, entry }: Candidate): number => {
    // Unknown, or about something else than this call: mentioned, and the explanation only where there is no other.
    if (entry === undefined) return key.startsWith('twilio:') ? 6 : 7;
    if (entry.about === 'messaging') return 9;
    if (entry.about === 'status') return 4;
    if (entry.about === 'trunk') return 1;
    if (entry.about === 'sip') return 2;
    if (entry.bearing === 'no-effect') return 8;
    // A carrier that refuses a bad caller ID answers a bare 403: the warning about the TwiML is what explains it.
    if (entry.bearing === 'may-end-call' && isDecidedByPeople) return 5;
    if (entry.bearing === 'may-end-call') return entry.about === 'twiml' ? 1 : 3;
    return isDecidedByPeople && entry.about !== 'called-party' ? 3 : 0;
  };
  const isError = ({ entry }: Candidate) => Number(entry?.level !== 'error');
  return [...codes, ...sip, ...statuses].toSorted((a, b) => weight(a) - weight(b) || isError(a) - isError(b));
}

function explain(entry: CatalogueEntry, status: string | undefined, evidence: string[]): Diagnosis {
  const { cause, retry, fix } = entry.byStatus?.[status ?? ''] ?? entry;
  const code = /^twilio:(\d+)$/.exec(entry.key)?.[1];
  return {
    catalogueVersion: catalogue.version,
    key: entry.key,
    isKnown: true,
    name: entry.name,
    ...(entry.level === undefined ? {} : { level: entry.level }),
    cause,
    retry,
    fix,
    ...(code === undefined ? {} : { page: pageOf(code) }),
    evidence,
  };
}

function unknown(key: string, evidence: string[]): Diagnosis {
  const code = key.replace(/^\w+:/, '');
  const isTwilios = /^twilio:\d{1,6}$/.test(key);
  return {
    catalogueVersion: catalogue.version,
    key,
    isKnown: false,
    name: `unknown ${key.startsWith('sip:') ? 'SIP response' : 'code'} ${code}`,
    cause: `The catalogue does not know ${code}.${isTwilios ? ` Twilio explains it at ${pageOf(code)}` : ''}`,
    retry: { helps: 'unknown', when: 'Nothing is known of it.' },
    fix: isTwilios ? 'Read Twilio’s page about the code.' : 'Look at the call in Twilio’s Console.',
    ...(isTwilios ? { page: pageOf(code) } : {}),
    evidence,
  };
}
