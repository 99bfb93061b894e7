import type { Command } from '../../command.ts';
import { jsonOption, yesOption } from '../../flags.ts';
import { hold, onlyHold } from './answers.ts';
import { describeSelector } from './describe.ts';

export const approveRelease: Command = {
  name: 'holds approve',
  summary: 'approve the release of a hold, as the second person',
  help: `onrecord holds approve ID [--yes] [--json]

  --yes   asks nobody
  --json  the answer of the records API

By somebody who neither placed the hold nor asked for its release. What no other hold covers goes when it is due.`,
  options: { ...yesOption, ...jsonOption },
  run: async ({ api, confirm, print }, { values, positionals }) => {
    const id = onlyHold(positionals, 'onrecord holds approve ID');
    const client = await api();
    const standing = await client.get(`/v1/holds/${id}`, hold);
    const { by, reason } = standing.releaseRequested ?? {};
    const asked = by === undefined ? '' : ` ${by} asks for it (${reason ?? 'for no reason that was given'}).`;
    await confirm(
      `What no other hold covers of ${describeSelector(standing)} goes when it is due.${asked} Release ${id}?`,
    );
    const answer = await client.send('POST', `/v1/holds/${id}/release/approval`, hold);
    print(values.json ? JSON.stringify(answer, undefined, 2) : `${id} is released.`);
  },
};
