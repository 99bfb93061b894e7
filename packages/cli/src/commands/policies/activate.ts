import { z } from 'zod';
import type { ApiClient } from '../../api-client.ts';
import type { Command, CommandContext } from '../../command.ts';
import { jsonOption, yesOption } from '../../flags.ts';
import { accountIn, accountOption } from '../sids.ts';
import { onlyPolicy, policySummary } from './policy-answers.ts';
import { simulatePolicy } from './simulation.ts';

const activated = z.looseObject({
  policy: policySummary.optional(),
  /** Absent while it is still counted. */
  isNew: z.boolean().optional(),
  against: z.string().optional(),
  looked: z.number().optional(),
  counted: z.string().optional(),
});

export const activatePolicy: Command = {
  name: 'policies activate',
  summary: 'make a version hold from now on, for what stands as well',
  help: `onrecord policies activate POLICY [--account SID] [--yes] [--json]

  POLICY         a version, such as calls.v3; built-in goes back to the settings
  --account SID  of this account alone; needed where two accounts have such a version
  --yes          do not ask, though something would be deleted at once
  --json         the version that holds, as JSON`,
  options: { ...accountOption, ...yesOption, ...jsonOption },
  run: async ({ api, confirm, print, progress }, { values, positionals }) => {
    const id = onlyPolicy(positionals, 'onrecord policies activate calls.v3');
    const accountSid = accountIn(values);
    const client = await api();
    const path = `/v1/policies/${id}/activation${accountSid === undefined ? '' : `?accountSid=${accountSid}`}`;
    let answer: z.output<typeof activated> | undefined;
    while (answer === undefined) {
      const { against, counts, looked } = await simulatePolicy(client, id, accountSid, progress);
      const dueNow = counts.dueNow ?? 0;
      if (dueNow > 0)
        await confirm(
          `Of ${dueNow} of ${looked} recordings and of calls without any, something is deleted at once. Activate ${id}?`,
        );
      answer = await countAndActivate(client, path, { dueNow, against }, progress);
    }
    if (values.json) return print(JSON.stringify(answer, undefined, 2));
    if (answer.isNew === false) return print(`${id} held already: nothing was changed.`);
    print(`${id} holds. What stands is planned again by it; deletions that are due begin within the next sweep.`);
  },
};

/**
 * It counts what is due by then itself, as much in an answer as fits into some seconds.
 * @returns `undefined` where another policy came to hold since that was confirmed: the number is of other recordings then
 */
async function countAndActivate(
  client: ApiClient,
  path: string,
  confirm: { dueNow: number; against: string },
  progress: CommandContext['progress'],
): Promise<z.output<typeof activated> | undefined> {
  const bar = progress('counting', (count) => `${count} recordings`);
  try {
    let answer: z.output<typeof activated> = {};
    do {
      const { counted } = answer;
      answer = await client.send('POST', path, activated, {
        confirm,
        ...(counted !== undefined && { counted }),
      });
      if (answer.against !== undefined && answer.against !== confirm.against) return undefined;
      bar.at(answer.looked ?? 0);
    } while (answer.counted !== undefined);
    return answer;
  } finally {
    bar.end();
  }
}
