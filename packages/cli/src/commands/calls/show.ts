import { z } from 'zod';
import type { Command } from '../../command.ts';
import { jsonOption } from '../../flags.ts';
import { formatLength, formatMoment, formatTable } from '../../table.ts';
import { accountIn, accountOption, onlySid } from '../sids.ts';

const moment = z.iso.datetime({ offset: true });

const call = z.looseObject({
  metadataRemovedAt: moment.optional(),
  legs: z.array(
    z.looseObject({
      callSid: z.string(),
      direction: z.string().optional(),
      from: z.string().optional(),
      to: z.string().optional(),
      status: z.string(),
      durationSeconds: z.number().optional(),
    }),
  ),
  recordings: z.array(z.looseObject({ recordingSid: z.string(), state: z.string(), reason: z.string().optional() })),
  timeline: z.array(z.looseObject({ at: moment, what: z.string(), detail: z.string().optional() })),
});

export const showCall: Command = {
  name: 'calls show',
  summary: 'show a call by any of its legs: legs, recordings, timeline',
  help: `onrecord calls show CA… [--account SID] [--json]

  \`onrecord diagnosis CA…\` says why it went so.

  --account SID  of this account alone; needed where two accounts know of the same SID
  --json         everything that is known, as JSON`,
  options: { ...accountOption, ...jsonOption },
  run: async ({ api, print, width }, { values, positionals }) => {
    const sid = onlySid(positionals, ['CA'], 'onrecord calls show CA…');
    const found = await (await api()).get(`/v1/calls/${sid}`, call, { accountSid: accountIn(values) });
    if (values.json) return print(JSON.stringify(found, undefined, 2));
    const legs = found.legs.map((leg) => [
      ...[leg.callSid, leg.status, formatLength(leg.durationSeconds), leg.direction ?? ''],
      `${leg.from ?? ''} → ${leg.to ?? ''}`,
    ]);
    if (found.metadataRemovedAt !== undefined) print(`metadata removed on ${formatMoment(found.metadataRemovedAt)}\n`);
    print(formatTable(['LEG', 'STATUS', 'LENGTH', 'DIRECTION', 'FROM, TO'], legs, width));
    const recordings = found.recordings.map(({ recordingSid, state, reason = '' }) => [recordingSid, state, reason]);
    if (recordings.length > 0) print(`\n${formatTable(['RECORDING', 'STATE', 'WHY'], recordings, width)}`);
    const events = found.timeline.map(({ at, what, detail = '' }) => [formatMoment(at), what, detail]);
    if (events.length > 0) print(`\n${formatTable(['TIME', 'WHAT', 'DETAIL'], events, width)}`);
  },
};
