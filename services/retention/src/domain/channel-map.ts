export type ChannelOrder = 'parent-first' | 'child-first';

/** Which leg is on the first channel of a two-channel call recording; the other leg is on the second. */
export interface ChannelMap {
  order: ChannelOrder;
  /** Where it is another for recordings of a source, by Twilio's `RecordingSource`. */
  bySource: ReadonlyMap<string, ChannelOrder>;
}

/**
 * What makes two-channel recordings of calls. Source: Twilio, Recording resource, "source"; `RecordVerb` records the caller alone and
 * `Conference` no legs.
 */
const SOURCES = ['DialVerb', 'OutboundAPI', 'Trunking', 'StartCallRecordingAPI', 'StartCallRecordingTwiML'];

export const CHANNEL_MAP_FORM = `parent-first or child-first, and where a source differs as in parent-first,Trunking=child-first (sources: ${SOURCES.join(', ')})`;

/** Reads `parent-first,Trunking=child-first`; `undefined` for a text of another form. */
export function parseChannelMap(text: string): ChannelMap | undefined {
  const [order, ...exceptions] = text.split(',').map((part) => part.trim());
  if (!isOrder(order)) return undefined;
  const bySource = new Map<string, ChannelOrder>();
  for (const exception of exceptions) {
    const [source = '', ofSource, ...rest] = exception.split('=').map((part) => part.trim());
    if (!SOURCES.includes(source) || !isOrder(ofSource) || rest.length > 0 || bySource.has(source)) return undefined;
    bySource.set(source, ofSource);
  }
  return { order, bySource };
}

const isOrder = (text: string | undefined): text is ChannelOrder => text === 'parent-first' || text === 'child-first';

export const orderOf = ({ bySource, order }: ChannelMap, source: string | undefined): ChannelOrder =>
  (source === undefined ? undefined : bySource.get(source)) ?? order;
