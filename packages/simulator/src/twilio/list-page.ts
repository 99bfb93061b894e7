import { twilioError } from './errors.ts';

const PAGE_SIZE = 50;
const PAGE_SIZE_MAX = 1_000;

interface Listed {
  sid: string;
  dateCreated: string;
}

export interface Page<T> {
  items: T[];
  /** Everything of a list answer but the items. */
  envelope: Record<string, string | number | null>;
}

/**
 * One page of a list, newest first. A PageToken holds the place of the last item that was seen: what comes and goes meanwhile,
 * that item too, shifts nothing.
 * @throws HTTPException 400, Twilio's error 20007, for a PageSize above 1000
 */
export function pageOf<T extends Listed>(all: readonly T[], uri: URL): Page<T> {
  const query = uri.searchParams;
  const pageSize = readPageSize(query.get('PageSize'));
  const page = Math.max(0, Number(query.get('Page') ?? 0) || 0);
  const sorted = [...all].sort(newestFirst);
  const seen = readToken(query.get('PageToken'));
  const after = seen && sorted.findIndex((item) => newestFirst(item, seen) > 0);
  const start = after === undefined ? page * pageSize : after < 0 ? sorted.length : after;
  const items = sorted.slice(start, start + pageSize);
  const last = items.at(-1);
  const hasMore = start + items.length < sorted.length;
  const path = uri.pathname;
  const at = (number: number, token?: string) => `${path}?${pageQuery(query, pageSize, number, token)}`;
  return {
    items,
    envelope: {
      first_page_uri: at(0),
      next_page_uri: hasMore && last ? at(page + 1, tokenOf(last)) : null,
      previous_page_uri: page > 0 ? at(page - 1) : null,
      uri: `${path}${uri.search}`,
      page,
      page_size: pageSize,
      start: page * pageSize,
      end: page * pageSize + Math.max(0, items.length - 1),
    },
  };
}

/** The envelope of Twilio's newer APIs, whose pages have addresses. */
export const metaOf = ({ envelope }: Page<unknown>, key: string, origin: string) => {
  const at = (uri: unknown) => (uri === null ? null : `${origin}${uri}`);
  return {
    key,
    page: envelope.page,
    page_size: envelope.page_size,
    url: at(envelope.uri),
    first_page_url: at(envelope.first_page_uri),
    next_page_url: at(envelope.next_page_uri),
    previous_page_url: at(envelope.previous_page_uri),
  };
};

const tokenOf = ({ sid, dateCreated }: Listed) => `PA${sid}-${Date.parse(dateCreated)}`;

function readToken(text: string | null): Listed | undefined {
  const [, sid, time] = /^PA(\w{34})-(\d{1,15})$/.exec(text ?? '') ?? [];
  return sid === undefined ? undefined : { sid, dateCreated: new Date(Number(time)).toISOString() };
}

const newestFirst = (a: Listed, b: Listed) =>
  Date.parse(b.dateCreated) - Date.parse(a.dateCreated) || (a.sid < b.sid ? -1 : a.sid > b.sid ? 1 : 0);

function pageQuery(query: URLSearchParams, pageSize: number, page: number, token?: string): string {
  const next = new URLSearchParams([...query].filter(([name]) => !['PageSize', 'Page', 'PageToken'].includes(name)));
  next.set('PageSize', String(pageSize));
  next.set('Page', String(page));
  if (token !== undefined) next.set('PageToken', token);
  return next.toString();
}

function readPageSize(text: string | null): number {
  const size = Number(text ?? PAGE_SIZE);
  if (size > PAGE_SIZE_MAX) throw twilioError(400, 20_007, `Page size cannot be greater than ${PAGE_SIZE_MAX}`);
  return Number.isInteger(size) && size > 0 ? size : PAGE_SIZE;
}
