import type { Command } from '../../command.ts';
import { UsageError } from '../../errors.ts';
import { jsonOption, yesOption } from '../../flags.ts';
import { accountIn, accountOption } from '../sids.ts';
import { erasure } from './answers.ts';

export const requestErasure: Command = {
  name: 'erasures request',
  summary: 'erase everything held on a telephone number, or of a call',
  help: `onrecord erasures request NUMBER|CA… [--account SID] [--yes] [--json]

  NUMBER         of the person, with its country: "+1 415 555 0100"
  CA…            a call, whoever was on it
  --account SID  of this account; the one that the service is set up with by default
  --yes          asks nobody
  --json         the answer of the records API

What began up to now is covered, and what begins later is not. What a hold or a statutory minimum keeps is restricted, and goes when that
ends. \`onrecord erasures show\` tells what came of it.`,
  options: { ...accountOption, ...yesOption, ...jsonOption },
  fields: { number: 'NUMBER', callSid: 'CA…' },
  run: async ({ api, confirm, print }, { values, positionals }) => {
    if (positionals.length === 0)
      throw new UsageError('name a number or a call: onrecord erasures request "+1 415 555 0100"');
    // Unquoted, a number with spaces is several words.
    const subject = positionals.join(' ');
    const isCall = /^CA/i.test(subject);
    await confirm(
      `Everything held ${isCall ? `of the call ${subject}` : `on ${subject}`} goes, and does not come back. Erase it?`,
    );
    const accountSid = accountIn(values);
    const body = {
      ...(accountSid !== undefined && { accountSid }),
      ...(isCall ? { callSid: subject } : { number: subject }),
    };
    const answer = await (await api()).send('POST', '/v1/erasures', erasure, body);
    if (values.json) return print(JSON.stringify(answer, undefined, 2));
    print(`Erasure ${answer.erasureId} is ${answer.state}; it covers what began until ${answer.coversUntil}.`);
    print(`onrecord erasures show ${answer.erasureId} tells what came of it.`);
  },
};
