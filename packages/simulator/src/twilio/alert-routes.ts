import { Hono } from 'hono';
import type { AccountState } from './account-state.ts';
import { alertResource, notificationResource } from './alert-resources.ts';
import { notFound } from './errors.ts';
import { matchesAlert, matchesNotification } from './list-filters.ts';
import { metaOf, pageOf } from './list-page.ts';

interface MonitorOptions {
  state: AccountState;
  apiUrl(): string;
  isListed(resource: { sid: string }): boolean;
}

/** Monitor has a host of its own at Twilio, and pages with whole addresses. */
export function monitorRoutes({ state, apiUrl, isListed }: MonitorOptions): Hono {
  return new Hono().get('/Alerts', (c) => {
    const url = new URL(c.req.url);
    const matching = state.alerts().filter((each) => isListed(each) && matchesAlert(each, url.searchParams));
    const page = pageOf(matching, url);
    const alerts = page.items.map((each) => alertResource(each, apiUrl()));
    return c.json({ meta: metaOf(page, 'alerts', apiUrl()), alerts });
  });
}

/** What the debugger knows of one call, below the account's calls. */
export function notificationRoutes(state: AccountState): Hono {
  return new Hono().get('/:callSid/Notifications.json', (c) => {
    const url = new URL(c.req.url);
    const callSid = c.req.param('callSid');
    if (state.call(callSid) === undefined) throw notFound(c.req.path);
    const matching = state
      .alerts()
      .filter((each) => each.resourceSid === callSid && matchesNotification(each, url.searchParams));
    const page = pageOf(matching, url);
    return c.json({ ...page.envelope, notifications: page.items.map(notificationResource) });
  });
}
