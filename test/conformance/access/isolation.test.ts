import { attemptDeletion } from '@onrecord/retention/delete-recording';
import { beginDeletion } from '@onrecord/retention/domain/begin-deletion';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ACCOUNT,
  archived,
  consentOf,
  legReported,
  newSid,
  recordingCompleted,
  transcribed,
} from '../retention/facts.ts';
import { type Answer, Door, newPolicyId, type RouteUnderTest, routesOf } from './tenants.ts';

const OTHER = newSid('AC');

const NOBODY_ASKS = () => Promise.reject(new Error('this deletion is not about Twilio'));

let door: Door;
/** Opens ACCOUNT alone, with every permission. */
let token: string;
/** What the other tenant has, by the name of its place in an address. */
const theirs: Record<string, string> = {};

beforeAll(async () => {
  door = await Door.open();
  token = await door.tokenOf('administrator');
  const { test, store } = door.api;
  const [callSid, recordingSid, accountSid] = [newSid('CA'), newSid('RE'), OTHER];
  const prefix = `${OTHER}/${recordingSid}/`;
  await store.put(`${prefix}transcript.json`, Buffer.from('{"secret":"words"}'), { contentType: 'application/json' });
  await test.take(
    legReported(callSid, { accountSid }),
    recordingCompleted(recordingSid, { callSid }, { accountSid }),
    consentOf({ callSid }, 'granted', { accountSid }),
    archived(recordingSid, callSid, prefix, { accountSid }),
    transcribed(recordingSid, callSid, prefix, { accountSid }),
  );
  const key = { accountSid, recordingSid, deletion: 1 };
  await test.ledger.change(key, (entry) => ({
    entry: beginDeletion(entry, { cause: 'schedule', classes: ['provider-response'], now: test.now }),
    events: [],
  }));
  const source = { deleteAndConfirm: NOBODY_ASKS, look: NOBODY_ASKS };
  await attemptDeletion(test.ledger, key, {
    objects: { ...store, uri: 'file:///recordings' },
    source,
    clock: test.clock,
  });
  const policyId = newPolicyId();
  await door.api.policies.draft(OTHER, policyNamed(policyId.replace('.v1', '')), { kind: 'service', id: 'test' });
  const secret = await door.tokenOf('reviewer', [OTHER]);
  Object.assign(theirs, {
    callSid,
    recordingSid,
    deletionId: `${recordingSid}.1`,
    tokenId: secret.split('_')[1],
    policyId,
  });
});
afterAll(() => door?.close());

const policyNamed = (name: string) => `name: ${name}
defaults:
  periods: { audio: 1d, transcript: 1d, providerResponse: 1d, metadata: 1d, numbers: 1d }
  consent: { mode: none }
`;

/** A body with which the route would work, were the thing the asker's own. */
const BODIES: Readonly<Record<string, object>> = {
  'POST /v1/policies/:policyId/simulation': {},
  'POST /v1/policies/:policyId/activation': {},
  'PUT /v1/recordings/:recordingSid/retention': { deleteAfter: '2026-04-01T00:00:00Z' },
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

const idsIn = (address: string) => address.match(/[A-Z]{2}[0-9a-f]{32}|[0-9a-f]{24}/g) ?? [];

describe('what belongs to another tenant', () => {
  it('answers on every route, to the byte, as what does not exist', async () => {
    const routes = routesOf(door.api).filter(({ places }) => places.length > 0);
    expect(routes.length).toBeGreaterThan(0);
    for (const route of routes) {
      for (const query of ['', `?accountSid=${OTHER}`]) {
        const sent = { method: route.method, ...bodyOf(route) };
        const [existing, missing] = [
          route.address(theirs) + query,
          route.address() + query.replace(OTHER, newSid('AC')),
        ];
        const answers = [await door.ask(existing, token, sent), await door.ask(missing, token, sent)] as const;
        const said = `${route.method} ${existing}: ${answers[0].text}`;
        // Some take no account in their query, and say so of both.
        expect([404, 400], said).toContain(answers[0].status);
        if (query === '') expect(answers[0].status, said).toBe(404);
        expect(without(answers[0], idsIn(existing)), said).toEqual(without(answers[1], idsIn(missing)));
      }
    }
  });

  it('is there for its own tenant, so that the test above says something', async () => {
    const own = await door.tokenOf('administrator', [OTHER]);
    for (const route of routesOf(door.api).filter(({ method, places }) => method === 'GET' && places.length > 0)) {
      expect((await door.ask(route.address(theirs), own)).status, route.path).toBe(200);
    }
  });

  it('is in no list', async () => {
    const lists = routesOf(door.api).filter(({ method, places }) => method === 'GET' && places.length === 0);
    for (const list of lists) {
      for (const query of ['?limit=200', `?limit=200&accountSid=${OTHER}`]) {
        const { text } = await door.ask(list.address() + query, token);
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
    const own = await door.tokenOf('reviewer', [OTHER]);
    expect((await door.ask(`/v1/recordings/${theirs.recordingSid}`, own)).json.state).toBe('transcribed');
  });

  it('cannot be opened by a token of one’s own making', async () => {
    const grant = (accounts: unknown) => ({ method: 'POST', body: { name: 'more', role: 'reviewer', accounts } });
    for (const accounts of ['all', [OTHER], [ACCOUNT, OTHER]]) {
      expect(await door.ask('/v1/tokens', token, grant(accounts))).toMatchObject({
        status: 400,
        json: { detail: `accounts: name only those that your own token opens: ${ACCOUNT}.` },
      });
    }
    expect((await door.ask('/v1/tokens', token, grant([ACCOUNT]))).status).toBe(201);
  });
});
