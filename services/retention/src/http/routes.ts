import { OpenAPIHono } from '@hono/zod-openapi';
import type { RecordsEnv } from './access/principal.ts';
import { refuseInvalid } from './invalid-request.ts';
import { problemSchema } from './schemas.ts';

/** Routes whose requests are checked in the one way. */
export function newRoutes(): OpenAPIHono<RecordsEnv> {
  const routes = new OpenAPIHono<RecordsEnv>();
  const add = routes.openapi;
  // Only the route knows its schemas; a hook for all of them is told of the request alone.
  routes.openapi = ((route, handler) => add(route, handler, refuseInvalid(route))) as typeof add;
  return routes;
}

/** An answer of a route, for the OpenAPI document. */
export const json = <Schema>(schema: Schema, description: string) => ({
  content: { 'application/json': { schema } },
  description,
});

export const problemAnswer = (description: string) => ({
  content: { 'application/problem+json': { schema: problemSchema } },
  description,
});

/** Of every route below /v1. */
export const tokenAnswer = {
  401: problemAnswer('The token is missing, or is another one.'),
  403: problemAnswer('The role of the token may not do this.'),
  429: problemAnswer('The token asked more often than it may; Retry-After says when to come back.'),
};

/** Of routes with an ETag. */
export const knownAnswer = { 304: { description: 'It is the one that If-None-Match names.' } };
