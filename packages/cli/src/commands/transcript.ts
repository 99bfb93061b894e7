import type { Command } from '../command.ts';
import { PURPOSE_HELP, purposeOption } from '../flags.ts';
import { accountIn, accountOption, onlySid } from './sids.ts';

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  txt: 'text/plain',
  vtt: 'text/vtt',
  srt: 'application/x-subrip',
  json: 'application/json',
};

export const transcript: Command = {
  name: 'transcript',
  summary: 'print the transcript of a recording',
  help: `onrecord transcript RE… [--format txt|vtt|srt|json] [--account SID] [--purpose WHY]

  --format       txt by default
  --account SID  of this account alone; needed where two accounts know of the same SID
  ${PURPOSE_HELP}`,
  options: {
    ...accountOption,
    ...purposeOption,
    format: { type: 'string', default: 'txt', choices: Object.keys(MEDIA_TYPES) },
  },
  run: async ({ api, print }, { values, positionals }) => {
    const sid = onlySid(positionals, ['RE'], 'onrecord transcript RE…');
    const format = String(values.format);
    const type = MEDIA_TYPES[format] ?? '';
    const accountSid = accountIn(values);
    const text = await (await api()).text(`/v1/recordings/${sid}/transcript`, type, { format, accountSid });
    print(text.trimEnd());
  },
};
