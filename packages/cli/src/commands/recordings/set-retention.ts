import { z } from 'zod';
import type { Command } from '../../command.ts';
import { UsageError } from '../../errors.ts';
import { jsonOption, yesOption } from '../../flags.ts';
import { formatMoment } from '../../table.ts';
import { dayOrTimeIn } from '../period.ts';
import { accountIn, accountOption, onlySid } from '../sids.ts';

const planned = z.looseObject({
  recordingSid: z.string(),
  deletion: z.looseObject({ cause: z.string(), deleteAfter: z.string().optional() }).optional(),
  /** Where a hold covers it. */
  heldBack: z.string().optional(),
});

export const setRetention: Command = {
  name: 'recordings set-retention',
  summary: 'set when a recording is deleted, sooner or later than its schedule',
  help: `onrecord recordings set-retention RE… (--delete-after MOMENT | --by-schedule) [--account SID] [--yes] [--json]

  --delete-after  a day or a time, as 2027-12-31 or 2027-12-31T18:00:00Z; one that has passed deletes it at once
  --by-schedule   takes such a date back: it goes by the policy again
  --account SID   of this account alone; needed where two accounts know of the same SID
  --yes           do not ask, though it would be deleted at once
  --json          the answer of the records API

No date comes before what a law asks for, or after what a refusal asks for. Under a hold it counts from the release on.`,
  options: {
    ...accountOption,
    ...yesOption,
    ...jsonOption,
    'delete-after': { type: 'string' },
    'by-schedule': { type: 'boolean' },
  },
  fields: { deleteAfter: '--delete-after' },
  run: async ({ api, confirm, print }, { values, positionals }) => {
    const sid = onlySid(positionals, ['RE'], 'onrecord recordings set-retention RE… --delete-after 2027-12-31');
    const deleteAfter = dayOrTimeIn('--delete-after', values['delete-after']);
    if ((deleteAfter === undefined) !== (values['by-schedule'] === true))
      throw new UsageError('say either --delete-after MOMENT or --by-schedule');
    const accountSid = accountIn(values);
    if (deleteAfter !== undefined && Date.parse(deleteAfter) <= Date.now())
      await confirm(`${formatMoment(deleteAfter)} has passed: ${sid} is deleted at once. Set it?`);
    const path = `/v1/recordings/${sid}/retention${accountSid === undefined ? '' : `?accountSid=${accountSid}`}`;
    const body = { deleteAfter: deleteAfter ?? null };
    const answer = await (await api()).send('PUT', path, planned, body);
    if (values.json) return print(JSON.stringify(answer, undefined, 2));
    print(`${sid}: ${answer.heldBack ?? describe(answer.deletion)}`);
  },
};

const describe = (deletion: z.output<typeof planned>['deletion']): string =>
  deletion === undefined
    ? 'no deletion of it is planned.'
    : `its deletion is planned for ${formatMoment(deletion.deleteAfter)} (${deletion.cause}).`;
