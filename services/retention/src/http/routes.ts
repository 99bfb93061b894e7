import { OpenAPIHono } from '@hono/zod-openapi';
import type { RecordsEnv } from './principal.ts';
import { onInvalid } from './problems.ts';
import { problemSchema } from './schemas.ts';

/** Routes whose requests are checked in the one way. */
export const newRoutes = () => new OpenAPIHono<RecordsEnv>({ defaultHook: onInvalid });

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
