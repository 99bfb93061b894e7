import { Hono } from 'hono';
import type { AccountState } from './account-state.ts';
import { matchesConference } from './list-filters.ts';
import { pageOf } from './list-page.ts';
import { conferenceResource } from './resources.ts';

/** The list of conferences. */
export function conferenceRoutes(
  state: Pick<AccountState, 'conferences'>,
  isListed: (each: { sid: string }) => boolean,
): Hono {
  return new Hono().get('/Conferences.json', (c) => {
    const url = new URL(c.req.url);
    const page = pageOf(
      state.conferences().filter((each) => isListed(each) && matchesConference(each, url.searchParams)),
      url,
    );
    return c.json({ ...page.envelope, conferences: page.items.map(conferenceResource) });
  });
}
