import type { TwimlElement } from '../twilio/twiml.ts';
import { TwimlError } from '../twilio/twiml.ts';
import { dial } from './dial.ts';
import { fetchTwiml, readMethod, resolveUrl, type TwimlDocument } from './fetch-twiml.ts';
import { gather, hear } from './gather.ts';
import { recordVerb } from './record-verb.ts';
import { startVerb, stopVerb } from './record-verbs.ts';
import type { Session } from './session.ts';

/** Documents that one call may ask for; a loop of redirects ends here. */
const DOCUMENTS_MAX = 25;

/** What a verb leads to: the next verb, another document, or the end of the call. */
type VerbOutcome = undefined | TwimlDocument | 'hang-up';
type Verb = (session: Session, element: TwimlElement, documentUrl: string) => Promise<VerbOutcome>;

const VERBS: Readonly<Record<string, Verb>> = {
  Gather: gather,
  Say: hear,
  Pause: hear,
  Start: startVerb,
  Stop: stopVerb,
  Dial: dial,
  Record: recordVerb,
  Hangup: async () => 'hang-up',
  Redirect: async (session, { attributes, text }, url) => {
    const target = { url: resolveUrl(text, url), method: readMethod(attributes.method) };
    return required(await fetchTwiml(session, target), target.url);
  },
};

/**
 * Carries TwiML out until it ends or hangs up.
 * @throws TwimlError naming what cannot be carried out
 */
export async function runTwiml(session: Session, first: TwimlDocument): Promise<void> {
  let current = first;
  for (let documents = 1; documents <= DOCUMENTS_MAX; documents += 1) {
    const next = await runDocument(session, current);
    if (next === undefined || next === 'hang-up') return;
    current = next;
  }
  throw new TwimlError(`the call asked for more than ${DOCUMENTS_MAX} TwiML documents`);
}

async function runDocument(session: Session, { verbs, url }: TwimlDocument): Promise<VerbOutcome> {
  for (const element of verbs) {
    const verb = VERBS[element.name];
    if (!verb) {
      throw new TwimlError(`<${element.name}> is not simulated; known are ${Object.keys(VERBS).join(', ')}`);
    }
    const outcome = await verb(session, element, url);
    if (outcome !== undefined) return outcome;
  }
  return undefined;
}

/** @throws TwimlError 11200 where a document must be */
function required(document: TwimlDocument | undefined, url: string): TwimlDocument {
  if (document) return document;
  throw new TwimlError(`11200 ${url} answered 404`);
}
