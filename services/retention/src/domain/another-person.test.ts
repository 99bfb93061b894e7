import { expect, it } from 'vitest';
import { holdActor, whyNotAnother } from './another-person.ts';

const token = (id: string, givenBy?: Parameters<typeof holdActor>[1]) => holdActor({ kind: 'token', id }, givenBy);
const [ada, bob] = [{ kind: 'person', id: 'ada' } as const, { kind: 'person', id: 'bob' } as const];
const asks = token('asks', ada);

// One administrator once placed a hold, made a second token, and was "another person" with it.
it.each([
  ['a token that who asked gave', token('own', { kind: 'token', id: 'asks' }), false, /has its token from/],
  ['who gave the token that asked', holdActor(ada), false, /or gave it/],
  ['the token of the settings', token('bootstrap'), false, /RECORDS_API_TOKEN/],
  ['any token, where people sign in', token('theirs', bob), true, /where people sign in/],
])('no second person is %s', (_, approver, hasPeople, why) => {
  expect(whyNotAnother(approver, [asks], hasPeople)).toMatch(why);
});

it('a second person is somebody else, and also a token that the same administrator gave', () => {
  expect(whyNotAnother(holdActor(bob), [asks], true)).toBeUndefined();
  expect(whyNotAnother(token('theirs', ada), [asks], false)).toBeUndefined();
});
