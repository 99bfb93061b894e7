import { createPeople, type People } from '@onrecord/retention/access/people';
import { createOidcIssuer } from '@onrecord/retention/adapters/oidc-issuer';
import { generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ACCOUNT, at, newSid } from '../retention/facts.ts';
import { Issuer } from './issuer.ts';
import { Door } from './tenants.ts';

const mapping = {
  roleClaim: 'groups',
  roles: new Map([['legal', 'compliance' as const]]),
  accountsClaim: 'accounts',
  identitiesClaim: 'identities',
};
const GOOD = { groups: ['legal'], accounts: [ACCOUNT], preferred_username: 'jane.d' };
const SECOND = 1_000;

let issuer: Issuer;
let door: Door;
let unavailable: Error[];

let people: People;

beforeAll(async () => {
  door = await Door.open({ people: { check: (token) => people.check(token) } });
});
afterAll(() => door?.close());
beforeEach(async () => {
  issuer = await Issuer.start();
  unavailable = [];
  const clock = () => door.api.test.now;
  const options = { issuer: issuer.url, audience: issuer.audience, clock, keysCooldownMs: 0, fetchPauseMs: 60_000 };
  people = createPeople(
    createOidcIssuer(options, (error) => unavailable.push(error)),
    mapping,
  );
});
afterEach(() => issuer?.stop());

const tokenWith = (claims: JWTPayload = {}) => issuer.token(door.api.test.now, { ...GOOD, ...claims });
const ask = (token: string, path = '/v1/recordings') => door.ask(path, token);

describe('a person of the identity provider', () => {
  it('may do what the claims say, and stands in accesses and the audit log by name', async () => {
    const token = await tokenWith();
    const { path, sid } = await door.api.given('transcribed');
    expect((await ask(token, `${path}/transcript`)).status).toBe(200);
    const { accesses } = (await ask(token, `/v1/accesses?recordingSid=${sid}`)).json;
    expect(accesses).toMatchObject([{ principal: { kind: 'person', id: 'jane', name: 'jane.d', role: 'compliance' } }]);
    expect((await ask(token, '/v1/tokens')).status).toBe(403);
    const failed = await door.auditOf('authorisation.failed');
    expect(failed.filter(({ details }) => details.reason === 'role')).toMatchObject([
      { actor: { kind: 'person', id: 'jane', role: 'compliance' }, details: { reason: 'role' } },
    ]);
  });

  it('sees the accounts alone that the claims name', async () => {
    const { sid } = await door.api.given('waiting');
    const token = await tokenWith({ accounts: [newSid('AC')] });
    expect((await ask(token, `/v1/recordings/${sid}`)).status).toBe(404);
    expect((await ask(token)).json.recordings).toEqual([]);
    expect((await ask(await tokenWith({ accounts: [] }))).status).toBe(401);
  });

  it('is let in as long as the clocks differ by half a minute at most', async () => {
    const soon = Math.floor(door.api.test.now.getTime() / SECOND) + 29;
    expect((await ask(await tokenWith({ nbf: soon }))).status).toBe(200);
    expect((await ask(await tokenWith({ exp: soon - 58 }))).status).toBe(200);
  });
});

