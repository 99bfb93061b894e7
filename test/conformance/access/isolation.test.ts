import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, newSid } from '../retention/facts.ts';
import { makeTheirs } from './other-tenant.ts';
import { type Answer, Door, type Ids, type RouteUnderTest, routesOf } from './tenants.ts';

const OTHER = newSid('AC');

let door: Door;
/** Opens ACCOUNT alone, with every permission. */
let token: string;
/** What the other tenant has, by the name of its place in an address. */
let theirs: Ids;
/** The other tenant's own. */
let own: string;

beforeAll(async () => {
  door = await Door.open();
  token = await door.tokenOf('administrator');
  own = await door.tokenOf('administrator', [OTHER]);
  theirs = await makeTheirs(door, OTHER, own);
});
afterAll(() => door?.close());

/** A body with which the route would work, were the thing the asker's own. */
const BODIES: Readonly<Record<string, object>> = {
  'PUT /v1/recordings/:recordingSid/retention': { deleteAfter: '2026-04-01T00:00:00Z' },
  'PUT /v1/calls/:callSid/tags': { tags: ['vip'] },
  'PUT /v1/conferences/:conferenceSid/tags': { tags: ['vip'] },
  'POST /v1/policies/:policyId/simulation': {},
  'POST /v1/policies/:policyId/activation': {},
  'POST /v1/holds/:holdId/release': { reason: 'settled' },
  'POST /v1/holds/:holdId/release/approval': {},
};

const bodyOf = ({ method, path }: RouteUnderTest): object => {
  if (method === 'GET' || method === 'DELETE') return {};
  const body = BODIES[`${method} ${path}`];
  if (body === undefined) throw new Error(`say in BODIES what ${method} ${path} takes`);
  return { body };
};

/** All of an answer but the ids that the question named. */
const without = ({ status, type, text, headers }: Answer, ids: readonly string[]) => {
  const kept = [...headers].filter(([name]) => name !== 'date' && !name.startsWith('ratelimit'));
  return { status, type, headers: kept, text: ids.reduce((left, id) => left.replaceAll(id, 'ID'), text) };
};

describe('what belongs to another tenant', () => {
  it('answers on every route, to the byte, as what does not exist', async () => {
    const routes = routesOf(door.api).filter(({ places }) => places.length > 0);
    expect(routes.length).toBeGreaterThan(0);
    for (const route of routes) {
      for (const accounts of [undefined, [OTHER, newSid('AC')] as const]) {
        const [one, other] = accounts?.map((account) => `?accountSid=${account}`) ?? ['', ''];
        const [sent, madeUp] = [{ method: route.method, ...bodyOf(route) }, route.madeUp()];
        const existing = await door.ask(route.address(theirs) + one, token, sent);
        const missing = await door.ask(route.address(madeUp) + other, token, sent);
        const said = `${route.method} ${route.path}${one}: ${existing.text}`;
        // Some take no account in their query, and say so of both.
        expect(accounts === undefined ? [404] : [404, 400], said).toContain(existing.status);
        const named = (ids: Ids, account = '-') => [...route.places.map((place) => ids[place] ?? ''), account];
        expect(without(existing, named(theirs, accounts?.[0])), said).toEqual(
          without(missing, named(madeUp, accounts?.[1])),
        );
      }
    }
  });

  it('is there for its own tenant, so that the test above says something', async () => {
    for (const route of routesOf(door.api).filter(({ method, places }) => method === 'GET' && places.length > 0)) {
      expect((await door.ask(route.address(theirs), own)).status, route.path).toBe(200);
    }
  });

  it('is in no list', async () => {
    const lists = routesOf(door.api).filter(({ method, places }) => method === 'GET' && places.length === 0);
    for (const list of lists) {
      for (const query of ['?limit=200', `?limit=200&accountSid=${OTHER}`]) {
        const { text } = await door.ask(list.address({}) + query, token);
        for (const id of Object.values(theirs)) expect(text, list.path).not.toContain(id);
      }
    }
  });

  it('cannot be answered for: neither by its call, nor by its account', async () => {
    const answer = { party: 'caller', outcome: 'refused' };
    const said = (body: object) => door.ask('/v1/consents', token, { method: 'POST', body: { ...answer, ...body } });
    // As of a call that nobody knows yet: it is the asker's own account that it is recorded for.
    const [known, unknown] = [{ callSid: theirs.callSid }, { callSid: newSid('CA') }];
    expect(await said(known)).toMatchObject({ status: 201, json: { known: false, recordings: [] } });
    expect(await said(unknown)).toMatchObject({ status: 201, json: { known: false, recordings: [] } });
    const [theirAccount, noAccount] = [OTHER, newSid('AC')];
    const answers = [
      await said({ ...known, accountSid: theirAccount }),
      await said({ ...unknown, accountSid: noAccount }),
    ] as const;
    expect(answers[0].status).toBe(404);
    expect(without(answers[0], [theirAccount])).toEqual(without(answers[1], [noAccount]));
    expect((await door.ask(`/v1/recordings/${theirs.recordingSid}`, own)).json.state).toBe('transcribed');
  });

  it('cannot be opened by a token of one’s own making', async () => {
    const grant = (accounts: unknown) => ({ method: 'POST', body: { name: 'more', role: 'reviewer', accounts } });
    for (const accounts of ['all', [OTHER], [ACCOUNT, OTHER]]) {
      expect(await door.ask('/v1/tokens', token, grant(accounts))).toMatchObject({
        status: 403,
        json: { detail: `accounts: name only those that your own token opens: ${ACCOUNT}.` },
      });
    }
    expect((await door.ask('/v1/tokens', token, grant([ACCOUNT]))).status).toBe(201);
  });
});
