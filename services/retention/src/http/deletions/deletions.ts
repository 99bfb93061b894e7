import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { certificateSchema } from '../../domain/certificate-schema.ts';
import { DELETION_CAUSES } from '../../domain/deletion.ts';
import { describeCertificate } from '../../domain/describe-certificate.ts';
import { DELETION_STATUSES } from '../../domain/evolve-deletion.ts';
import { accountsOf, permit, type RecordsEnv } from '../access/principal.ts';
import { accountOf, accountQuery, onlyAccount } from '../account-of.ts';
import { pageQuery, readPage } from '../pages.ts';
import { ProblemError } from '../problems.ts';
import type { RecordsApi } from '../records-api.ts';
import { json, newRoutes, problemAnswer, tokenAnswer } from '../routes.ts';
import { recordingSid } from '../schemas.ts';
import { deletionDetailSchema, deletionIdParam, deletionRowSchema } from './deletion-schemas.ts';

/** When it began, the recording's SID and the deletion's number: the order of the list. */
const position = z.tuple([z.iso.datetime(), z.string(), z.number().int()]);

const listRoute = createRoute({
  method: 'get',
  path: '/v1/deletions',
  middleware: [permit('deletions:read')] as const,
  summary: 'Deletions that have begun, newest first: what is confirmed gone, and what is not yet and why',
  request: {
    query: z.strictObject({
      ...accountQuery,
      recordingSid: recordingSid.optional(),
      status: z.enum(DELETION_STATUSES, `give one of ${DELETION_STATUSES.join(', ')}`).optional(),
      cause: z.enum(DELETION_CAUSES, `give one of ${DELETION_CAUSES.join(', ')}`).optional(),
      ...pageQuery,
    }),
  },
  responses: {
    ...tokenAnswer,
    200: json(
      z.object({ deletions: z.array(deletionRowSchema), next: z.string().optional() }),
      'One page; `next` is there while there are more.',
    ),
    400: problemAnswer('The query is not usable.'),
  },
});

const params = z.object({ deletionId: deletionIdParam });

const detailRoute = createRoute({
  method: 'get',
  path: '/v1/deletions/{deletionId}',
  middleware: [permit('deletions:read')] as const,
  summary: 'One deletion: each object version that was found and deleted, and what was seen of its residues',
  request: { params, query: onlyAccount },
  responses: {
    ...tokenAnswer,
    200: json(deletionDetailSchema, 'The deletion.'),
    404: problemAnswer('No account has such a deletion.'),
  },
});

const certificateRoute = createRoute({
  method: 'get',
  path: '/v1/deletions/{deletionId}/certificate',
  middleware: [permit('deletions:read')] as const,
  summary: 'The certificate of a completed deletion, as it was written',
  request: {
    params,
    query: z.strictObject({
      ...accountQuery,
      format: z.enum(['json', 'markdown'], 'give json or markdown').default('json'),
    }),
  },
  responses: {
    ...tokenAnswer,
    200: {
      description: 'Byte for byte what the audit log has the SHA-256 of, which is the ETag; or the same for people.',
      content: {
        'application/json': { schema: certificateSchema.meta({ id: 'DeletionCertificate' }) },
        'text/markdown': { schema: z.string() },
      },
    },
    404: problemAnswer('No account has such a deletion, or it has no certificate.'),
  },
});

export function deletionRoutes(api: RecordsApi) {
  const { reader } = api;
  const accountOfDeletion = (c: Context<RecordsEnv>, sid: string, asked: string | undefined) =>
    accountOf(c, api, { recordingSid: sid }, asked);
  return newRoutes()
    .openapi(listRoute, async (c) => {
      const { accountSid, limit, cursor, ...filters } = c.req.valid('query');
      const page = readPage(c, api, { limit, cursor }, position);
      const accounts = await accountsOf(c, api, accountSid);
      const after = page.after && {
        startedAt: new Date(page.after[0]),
        recordingSid: page.after[1],
        number: page.after[2],
      };
      const found = await reader.listDeletions({ ...filters, accounts, after, limit: page.lookFor });
      const { items: deletions, next } = page.cut(found, (last) => [
        last.startedAt,
        last.recordingSid,
        Number(last.deletionId.split('.')[1]),
      ]);
      return c.json({ deletions, next }, 200);
    })
    .openapi(detailRoute, async (c) => {
      const { recordingSid: sid, number } = c.req.valid('param').deletionId;
      const accountSid = await accountOfDeletion(c, sid, c.req.valid('query').accountSid);
      const deletion = await reader.findDeletion(accountSid, sid, number);
      if (deletion === undefined) throw unknownDeletion(sid, number);
      return c.json(deletion, 200);
    })
    .openapi(certificateRoute, async (c) => {
      const { recordingSid: sid, number } = c.req.valid('param').deletionId;
      const { accountSid: asked, format } = c.req.valid('query');
      const accountSid = await accountOfDeletion(c, sid, asked);
      const certificate = await reader.findCertificate(accountSid, sid, number);
      if (certificate === undefined) throw await whyNone(api, accountSid, sid, number);
      const { body, sha256 } = certificate;
      if (format === 'json') {
        return c.body(body, 200, { 'content-type': 'application/json', etag: `"${sha256}"` });
      }
      const text = describeCertificate(certificateSchema.parse(JSON.parse(body)));
      return c.body(text, 200, { 'content-type': 'text/markdown; charset=utf-8' });
    });
}

const unknownDeletion = (sid: string, number: number) =>
  new ProblemError('not-found', `No deletion ${sid}.${number} is known.`);

async function whyNone({ reader }: Pick<RecordsApi, 'reader'>, accountSid: string, sid: string, number: number) {
  const deletion = await reader.findDeletion(accountSid, sid, number);
  if (deletion === undefined) return unknownDeletion(sid, number);
  const why =
    deletion.status === 'done'
      ? 'was completed before there were certificates'
      : `is ${deletion.status}: the certificate is written when all is confirmed gone`;
  return new ProblemError('not-found', `The deletion ${sid}.${number} ${why}.`);
}
