import { type RecordingSummary, recordingSummary } from '../../answers.ts';
import type { Command } from '../../command.ts';
import { fetchList, LIMIT_DEFAULT, limitIn, limitOption } from '../../fetch-list.ts';
import { jsonOption } from '../../flags.ts';
import { refuseArguments } from '../../positionals.ts';
import { formatLength, formatMoment, formatTable } from '../../table.ts';
import { periodIn, periodOptions, TIME_HELP } from '../period.ts';
import { accountIn, accountOption } from '../sids.ts';

const STATES = [
  ...['in-progress', 'absent', 'failed', 'waiting', 'withheld', 'refused', 'cleared'],
  ...['archive-failed', 'archived', 'transcript-failed', 'transcribed', 'deleting', 'deleted'],
];

export const listRecordings: Command = {
  name: 'recordings list',
  summary: 'list recordings, by when they began, newest first',
  help: `onrecord recordings [list] [--state STATE] [--number +1…] [--call CA…] [--source SOURCE] [--held] [--since TIME]
                          [--until TIME] [--account SID] [--limit N] [--json]

  --state STATE  only those in this state: ${STATES.slice(0, 7).join(', ')},
                 ${STATES.slice(7).join(', ')}
  --number +1…   somebody on the line, in any spelling that says the country
  --call CA…     those of this leg      --source  as Twilio names it, such as DialVerb
  --held         those that a hold covers, and for what
  --since, --until  when it began: ${TIME_HELP}
  --account SID  only those of this account; of all by default
  --limit N      at most N, ${LIMIT_DEFAULT} by default
  --json         one JSON array, for programs`,
  options: {
    ...accountOption,
    ...limitOption,
    ...jsonOption,
    ...periodOptions,
    state: { type: 'string', choices: STATES },
    number: { type: 'string' },
    call: { type: 'string' },
    source: { type: 'string' },
    held: { type: 'boolean' },
  },
  fields: { state: '--state', callSid: '--call', source: '--source' },
  run: async ({ api, print, width }, { values, positionals }) => {
    refuseArguments(positionals, 'this command lists, `onrecord recordings show RE…` shows one');
    const limit = limitIn(values);
    const state = values.state as string | undefined;
    const query = {
      state,
      number: values.number as string | undefined,
      callSid: values.call as string | undefined,
      source: values.source as string | undefined,
      held: values.held ? 'true' : undefined,
      ...periodIn(values),
      accountSid: accountIn(values),
    };
    const found = await fetchList(
      await api(),
      '/v1/recordings',
      { name: 'recordings', schema: recordingSummary },
      query,
      limit,
    );
    if (values.json) return print(JSON.stringify(found, undefined, 2));
    if (found.length === 0) return print(describeNone(query));
    const [last, tell] = values.held ? ['HELD FOR', tellMatters] : ['WHY', tellReason];
    const rows = found.map((each) => [...toRow(each), tell(each)]);
    print(formatTable(['RECORDING', 'STATE', 'STARTED', 'LENGTH', last], rows, width));
  },
};

const toRow = (recording: RecordingSummary) => [
  recording.recordingSid,
  recording.state,
  formatMoment(recording.startedAt ?? recording.firstSeenAt),
  formatLength(recording.durationSeconds),
];

const tellReason = ({ reason }: RecordingSummary) => reason ?? '';
const tellMatters = ({ holds = [] }: RecordingSummary) => [...new Set(holds.map(({ matter }) => matter))].join(', ');

function describeNone({ state, held, ...filters }: Record<string, string | undefined>): string {
  // "None yet" would say of one person that nothing is there of anybody.
  if (Object.values(filters).some((value) => value !== undefined)) return 'No recording is like that.';
  if (held) return state ? `No recording is ${state} and under a hold.` : 'No recording is under a hold.';
  return state ? `No recording is ${state}.` : 'There are no recordings yet.';
}
