import type { Command } from '../../command.ts';
import { UsageError } from '../../errors.ts';
import { fetchList } from '../../fetch-list.ts';
import { jsonOption } from '../../flags.ts';
import { formatMoment } from '../../table.ts';
import { hold } from '../holds/answers.ts';
import { holdTable } from '../holds/describe.ts';
import { matter, matterIdIn } from './answers.ts';

/** Of a matter that has more, `onrecord holds list --matter` shows them. */
const HOLDS_SHOWN = 200;

export const showMatter: Command = {
  name: 'matters show',
  summary: 'show a matter with its holds',
  help: `onrecord matters show ID [--json]

  --json  the matter with its first ${HOLDS_SHOWN} holds, as JSON`,
  options: jsonOption,
  run: async ({ api, print, width }, { values, positionals }) => {
    const [id, ...more] = positionals;
    if (id === undefined || more.length > 0) throw new UsageError('name one matter: onrecord matters show ID');
    const matterId = matterIdIn(id, `"${id}"`);
    const client = await api();
    const found = await client.get(`/v1/matters/${matterId}`, matter);
    const holds = await fetchList(client, '/v1/holds', { name: 'holds', schema: hold }, { matterId }, HOLDS_SHOWN);
    if (values.json) return print(JSON.stringify({ ...found, holds }, undefined, 2));
    print(`${found.matterId}: ${found.name}, opened ${formatMoment(found.openedAt)} by ${found.openedBy}`);
    print(`\n${holds.length === 0 ? 'No hold was placed for it.' : holdTable(holds, width)}`);
  },
};
