import { expect, test } from 'vitest';
import { type ClaimMapping, personOf } from './person.ts';

const mapping: ClaimMapping = {
  roleClaim: 'realm_access.roles',
  roles: new Map([['legal', 'compliance']]),
  accountsClaim: 'https://example.com/accounts',
  identitiesClaim: 'identities',
};
const ACCOUNT = `AC${'a'.repeat(32)}`;
const person = (claims: object) =>
  personOf(
    { sub: 'jane', iss: 'https://idp.example.com', 'https://example.com/accounts': [ACCOUNT], ...claims },
    mapping,
    () => 'hash',
  );

test('claims are found by their name and by a path, and roles by what the provider calls them', () => {
  expect(person({ realm_access: { roles: ['staff', 'legal'] }, preferred_username: 'Jane D.' })).toEqual({
    ...{ id: 'jane', name: 'Jane D.', role: 'compliance', accounts: [ACCOUNT], agentIdentities: undefined },
  });
  expect(person({ 'realm_access.roles': 'openid reviewer' })).toMatchObject({ role: 'reviewer', name: 'jane' });
});

test('who has several roles has the one that may most', () => {
  expect(person({ realm_access: { roles: ['agent', 'legal', 'reviewer'] } })).toMatchObject({ role: 'compliance' });
});

test('an agent is one of certain calls', () => {
  const claims = { realm_access: { roles: ['agent'] } };
  expect(person(claims)).toMatch(/whose calls/);
  expect(person({ ...claims, identities: ['client:jane'] })).toMatchObject({ agentIdentities: ['client:jane'] });
});

test.each([
  ['no role', {}, /"realm_access.roles" names no role/],
  ['a role of nobody here', { realm_access: { roles: ['root'] } }, /names no role/],
  ['roles in another shape', { realm_access: { roles: { administrator: true } } }, /names no role/],
  ['roles of the prototype', { realm_access: { roles: ['constructor'] } }, /names no role/],
  ['no account', { realm_access: { roles: ['legal'] }, 'https://example.com/accounts': 'all' }, /names no account/],
])('with %s a person may not ask', (_, claims, why) => expect(person(claims)).toMatch(why));

test('a subject that may be a phone number is stood in for', () => {
  expect(person({ sub: '4155550100', realm_access: { roles: ['legal'] } })).toMatchObject({ id: 'sub_hash' });
});
