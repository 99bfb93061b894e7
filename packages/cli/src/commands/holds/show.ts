import type { Command } from '../../command.ts';
import { jsonOption } from '../../flags.ts';
import { formatMoment } from '../../table.ts';
import { type HoldInForce, holdInForce, onlyHold } from './answers.ts';
import { describeForce, describeSelector } from './describe.ts';

export const showHold: Command = {
  name: 'holds show',
  summary: 'show a hold: how far it has come, who keeps it, and what was gone when it came',
  help: `onrecord holds show ID [--json]

  --json  the answer of the records API`,
  options: jsonOption,
  run: async ({ api, print, width }, { values, positionals }) => {
    const id = onlyHold(positionals, 'onrecord holds show ID');
    const found = await (await api()).get(`/v1/holds/${id}`, holdInForce);
    print(values.json ? JSON.stringify(found, undefined, 2) : describe(found, width));
  },
};

function describe(found: HoldInForce, width: number | undefined): string {
  const { placed, releaseRequested, released, reason } = found;
  const done = ({ by, at, reason: why }: HoldInForce['placed']) =>
    `${formatMoment(at)} by ${by}${why === undefined ? '' : `: ${why}`}`;
  const facts: [string, string | undefined][] = [
    ['hold', found.holdId],
    ['status', found.status],
    ['matter', found.matterId],
    ['covers', describeSelector(found)],
    ['placed', done({ ...placed, reason })],
    ['release asked', releaseRequested && done(releaseRequested)],
    ['released', released && done(released)],
  ];
  const known = facts.flatMap(([name, value]) => (value === undefined ? [] : [`${name.padEnd(13)} ${value}`]));
  if (released !== undefined) return known.join('\n');
  return `${known.join('\n')}\n\n${describeForce(found, width)}`;
}
