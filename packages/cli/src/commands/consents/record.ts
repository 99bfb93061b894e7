import { didYouMean } from '@onrecord/shared/config/nearest';
import { type RecordedConsent, recordedConsent } from '../../answers.ts';
import type { Arguments, Command } from '../../command.ts';
import { UsageError } from '../../errors.ts';
import { jsonOption } from '../../flags.ts';
import { dayOrTimeIn } from '../period.ts';
import { accountIn, accountOption, onlySid } from '../sids.ts';
import { OUTCOMES, PURPOSES } from './words.ts';

/** Those that mean something to a decision; a name of one's own is free, but not a misspelling of these. */
const METHODS = ['key-press', 'speech', 'notice', 'written', 'prior', 'other-basis', 'operator'];

export const recordConsent: Command = {
  name: 'consents record',
  summary: 'record that a party agreed, refused or withdrew',
  help: `onrecord consents record CA…|CF…|--number NUMBER --granted|--refused|--withdrawn [--party PARTY] [--method METHOD]
                         [--purposes record,transcribe,analyse,share] [--expires MOMENT] [--at MOMENT]
                         [--proof-at SECONDS] [--proof REFERENCE] [--prompt-version VERSION] [--language LANGUAGE]
                         [--key KEY] [--account SID] [--json]

  CA…         the leg whose person answered, whatever --party says; CF… answers for a whole conference
  --number    in their place: what the holder of a number such as +14155550100 answered, for its calls from then on
  --granted   the party agreed        --refused  the party said no: the recording is deleted after a delay
  --withdrawn the party took back what it agreed to; with --number of calls that are over as well
  --party     a name for that person, caller by default; the latest answer under a name counts. Never record an agent's
              yes on the leg of the caller: it would count as the caller's
  --method    how it was given, operator by default: key-press, speech, notice, written, prior, other-basis or another
              name. Granted by notice says that the party was told, and counts only where that is enough
  --purposes  what it covers, record,transcribe by default
  --expires   from when on an agreement counts no more, as 2027-12-31 or 2027-12-31T18:00:00Z
  --at        when the party answered; now by default
  --proof-at  where it can be heard, in seconds from the start of the recording      --proof  a reference of your own
  --key       names this answer, so that the same command again changes nothing
  --account   the account, where a SID that nobody knows yet is not of the one that the service itself is set up with
  --json      the answer of the records API`,
  options: {
    ...accountOption,
    number: { type: 'string' },
    granted: { type: 'boolean' },
    refused: { type: 'boolean' },
    withdrawn: { type: 'boolean' },
    party: { type: 'string', default: 'caller' },
    method: { type: 'string', default: 'operator' },
    purposes: { type: 'string', default: 'record,transcribe' },
    expires: { type: 'string' },
    at: { type: 'string' },
    'proof-at': { type: 'string' },
    proof: { type: 'string' },
    'prompt-version': { type: 'string' },
    language: { type: 'string' },
    key: { type: 'string' },
    ...jsonOption,
  },
  fields: {
    ...{ callSid: 'CA…', conferenceSid: 'CF…', party: '--party', method: '--method', purposes: '--purposes' },
    ...{ expiresAt: '--expires', recordedAt: '--at', promptVersion: '--prompt-version', language: '--language' },
    ...{ 'proof.offsetSeconds': '--proof-at', 'proof.reference': '--proof', 'Idempotency-Key': '--key' },
  },
  run: async ({ api, print }, { values, positionals }) => {
    const place = readPlace(values, positionals);
    const body = { ...place.body, ...readAnswer(values) };
    const headers: Record<string, string> = typeof values.key === 'string' ? { 'idempotency-key': values.key } : {};
    const answer = await (await api()).send('POST', '/v1/consents', recordedConsent, body, headers);
    if (values.json) return print(JSON.stringify(answer, undefined, 2));
    const { known, later = 0, recordings } = answer;
    if (!known) return print(`Recorded, but nothing is known of ${place.name} yet. ${place.counts}`);
    if (recordings.length === 0)
      return print(
        `Recorded. No recording of ${place.name} is known that it bears on; the answer counts when one is reported.`,
      );
    for (const recording of recordings) print(describeRecording(recording));
    if (later > 0) print(`${later} more recordings are decided on next.`);
  },
};

/** What its last decision says is past where it goes: the recording may have been agreed to. */
function describeRecording({ recordingSid, state, decision, outlook }: RecordedConsent['recordings'][number]): string {
  const isGoing = state === 'deleting' || state === 'deleted';
  const why = isGoing ? undefined : decision?.reason;
  const told = [why, outlook, isGoing && `Why it went: onrecord decision ${recordingSid}`].filter(Boolean).join(' ');
  return `${recordingSid} is ${state}${told === '' ? '' : `: ${told}`}`;
}

type Values = Arguments['values'];

function readPlace(values: Values, positionals: readonly string[]) {
  const accountSid = accountIn(values);
  const account = accountSid === undefined ? {} : { accountSid };
  if (values.number !== undefined) {
    if (positionals.length > 0) throw new UsageError('say either a call or conference, or --number');
    const counts = 'The answer counts in the calls of that number that Twilio reports; if there were some, check it.';
    return { name: 'that number', counts, body: { ...account, number: values.number } };
  }
  const sid = onlySid(positionals, ['CA', 'CF'], 'onrecord consents record CA… --granted');
  const counts = 'The answer counts when Twilio reports it; if it is over, check it.';
  return { name: sid, counts, body: { ...account, [sid.startsWith('CF') ? 'conferenceSid' : 'callSid']: sid } };
}

function readAnswer(values: Values) {
  const [outcome, ...others] = OUTCOMES.filter((each) => values[each]);
  if (outcome === undefined || others.length > 0)
    throw new UsageError('say one of --granted, --refused and --withdrawn');
  const offsetSeconds = readSeconds(values['proof-at']);
  const proof = {
    ...(offsetSeconds !== undefined && { offsetSeconds }),
    ...(values.proof && { reference: values.proof }),
  };
  return {
    outcome,
    party: values.party,
    method: readMethod(String(values.method)),
    purposes: readPurposes(String(values.purposes)),
    ...(Object.keys(proof).length > 0 && { proof }),
    expiresAt: dayOrTimeIn('--expires', values.expires),
    recordedAt: dayOrTimeIn('--at', values.at),
    promptVersion: values['prompt-version'],
    language: values.language,
  };
}

/** "notise" would count as an agreement, and not as the notice that it was. */
function readMethod(method: string): string {
  const asked = METHODS.includes(method) ? '' : didYouMean(method, METHODS);
  if (asked === '') return method;
  throw new UsageError(`--method is "${method}": ${asked}give one of ${METHODS.join(', ')}, or a name unlike these`);
}

function readPurposes(text: string): string[] {
  const purposes = text.split(',').map((purpose) => purpose.trim());
  const unknown = purposes.filter((purpose) => !PURPOSES.includes(purpose));
  if (unknown.length > 0) {
    const asked = unknown.map((each) => didYouMean(each, PURPOSES)).join('');
    throw new UsageError(`--purposes is "${text}": ${asked}give some of ${PURPOSES.join(', ')} with commas`);
  }
  return [...new Set(purposes)];
}

function readSeconds(text: Values[string]): number | undefined {
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (!(seconds >= 0))
    throw new UsageError(`--proof-at is "${text}": give seconds from the start of the recording, as 4.2`);
  return seconds;
}
