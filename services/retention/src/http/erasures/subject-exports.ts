import { Readable } from 'node:stream';
import { createRoute, z } from '@hono/zod-openapi';
import { exportSubject } from '../../erasures/export-subject.ts';
import { actorOf, permit } from '../access/principal.ts';
import { purposeHeader, purposeOf, recordAccess } from '../access/record-access.ts';
import { accountOf } from '../account-of.ts';
import { ProblemError } from '../problems.ts';
import type { RecordsApi } from '../records-api.ts';
import { newRoutes, problemAnswer, tokenAnswer } from '../routes.ts';
import { accountSid } from '../schemas.ts';
import { phoneNumber } from './erasure-schemas.ts';

const exportRoute = createRoute({
  method: 'post',
  path: '/v1/subject-exports',
  middleware: [permit('subjects:export')] as const,
  summary: 'Everything held on a telephone number, as one tar archive; the numbers of others are masked',
  request: {
    headers: purposeHeader,
    body: {
      required: true,
      content: {
        'application/json': { schema: z.strictObject({ accountSid: accountSid.optional(), number: phoneNumber }) },
      },
    },
  },
  responses: {
    ...tokenAnswer,
    200: {
      description: 'The archive; its last file, manifest.json, has the SHA-256 of each other one.',
      content: { 'application/x-tar': { schema: { type: 'string', format: 'binary' } as const } },
    },
    400: problemAnswer('The request is not usable, or says no purpose.'),
    503: problemAnswer('The accesses could not be recorded, or older calls are still looked through: nothing is sent.'),
  },
});

export function subjectExportRoutes(api: RecordsApi) {
  return newRoutes().openapi(exportRoute, async (c) => {
    const { accountSid: asked, number: e164 } = c.req.valid('json');
    const purpose = purposeOf(c, api);
    if (purpose === undefined) {
      throw new ProblemError('bad-request', 'X-Access-Purpose: say what everything held on a person is read for.');
    }
    const account = await accountOf(c, api, {}, asked);
    const held = await api.subjects.find(account, e164);
    if (held === undefined) {
      const detail =
        'After an upgrade it is noted of every older call who was on it, and that is not done yet. Ask again.';
      throw new ProblemError('unavailable', detail, { 'retry-after': '60' });
    }
    const exportedAt = api.clock();
    const handouts = held.readable.map((readable) => ({ ...readable, format: 'export' }));
    const [subject, calls, recordings] = [{ party: held.party }, held.calls.length, held.recordings.length];
    await recordAccess(c, api, account, handouts, [
      {
        ...{ accountSid: account, at: exportedAt, kind: 'subject.exported', actor: actorOf(c), subject },
        details: { calls, recordings, purpose },
      },
    ]);
    const archive = exportSubject(api, { accountSid: account, e164, held, exportedAt });
    archive.on('error', api.logError);
    return c.body(Readable.toWeb(archive) as ReadableStream, 200, {
      'content-type': 'application/x-tar',
      'cache-control': 'no-store',
    });
  });
}
