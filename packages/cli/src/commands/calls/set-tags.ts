import { z } from 'zod';
import type { Command } from '../../command.ts';
import { RefusedRequest, UsageError } from '../../errors.ts';
import { jsonOption, yesOption } from '../../flags.ts';
import { accountIn, accountOption, onlySid } from '../sids.ts';

const tagged = z.looseObject({ tags: z.array(z.string()), recordings: z.array(z.string()) });

export const setTags: Command = {
  name: 'calls set-tags',
  summary: 'say what a call or conference is tagged with, by which policies select',
  help: `onrecord calls set-tags CA…|CF… TAG… [--account SID] [--yes] [--json]
onrecord calls set-tags CA…|CF… --none

  CA…            a call, by any of its legs; CF… a conference
  TAG            small letters, digits and . _ : - such as payment; in place of all tags that it had
  --none         takes all its tags away
  --account SID  of this account alone; needed where two accounts know of the same SID
  --yes          do not ask, though something would be deleted at once by the rules that hold for these tags
  --json         the answer of the records API`,
  options: { ...accountOption, ...yesOption, ...jsonOption, none: { type: 'boolean' } },
  fields: { tags: 'TAG' },
  run: async ({ api, confirm, print }, { values, positionals: [given, ...tags] }) => {
    const sid = onlySid(given === undefined ? [] : [given], ['CA', 'CF'], 'onrecord calls set-tags CA… payment');
    if (tags.length > 0 === (values.none === true)) throw new UsageError('say either its tags or --none');
    const accountSid = accountIn(values);
    const query = accountSid === undefined ? '' : `?accountSid=${accountSid}`;
    const path = `/v1/${sid.startsWith('CF') ? 'conferences' : 'calls'}/${sid}/tags${query}`;
    const client = await api();
    const answer = await client.send('PUT', path, tagged, { tags }).catch(async (error: unknown) => {
      if (!(error instanceof RefusedRequest) || error.dueNow === undefined) throw error;
      // One may be the call itself: all that is known of it goes, where it has no recording.
      const one = `one recording of ${sid}, or all that is known of it where it has none,`;
      const what = error.dueNow === 1 ? one : `${error.dueNow} recordings of ${sid}`;
      await confirm(`By the rules that hold for these tags, something of ${what} is deleted at once. Set them?`);
      return client.send('PUT', path, tagged, { tags, confirm: { dueNow: error.dueNow } });
    });
    if (values.json) return print(JSON.stringify(answer, undefined, 2));
    const again = answer.recordings.length === 0 ? 'no recording' : answer.recordings.join(', ');
    print(`${sid} is tagged ${answer.tags.join(', ') || 'with nothing'}; decided and planned again by that: ${again}.`);
  },
};