describe('a token', () => {
  const now = at(1).getTime() / SECOND;
  it.each<[string, JWTPayload, string]>([
    ['of another issuer', { iss: 'https://evil.example.com' }, '"iss"'],
    ['for another audience', { aud: 'https://other.example.com' }, '"aud"'],
    ['for nobody in particular', { aud: undefined }, '"aud"'],
    ['that has expired', { exp: now - 31 }, 'it has expired'],
    ['that never expires', { exp: undefined }, '"exp"'],
    ['that is not valid yet', { nbf: now + 31 }, 'not valid yet'],
    ['of nobody', { sub: undefined }, '"sub"'],
    ['without a role', { groups: [] }, '"groups" names no role'],
    ['with a role of nobody here', { groups: ['root'] }, '"groups" names no role'],
  ])('%s is refused', async (_, claims, why) => {
    const answer = await ask(await tokenWith(claims));
    expect(answer).toMatchObject({
      status: 401,
      type: 'application/problem+json',
      json: { detail: expect.stringContaining(why) },
    });
    expect(answer.headers.get('www-authenticate')).toContain('invalid_token');
  });

  it('without a signature is refused, and one that is signed with the public key as a secret', async () => {
    const claims = { iss: issuer.url, aud: issuer.audience, sub: 'eve', ...GOOD };
    const unsigned = new UnsecuredJWT(claims).setExpirationTime('10m').encode();
    const header = { alg: 'HS256', kid: issuer.key?.kid ?? '' };
    const secret = await issuer.publicKeyAsSecret();
    const forged = await new SignJWT(claims).setProtectedHeader(header).setExpirationTime('10m').sign(secret);
    const good = await tokenWith();
    const payload = Buffer.from(JSON.stringify({ ...claims, groups: ['administrator'] })).toString('base64url');
    const changed = good.split('.').with(1, payload).join('.');
    for (const token of [unsigned, forged, changed, `${good}x`, good.split('.').with(2, '').join('.'), 'a.b.c']) {
      expect((await ask(token)).status, token).toBe(401);
    }
    expect((await ask(good)).status).toBe(200);
    expect(unavailable).toEqual([]);
  });

  it('with a key that the issuer does not publish is refused', async () => {
    const other = { kid: 'unknown', ...(await generateKeyPair('ES256')) };
    const [stranger, impostor] = [other, { ...other, kid: issuer.key?.kid ?? '' }];
    for (const key of [stranger, impostor]) {
      expect((await ask(await issuer.token(door.api.test.now, GOOD, key))).status).toBe(401);
    }
  });
});

describe('the keys of the issuer', () => {
  it('are asked for once, and again when one is new; the one that is taken back opens nothing', async () => {
    const old = await tokenWith();
    expect([(await ask(old)).status, (await ask(old)).status, issuer.asked]).toEqual([200, 200, 1]);
    const before = await issuer.rotate();
    expect([(await ask(await tokenWith())).status, issuer.asked]).toEqual([200, 2]);
    expect((await ask(await issuer.token(door.api.test.now, GOOD, before))).status).toBe(401);
  });

  it('are not asked for by each token that names an unknown one', async () => {
    const clock = () => door.api.test.now;
    const patient = createOidcIssuer({ issuer: issuer.url, audience: issuer.audience, clock }, () => undefined);
    await patient.verify(await tokenWith());
    for (let times = 0; times < 10; times += 1) {
      const key = { kid: `unknown-${times}`, ...(await generateKeyPair('ES256')) };
      expect((await patient.verify(await issuer.token(door.api.test.now, GOOD, key))).outcome).toBe('bad');
    }
    expect(issuer.asked).toBe(1);
  });

  it.each([
    ['answers an error', () => ({ status: 500, body: '{}' })],
    ['answers no keys', () => ({ status: 200, body: '<html>' })],
    ['answers without end', () => ({ status: 200, body: `{"keys":[],"x":"${'x'.repeat(300_000)}"}` })],
    ['points elsewhere', () => ({ status: 302, body: '' })],
  ])(
    'that %s are not there: people are asked to come back, tokens go on, and nobody asks again at once',
    async (_, answers) => {
      issuer.answers = answers;
      const token = await tokenWith();
      expect(await ask(token)).toMatchObject({
        status: 503,
        json: { detail: expect.stringContaining('Try again later') },
      });
      for (let times = 0; times < 5; times += 1) expect((await ask(token)).status).toBe(503);
      expect(issuer.asked).toBe(1);
      expect(unavailable).toHaveLength(1);
      expect((await ask(await door.tokenOf('reviewer'))).status).toBe(200);
    },
  );

  it('of an issuer that is away are not there', async () => {
    const token = await tokenWith();
    await issuer.stop();
    expect((await ask(token)).status).toBe(503);
    issuer = await Issuer.start();
  });

  it('may be at an address of their own', async () => {
    const clock = () => door.api.test.now;
    const options = { issuer: issuer.url, audience: issuer.audience, jwksUrl: `${issuer.url}/keys`, clock };
    expect((await createOidcIssuer(options, () => undefined).verify(await tokenWith())).outcome).toBe('good');
    const elsewhere = createOidcIssuer(
      { ...options, jwksUrl: undefined, issuer: `${issuer.url}/other` },
      () => undefined,
    );
    expect((await elsewhere.verify(await tokenWith())).outcome).toBe('unavailable');
  });
});
