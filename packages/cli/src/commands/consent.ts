import { recordedConsent } from '../answers.ts';
import type { Command } from '../command.ts';
import { UsageError } from '../errors.ts';
import { jsonOption } from '../flags.ts';
import { accountIn, accountOption, onlySid } from './sids.ts';

const PURPOSES = ['record', 'transcribe'];

export const consent: Command = {
  name: 'consent',
  summary: 'record that a party agreed or refused',
  help: `onrecord consent CA…|CF… --granted|--refused [--party PARTY] [--method METHOD] [--purposes record,transcribe]
                 [--key KEY] [--account SID] [--json]

  CA…         the leg whose person answered, whatever --party says; CF… answers for a whole conference
  --granted   the party agreed        --refused  the party said no: the recording is deleted after a delay
  --party     a name for that person, caller by default; the latest answer under a name counts. Never record an agent's
              yes on the leg of the caller: it would count as the caller's
  --method    how it was given, operator by default
  --purposes  what it covers, both by default
  --key       names this answer, so that the same command again changes nothing
  --account   the account, where a SID that nobody knows yet is not of the one that the service itself is set up with
  --json      the answer of the records API`,
  options: {
    ...accountOption,
    granted: { type: 'boolean' },
    refused: { type: 'boolean' },
    party: { type: 'string', default: 'caller' },
    method: { type: 'string', default: 'operator' },
    purposes: { type: 'string', default: PURPOSES.join(',') },
    key: { type: 'string' },
    ...jsonOption,
  },
  run: async ({ api, print }, { values, positionals }) => {
    const sid = onlySid(positionals, ['CA', 'CF'], 'onrecord consent CA… --granted');
    if (values.granted === values.refused) throw new UsageError('say either --granted or --refused');
    const accountSid = accountIn(values);
    const body = {
      ...(accountSid !== undefined && { accountSid }),
      [sid.startsWith('CF') ? 'conferenceSid' : 'callSid']: sid,
      outcome: values.granted ? 'granted' : 'refused',
      party: values.party,
      method: values.method,
      purposes: readPurposes(String(values.purposes)),
    };
    const headers: Record<string, string> = typeof values.key === 'string' ? { 'idempotency-key': values.key } : {};
    const answer = await (await api()).send('POST', '/v1/consents', recordedConsent, body, headers);
    if (values.json) return print(JSON.stringify(answer, undefined, 2));
    const { known, recordings } = answer;
    if (!known)
      return print(
        `Recorded, but nothing is known of ${sid} yet. The answer counts when Twilio reports it; if it is over, check the SID.`,
      );
    if (recordings.length === 0)
      return print(`Recorded. No recording of ${sid} is known yet; the answer counts when one is reported.`);
    for (const { recordingSid, state, decision } of recordings) {
      print(`${recordingSid} is ${state}${decision ? `: ${decision.reason}` : ''}`);
    }
  },
};

function readPurposes(text: string): string[] {
  const purposes = text.split(',').map((purpose) => purpose.trim());
  const unknown = purposes.filter((purpose) => !PURPOSES.includes(purpose));
  if (unknown.length > 0) throw new UsageError(`--purposes is "${text}": give record, transcribe or both with a comma`);
  return [...new Set(purposes)];
}
