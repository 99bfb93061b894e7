import type { Command } from '../../command.ts';
import { jsonOption } from '../../flags.ts';
import { accountIn, accountOption } from '../sids.ts';
import { onlyDeletion } from './answers.ts';

export const certificateOfDeletion: Command = {
  name: 'deletions certificate',
  summary: 'print the certificate of a completed deletion',
  help: `onrecord deletions certificate RE….1 [--account SID] [--json]

  Markdown, for people; to keep it: onrecord deletions certificate RE….1 > certificate.md

  --account SID  of this account alone; needed where two accounts know of the same SID
  --json         as it was written, in its committed schema`,
  options: { ...accountOption, ...jsonOption },
  run: async ({ api, print }, { values, positionals }) => {
    const id = onlyDeletion(positionals, 'onrecord deletions certificate RE….1');
    const [type, format] = values.json ? ['application/json', 'json'] : ['text/markdown', 'markdown'];
    const query = { accountSid: accountIn(values), format };
    print(await (await api()).text(`/v1/deletions/${id}/certificate`, type, query));
  },
};
