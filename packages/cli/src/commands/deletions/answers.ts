import { z } from 'zod';
import { UsageError } from '../../errors.ts';
import { onlyArgument } from '../../positionals.ts';

const place = { confirmedAt: z.string().optional(), failure: z.string().optional() };

export const deletionRow = z.looseObject({
  deletionId: z.string(),
  data: z.array(z.string()),
  status: z.string(),
  cause: z.string(),
  requestedBy: z.looseObject({ kind: z.string(), id: z.string(), method: z.string().optional() }).optional(),
  policy: z.looseObject({ name: z.string(), version: z.number(), rule: z.string().optional() }).optional(),
  erasureId: z.string().optional(),
  startedAt: z.string(),
  attempts: z.number(),
  nextAttemptAt: z.string().optional(),
  completedAt: z.string().optional(),
  objects: z.looseObject({ deleted: z.number(), ...place }),
  twilio: z.looseObject({ outcome: z.string().optional(), metadataUntil: z.string().optional(), ...place }),
  isCertified: z.boolean(),
});
export type DeletionRow = z.output<typeof deletionRow>;

export const deletionDetail = deletionRow.extend({
  deleted: z.array(z.looseObject({ key: z.string(), versionId: z.string().optional() })),
  residueChecks: z.array(z.looseObject({ residue: z.string(), checkedAt: z.string(), outcome: z.string() })),
});
export type DeletionDetail = z.output<typeof deletionDetail>;

/** What keeps it from being done, if anything does. */
export const failuresOf = ({ objects, twilio }: DeletionRow): string =>
  [objects.failure && `objects: ${objects.failure}`, twilio.failure && `Twilio: ${twilio.failure}`]
    .filter(Boolean)
    .join('; ');

/** The one argument, which names a deletion, in the spelling of the API. @throws UsageError */
export function onlyDeletion(positionals: readonly string[], example: string): string {
  const id = onlyArgument(positionals, example);
  if (!/^RE[0-9a-f]{32}\.[1-9]\d*$/i.test(id)) {
    throw new UsageError(`"${id}" is no deletion: give the RecordingSid, a dot and a number, as the list shows it`);
  }
  return `RE${id.slice(2).toLowerCase()}`;
}
