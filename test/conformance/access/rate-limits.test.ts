import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at } from '../retention/facts.ts';
import { access } from '../retention/records-app.ts';
import { Door } from './tenants.ts';

const LIMITS = { requestsPerMinute: 5, failuresPerMinute: 3 };

let door: Door;
beforeAll(async () => {
  door = await Door.open({
    access: { ...access, limits: LIMITS, isTrustedProxy: (address) => address === '127.0.0.1' },
  });
});
afterAll(() => door?.close());

const ask = (token: string, from = '203.0.113.1') =>
  door.ask('/v1/recordings', token, { headers: { 'x-forwarded-for': from } });
const statuses = async (count: number, token: string, from?: string) => {
  const seen: number[] = [];
  for (let times = 0; times < count; times += 1) seen.push((await ask(token, from)).status);
  return seen;
};

describe('a token', () => {
  it('is told how much it may ask, and when to come back', async () => {
    const [one, other] = [await door.tokenOf('reviewer'), await door.tokenOf('reviewer')];
    const first = await ask(one);
    expect(first.headers.get('ratelimit-policy')).toBe('"token";q=5;w=60');
    expect(first.headers.get('ratelimit')).toBe('"token";r=4;t=0');
    expect(await statuses(5, one)).toEqual([200, 200, 200, 200, 429]);
    const refused = await ask(one);
    expect(refused).toMatchObject({ type: 'application/problem+json', json: { status: 429 } });
    expect(refused.headers.get('retry-after')).toBe('12');
    expect((await ask(other)).status).toBe(200);
    door.api.test.now = new Date(at(1).getTime() + 12_000);
    expect(await statuses(2, one)).toEqual([200, 429]);
    door.api.test.now = at(1);
  });
});

describe('an address', () => {
  it('that sends bad tokens is let in again after a while, and its neighbours are', async () => {
    const good = await door.tokenOf('reviewer');
    expect((await ask(good, '198.51.100.7')).status).toBe(200);
    expect(await statuses(5, 'nobody-knows', '198.51.100.7')).toEqual([401, 401, 401, 429, 429]);
    const refused = await ask('nobody-knows', '198.51.100.7');
    expect(refused.headers.get('retry-after')).toBe('20');
    expect(refused.json.detail).toContain('More than 3 requests a minute from your address');
    // Who was let in before is, whoever else is behind the same address.
    expect((await ask(good, '198.51.100.7')).status).toBe(200);
    expect((await ask(await door.tokenOf('reviewer'), '198.51.100.7')).status).toBe(429);
    expect((await ask('nobody-knows', '198.51.100.8')).status).toBe(401);
    door.api.test.now = at(2);
    expect((await ask(await door.tokenOf('reviewer'), '198.51.100.7')).status).toBe(200);
    door.api.test.now = at(1);
  });

  it('of IPv6 stands for its network', async () => {
    expect(await statuses(3, 'nobody-knows', '2001:db8:1:2::7')).toEqual([401, 401, 401]);
    expect(await statuses(1, 'nobody-knows', '2001:db8:1:2:ffff::1')).toEqual([429]);
    expect(await statuses(1, 'nobody-knows', '2001:db8:1:3::7')).toEqual([401]);
  });

  it('needs none for the description of the API', async () => {
    expect((await door.ask('/openapi.json', undefined)).status).toBe(200);
  });
});
