import { type RecordingSummary, recordingSummary } from '../../answers.ts';
import type { Command } from '../../command.ts';
import { UsageError } from '../../errors.ts';
import { fetchList, LIMIT_DEFAULT, limitIn, limitOption } from '../../fetch-list.ts';
import { jsonOption } from '../../flags.ts';
import { formatLength, formatMoment, formatTable } from '../../table.ts';
import { accountIn, accountOption } from '../sids.ts';

const STATES = [
  ...['in-progress', 'absent', 'failed', 'waiting', 'withheld', 'refused', 'cleared'],
  ...['archive-failed', 'archived', 'transcript-failed', 'transcribed', 'deleting', 'deleted'],
];

export const listRecordings: Command = {
  name: 'recordings list',
  summary: 'list recordings, newest first',
  help: `onrecord recordings [list] [--state STATE] [--account SID] [--limit N] [--json]

  --state STATE  only those in this state: ${STATES.slice(0, 7).join(', ')},
                 ${STATES.slice(7).join(', ')}
  --account SID  only those of this account; of all by default
  --limit N      at most N, ${LIMIT_DEFAULT} by default
  --json         one JSON array, for programs`,
  options: { ...accountOption, ...limitOption, ...jsonOption, state: { type: 'string', choices: STATES } },
  run: async ({ api, print, width }, { values, positionals }) => {
    if (positionals.length > 0)
      throw new UsageError(
        `"${positionals.join(' ')}" is too much: this command lists, \`onrecord recordings show RE…\` shows one`,
      );
    const limit = limitIn(values);
    const state = values.state as string | undefined;
    const query = { state, accountSid: accountIn(values) };
    const found = await fetchList(
      await api(),
      '/v1/recordings',
      { name: 'recordings', schema: recordingSummary },
      query,
      limit,
    );
    if (values.json) return print(JSON.stringify(found, undefined, 2));
    if (found.length === 0) return print(state ? `No recording is ${state}.` : 'There are no recordings yet.');
    print(formatTable(['RECORDING', 'STATE', 'STARTED', 'LENGTH', 'WHY'], found.map(toRow), width));
  },
};

const toRow = (recording: RecordingSummary) => [
  recording.recordingSid,
  recording.state,
  formatMoment(recording.startedAt ?? recording.firstSeenAt),
  formatLength(recording.durationSeconds),
  recording.reason ?? '',
];
