import type { Command } from '../command.ts';
import { UsageError } from '../errors.ts';
import { onlySid } from './sids.ts';

const FORMATS = ['txt', 'vtt', 'srt', 'json'];

export const transcript: Command = {
  name: 'transcript',
  summary: 'print the transcript of a recording',
  help: `onrecord transcript RE… [--format txt|vtt|srt|json]

  --format  txt by default`,
  options: { format: { type: 'string', default: 'txt' } },
  run: async ({ api, print }, { values, positionals }) => {
    const sid = onlySid(positionals, ['RE'], 'onrecord transcript RE…');
    const format = String(values.format);
    if (!FORMATS.includes(format)) throw new UsageError(`--format is "${format}": give one of ${FORMATS.join(', ')}`);
    const response = await (await api()).get(`/v1/recordings/${sid}/transcript`, { format });
    print((await response.text()).trimEnd());
  },
};
