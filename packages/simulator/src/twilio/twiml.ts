import { parseXml, XmlElement } from '@rgrove/parse-xml';

/** One TwiML verb or noun. */
export interface TwimlElement {
  name: string;
  attributes: Readonly<Record<string, string>>;
  children: readonly TwimlElement[];
  /** What it says, trimmed. */
  text: string;
}

/** TwiML that Twilio, or this look-alike of it, cannot carry out. The message starts with Twilio's error code where there is one. */
export class TwimlError extends Error {
  override readonly name = 'TwimlError';
}

/**
 * The verbs of a `<Response>`, in order.
 * @throws TwimlError 12100 for what is no XML, 12102 for XML without a `<Response>`
 */
export function parseTwiml(body: string): TwimlElement[] {
  let root: XmlElement | null;
  try {
    root = parseXml(body).root;
  } catch (error) {
    throw new TwimlError(`12100 Document parse failure: ${firstLine(error)}`);
  }
  if (root?.name !== 'Response') throw new TwimlError(`12102 the TwiML's root is <${root?.name}>, not <Response>`);
  return childrenOf(root);
}

const firstLine = (error: unknown) => String(error instanceof Error ? error.message : error).split('\n')[0];

const childrenOf = (element: XmlElement): TwimlElement[] =>
  element.children
    .filter((child) => child instanceof XmlElement)
    .map((child) => ({
      name: child.name,
      attributes: child.attributes,
      children: childrenOf(child),
      text: child.text.trim(),
    }));
