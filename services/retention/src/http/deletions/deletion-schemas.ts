import { z } from '@hono/zod-openapi';
import { DELETION_CAUSES } from '../../domain/deletion.ts';
import { DELETION_ID, parseDeletionId } from '../../domain/deletion-id.ts';
import { DELETION_STATUSES } from '../../domain/evolve-deletion.ts';
import { moment } from '../schemas.ts';

const A_DELETION = 'a deletion is a RecordingSid, a dot and a number from 1, such as RE….1';

export const deletionIdParam = z
  .string()
  .regex(DELETION_ID, A_DELETION)
  .openapi({ example: `RE${'0123456789abcdef'.repeat(2)}.1` })
  .transform((text, context) => {
    const parsed = parseDeletionId(text);
    if (parsed !== undefined) return parsed;
    context.addIssue({ code: 'custom', message: A_DELETION });
    return z.NEVER;
  });

const confirmation = { confirmedAt: moment.optional(), failure: z.string().optional() };

export const deletionRowSchema = z
  .object({
    deletionId: z.string(),
    accountSid: z.string(),
    recordingSid: z.string(),
    data: z.array(z.string()).openapi({ description: '`everything`, or the classes of data that go.' }),
    status: z.enum(DELETION_STATUSES),
    cause: z.enum(DELETION_CAUSES),
    requestedBy: z
      .object({ kind: z.string(), id: z.string(), role: z.string().optional(), method: z.string().optional() })
      .optional()
      .openapi({ description: 'Of an `answer` in a call or conference its SID, and how it was given.' }),
    policy: z
      .object({ name: z.string(), version: z.number().int(), rule: z.string().optional() })
      .optional()
      .openapi({ description: 'By whose period it goes, where its cause is the schedule.' }),
    erasureId: z.string().optional().openapi({ description: 'Which erasure it carries out.' }),
    startedAt: moment,
    attempts: z.number().int(),
    nextAttemptAt: moment.optional(),
    completedAt: moment.optional(),
    objects: z.object({ deleted: z.number().int(), ...confirmation }),
    twilio: z.object({ outcome: z.string().optional(), metadataUntil: moment.optional(), ...confirmation }),
    isCertified: z.boolean().openapi({ description: 'Whether it has a certificate: from its completion on.' }),
  })
  .openapi('DeletionRow');

const version = z.object({ key: z.string(), versionId: z.string().optional() });

export const deletionDetailSchema = deletionRowSchema
  .extend({
    found: z.array(version).openapi({ description: 'Written down before any of it was deleted.' }),
    deleted: z.array(version),
    residueChecks: z
      .array(z.object({ residue: z.string(), checkedAt: moment, outcome: z.string(), reason: z.string().optional() }))
      .openapi({ description: 'What was seen of what Twilio keeps, once its time was over.' }),
  })
  .openapi('DeletionDetail');
