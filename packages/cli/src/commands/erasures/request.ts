import { readPhoneNumber } from '@onrecord/shared/telephony/phone-number';
import type { Command } from '../../command.ts';
import { UsageError } from '../../errors.ts';
import { jsonOption, yesOption } from '../../flags.ts';
import { accountIn, accountOption, inTwiliosSpelling } from '../sids.ts';
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
    const subject = readSubject(positionals.join(' '));
    await confirm(`Everything held ${subject.name} goes, and does not come back. Erase it?`);
    const accountSid = accountIn(values);
    const body = {
      ...(accountSid !== undefined && { accountSid }),
      ...subject.body,
    };
    const answer = await (await api()).send('POST', '/v1/erasures', erasure, body);
    if (values.json) return print(JSON.stringify(answer, undefined, 2));
    print(`Erasure ${answer.erasureId} is ${answer.state}; it covers what began until ${answer.coversUntil}.`);
    print(`onrecord erasures show ${answer.erasureId} tells what came of it.`);
  },
};

/** Checked before anybody is asked: a yes is to a subject that there can be. */
function readSubject(text: string) {
  if (/^CA/i.test(text)) {
    const callSid = inTwiliosSpelling(text, ['CA'], `"${text}"`);
    return { name: `of the call ${callSid}`, body: { callSid } };
  }
  const number = readPhoneNumber(text)?.e164;
  if (number === undefined)
    throw new UsageError(
      `"${text}" is no number with its country: write it as "+1 415 555 0100", or name a call as CA… with 32 hexadecimal digits`,
    );
  return { name: `on ${number}`, body: { number } };
}
