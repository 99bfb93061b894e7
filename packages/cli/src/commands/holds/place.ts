import type { Command } from '../../command.ts';
import { UsageError } from '../../errors.ts';
import { jsonOption } from '../../flags.ts';
import { refuseArguments } from '../../positionals.ts';
import { matterIdIn } from '../matters/answers.ts';
import { momentIn, TIME_HELP } from '../period.ts';
import { inTwiliosSpelling } from '../sids.ts';
import { holdInForce } from './answers.ts';
import { describeForce, describeSelector } from './describe.ts';

export const placeHold: Command = {
  name: 'holds place',
  summary: 'forbid the deletion of recordings, those to come included',
  help: `onrecord holds place --matter ID (--recording RE… | --call CA… | --number +1… | --whole-account | --from TIME | --until TIME)
                     [--reason TEXT] [--json]

  --matter ID      what it is for, as \`onrecord matters\` shows it
  --recording RE…  that recording
  --call CA…       every recording of the call, on any of its legs, and of a conference that it was in
  --number +1…     every recording on which the number was, in any spelling that says its country
  --from, --until  recordings of which any part is in that time: ${TIME_HELP}
  --whole-account  everything of the matter's account
  --reason TEXT    why, such as "preservation letter"; write no telephone numbers here
  --json           the answer of the records API

What is said must fit all at once. The hold stands at once, and the answer tells what was already gone of what it covers.`,
  options: {
    ...jsonOption,
    matter: { type: 'string' },
    recording: { type: 'string' },
    call: { type: 'string' },
    number: { type: 'string' },
    from: { type: 'string' },
    until: { type: 'string' },
    'whole-account': { type: 'boolean' },
    reason: { type: 'string' },
  },
  fields: {
    ...{
      matterId: '--matter',
      reason: '--reason',
      'selector.recordingSid': '--recording',
      'selector.callSid': '--call',
    },
    ...{ 'selector.number': '--number', 'selector.from': '--from', 'selector.until': '--until' },
  },
  run: async ({ api, print, width }, { values, positionals }) => {
    refuseArguments(positionals, 'quote what has spaces, as in --number "+1 415 555 0100"');
    if (values.matter === undefined) throw new UsageError('say --matter: `onrecord matters` lists them');
    const matterId = matterIdIn(String(values.matter), `--matter "${values.matter}"`);
    const selector = readSelector(values);
    const body = { matterId, selector, ...(values.reason !== undefined && { reason: values.reason }) };
    const placed = await (await api()).send('POST', '/v1/holds', holdInForce, body);
    if (values.json) return print(JSON.stringify(placed, undefined, 2));
    print(`${placed.holdId} holds ${describeSelector(placed)} from now on.\n${describeForce(placed, width)}`);
  },
};

/** @throws UsageError */
function readSelector(values: Readonly<Record<string, unknown>>) {
  const { recording, call, number, from, until } = values;
  const selector = {
    ...(recording !== undefined && {
      recordingSid: inTwiliosSpelling(String(recording), ['RE'], `--recording "${recording}"`),
    }),
    ...(call !== undefined && { callSid: inTwiliosSpelling(String(call), ['CA'], `--call "${call}"`) }),
    ...(number !== undefined && { number }),
    ...(from !== undefined && { from: momentIn('--from', from) }),
    ...(until !== undefined && { until: momentIn('--until', until) }),
    ...(values['whole-account'] === true && { wholeAccount: true }),
  };
  if (Object.keys(selector).length > 0) return selector;
  throw new UsageError('say what is held: --recording, --call, --number, --from and --until, or --whole-account');
}
