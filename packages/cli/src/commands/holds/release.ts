import type { Command } from '../../command.ts';
import { CommandError, UsageError } from '../../errors.ts';
import { EXIT } from '../../exit-status.ts';
import { jsonOption, yesOption } from '../../flags.ts';
import { hold, onlyHold } from './answers.ts';
import { describeSelector } from './describe.ts';

export const releaseHold: Command = {
  name: 'holds release',
  summary: 'release a hold, or ask for it where that takes a second person',
  help: `onrecord holds release ID --reason TEXT [--yes] [--json]

  --reason TEXT  why it is released; write no telephone numbers here
  --yes          asks nobody
  --json         the answer of the records API

What no other hold covers goes when it is due. Where it takes a second person, the hold stands, the exit status is ${EXIT.partial}, and somebody else
than who placed it and who asked for it says \`onrecord holds approve ID\`.`,
  options: { ...yesOption, ...jsonOption, reason: { type: 'string' } },
  fields: { reason: '--reason' },
  run: async ({ api, confirm, print }, { values, positionals }) => {
    const id = onlyHold(positionals, 'onrecord holds release ID --reason "settled"');
    if (values.reason === undefined) throw new UsageError('say --reason: why it is released');
    const client = await api();
    const standing = await client.get(`/v1/holds/${id}`, hold);
    await confirm(`What no other hold covers of ${describeSelector(standing)} goes when it is due. Release ${id}?`);
    const answer = await client.send('POST', `/v1/holds/${id}/release`, hold, { reason: values.reason });
    if (values.json) print(JSON.stringify(answer, undefined, 2));
    if (answer.status !== 'released') {
      throw new CommandError(
        `${id} still holds: its release is asked for, and a second person has to say \`onrecord holds approve ${id}\``,
        EXIT.partial,
      );
    }
    if (!values.json) print(`${id} is released.`);
  },
};
