import type { ClientBase } from 'pg';
import type { Handout } from '../../domain/access.ts';
import { classOfKey } from '../../domain/data-class.ts';

/** What of these recordings is stored to be heard or read, each once. */
export async function readableOf(
  client: Pick<ClientBase, 'query'>,
  accountSid: string,
  recordingSids: readonly string[],
): Promise<Pick<Handout, 'recordingSid' | 'what'>[]> {
  const { rows } = await client.query<{ recording_sid: string; keys: string[] }>(
    `select recording_sid, array_agg(key) as keys
     from ledger.objects join ledger.recordings recording using (account_sid, recording_sid)
     where account_sid = $1 and recording_sid = any($2) and recording.state <> 'deleted'
     group by recording_sid order by recording_sid`,
    [accountSid, recordingSids],
  );
  return rows.flatMap(({ recording_sid: recordingSid, keys }) => {
    const classes = new Set(keys.map(classOfKey));
    const isText = classes.has('transcript') || classes.has('provider-response');
    const found = [...(classes.has('audio') ? ['audio' as const] : []), ...(isText ? ['text' as const] : [])];
    return found.map((what) => ({ recordingSid, what }));
  });
}
