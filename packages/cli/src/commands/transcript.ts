import type { Command } from '../command.ts';
import { UsageError } from '../errors.ts';
import { accountIn, accountOption, onlySid } from './sids.ts';

const MEDIA_TYPES = new Map([
  ['txt', 'text/plain'],
  ['vtt', 'text/vtt'],
  ['srt', 'application/x-subrip'],
  ['json', 'application/json'],
]);

export const transcript: Command = {
  name: 'transcript',
  summary: 'print the transcript of a recording',
  help: `onrecord transcript RE… [--format txt|vtt|srt|json] [--account SID]

  --format       txt by default
  --account SID  of this account alone; needed where two accounts know of the same SID`,
  options: { ...accountOption, format: { type: 'string', default: 'txt' } },
  run: async ({ api, print }, { values, positionals }) => {
    const sid = onlySid(positionals, ['RE'], 'onrecord transcript RE…');
    const format = String(values.format);
    const type = MEDIA_TYPES.get(format);
    if (type === undefined)
      throw new UsageError(`--format is "${format}": give one of ${[...MEDIA_TYPES.keys()].join(', ')}`);
    const accountSid = accountIn(values);
    const text = await (await api()).text(`/v1/recordings/${sid}/transcript`, type, { format, accountSid });
    print(text.trimEnd());
  },
};
