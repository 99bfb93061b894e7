import { ROLE_PERMISSIONS, ROLES } from '@onrecord/retention/domain/roles';
import { permissionOf } from '@onrecord/retention/http/access/principal';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Door, type RouteUnderTest, routesOf } from './tenants.ts';

let door: Door;
const tokens = new Map<string, string>();

beforeAll(async () => {
  door = await Door.open();
  for (const role of ROLES) tokens.set(role, await door.tokenOf(role));
});
afterAll(() => door?.close());

/** As the application enforces it. */
const permissionOfRoute = ({ method, path }: RouteUnderTest) =>
  door.api.app.routes
    .filter((route) => route.method === method && route.path === path)
    .map(({ handler }) => permissionOf(handler))
    .find((permission) => permission !== undefined);

it('every route of the application is in its OpenAPI document, and the other way round', async () => {
  const { json } = await door.ask('/openapi.json', undefined);
  const documented = Object.entries(json.paths as Record<string, object>).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
  );
  expect(documented.toSorted()).toEqual(
    routesOf(door.api)
      .map(({ method, path }) => `${method} ${path}`)
      .toSorted(),
  );
});

it('every route names a permission that some role lacks or all have on purpose', () => {
  const open = routesOf(door.api).filter((route) => permissionOfRoute(route) === undefined);
  expect(open.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
});

describe.each(ROLES)('the role %s', (role) => {
  it('passes the door of the routes that it may use, and of no other', async () => {
    for (const route of routesOf(door.api)) {
      const permission = permissionOfRoute(route);
      const may = permission !== undefined && ROLE_PERMISSIONS[role].has(permission);
      const body = route.method === 'GET' || route.method === 'DELETE' ? {} : { body: {} };
      const answer = await door.ask(route.address(route.madeUp()), tokens.get(role), { method: route.method, ...body });
      const said = `${role}: ${route.method} ${route.path}: ${answer.status} ${answer.text}`;
      if (may) expect([200, 400, 404], said).toContain(answer.status);
      else {
        expect(answer.status, said).toBe(403);
        expect(answer.json.detail, said).toContain(`The role ${role} may not do this (${permission})`);
      }
    }
  });
});

it('without a token, or with one that nobody made, every route says the same', async () => {
  const forged = `onr_${'0'.repeat(24)}_${'A'.repeat(43)}`;
  for (const route of routesOf(door.api)) {
    for (const token of [undefined, forged]) {
      const answer = await door.ask(route.address(route.madeUp()), token, { method: route.method });
      expect(answer).toMatchObject({ status: 401, type: 'application/problem+json' });
    }
  }
});
