import { type RecordingPage, type RecordingSummary, recordingPage } from '../answers.ts';
import type { ApiClient } from '../api-client.ts';
import type { Command } from '../command.ts';
import { UsageError } from '../errors.ts';
import { formatLength, formatMoment, formatTable } from '../table.ts';
import { accountIn, accountOption } from './sids.ts';

const LIMIT_DEFAULT = 50;
const LIMIT_MAX = 10_000;
/** The records API gives no more at a time. */
const PAGE_MAX = 200;

const STATES: readonly string[] = [
  ...['in-progress', 'absent', 'failed', 'waiting', 'withheld', 'refused', 'cleared'],
  ...['archive-failed', 'archived', 'transcript-failed', 'transcribed', 'deleting', 'deleted'],
];

export const recordings: Command = {
  name: 'recordings',
  summary: 'list recordings, newest first',
  help: `onrecord recordings [--state STATE] [--account SID] [--limit N] [--json]

  --state STATE  only those in this state: ${STATES.slice(0, 7).join(', ')},
                 ${STATES.slice(7).join(', ')}
  --account SID  only those of this account; of all by default
  --limit N      at most N, ${LIMIT_DEFAULT} by default
  --json         one JSON array, for programs`,
  options: { ...accountOption, state: { type: 'string' }, limit: { type: 'string' }, json: { type: 'boolean' } },
  run: async ({ api, print, width }, { values, positionals }) => {
    if (positionals.length > 0)
      throw new UsageError(
        `"${positionals.join(' ')}" is too much: this command lists, \`onrecord recording RE…\` shows one`,
      );
    const limit = readLimit(values.limit as string | undefined);
    const state = readState(values.state as string | undefined);
    const accountSid = accountIn(values);
    const found = await fetchRecordings(await api(), { state, accountSid }, limit);
    if (values.json) return print(JSON.stringify(found, undefined, 2));
    if (found.length === 0) return print(state ? `No recording is ${state}.` : 'There are no recordings yet.');
    print(formatTable(['RECORDING', 'STATE', 'STARTED', 'LENGTH', 'WHY'], found.map(toRow), width));
  },
};

function readState(text: string | undefined): string | undefined {
  if (text === undefined || STATES.includes(text)) return text;
  throw new UsageError(`--state is "${text}": give one of ${STATES.join(', ')}`);
}

function readLimit(text: string | undefined): number {
  const limit = text === undefined ? LIMIT_DEFAULT : Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX) {
    throw new UsageError(`--limit is "${text}": give a whole number from 1 to ${LIMIT_MAX}`);
  }
  return limit;
}

type Filter = Readonly<Record<'state' | 'accountSid', string | undefined>>;

async function fetchRecordings(api: ApiClient, filter: Filter, limit: number): Promise<RecordingSummary[]> {
  const found: RecordingSummary[] = [];
  let cursor: string | undefined;
  do {
    const pageLimit = String(Math.min(PAGE_MAX, limit - found.length));
    const page: RecordingPage = await api.get('/v1/recordings', recordingPage, { ...filter, cursor, limit: pageLimit });
    found.push(...page.recordings);
    cursor = page.next;
  } while (cursor !== undefined && found.length < limit);
  return found;
}

const toRow = (recording: RecordingSummary) => [
  recording.recordingSid,
  recording.state,
  formatMoment(recording.startedAt ?? recording.firstSeenAt),
  formatLength(recording.durationSeconds),
  recording.reason ?? '',
];
