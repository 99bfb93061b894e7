import type { OwnedNumber } from './facts.ts';
import { type Finding, failed, ok, warning } from './finding.ts';

interface Expected {
  baseUrls: readonly string[];
  /** Whether /voice/inbound answers. */
  hasVoiceApplication: boolean;
}

/** Whether a URL at Twilio is this path below one of the public addresses; connection overrides in its fragment are fine. */
const pointsAt = (url: string, path: string, baseUrls: readonly string[]) =>
  baseUrls.some((base) => url.replace(/[?#].*/s, '') === base + path);

/** Each number that takes calls. */
export const judgeNumbers = (all: readonly OwnedNumber[], expected: Expected): Finding[] =>
  all.filter(({ hasVoice }) => hasVoice).flatMap((number) => judgeNumber(number, expected));

/** The numbers that bring their calls to /voice/inbound. */
export const numbersHere = (all: readonly OwnedNumber[], baseUrls: readonly string[]) =>
  all.filter((each) => each.hasVoice && isReached(each) && pointsAt(each.voiceUrl, '/voice/inbound', baseUrls));

/** Whether any number, of whichever account, brings its calls here. */
export function judgeVoice(all: readonly OwnedNumber[], { baseUrls, hasVoiceApplication }: Expected): Finding[] {
  if (!hasVoiceApplication) return [];
  const numbers = all.filter(({ hasVoice }) => hasVoice);
  const here = numbersHere(all, baseUrls);
  const [base] = baseUrls;
  const wanted = `${base}/voice/inbound`;
  return [
    here.length > 0
      ? ok('voice numbers', `${here.length} of ${numbers.length} numbers bring their calls here`)
      : failed(
          'voice numbers',
          numbers.length === 0
            ? 'the account has no numbers'
            : `none of ${numbers.length} numbers brings its calls here`,
          `${numbers.length === 0 ? 'buy one, and ' : ''}set the voice URL of a number to ${wanted}, or remove VOICE_FILE and VOICE_DIAL_TO`,
        ),
  ];
}

/** Twilio does not look at the number's own voice URL otherwise. */
const isReached = ({ trunkSid, voiceApplicationSid }: OwnedNumber) => trunkSid === '' && voiceApplicationSid === '';

function judgeNumber(number: OwnedNumber, { baseUrls, hasVoiceApplication }: Expected): Finding[] {
  const check = `number ${number.phoneNumber}`;
  const base = baseUrls[0] ?? '';
  const problems: Finding[] = [];
  const isHere = pointsAt(number.voiceUrl, '/voice/inbound', baseUrls);
  if (hasVoiceApplication && !isReached(number)) {
    const owner = number.trunkSid || number.voiceApplicationSid;
    problems.push(
      warning(
        check,
        `its calls go to ${owner}, not to its voice URL`,
        `take it from ${owner} if its calls belong here`,
      ),
    );
  } else if (hasVoiceApplication && !isHere) {
    problems.push(
      warning(
        check,
        `its voice URL is ${number.voiceUrl || 'empty'}`,
        `set it to ${base}/voice/inbound if its calls belong here`,
      ),
    );
  }
  if (isHere && number.voiceMethod !== 'POST') {
    problems.push(
      warning(
        check,
        `its voice method is ${number.voiceMethod}`,
        'set it to POST: a GET writes phone numbers into the logs of proxies',
      ),
    );
  }
  if (isHere && number.voiceFallbackUrl === '') {
    problems.push(
      warning(
        check,
        'it has no fallback URL: callers hear an error while this service is away',
        'set a TwiML Bin that connects them',
      ),
    );
  }
  if (!pointsAt(number.statusCallback, '/webhooks/voice/status', baseUrls)) {
    problems.push(
      warning(
        check,
        `its status callback is ${number.statusCallback || 'empty'}: how its calls end is learnt by asking alone`,
        `set it to ${base}/webhooks/voice/status`,
      ),
    );
  }
  return problems.length > 0 ? problems : [ok(check, 'its addresses are right')];
}

/** The list's own filter is partial: only an exact match counts. */
export function judgeCallerIds(
  callerIds: readonly string[],
  owned: readonly string[],
  verified: readonly string[],
): Finding[] {
  return callerIds.map((callerId) => {
    const check = `caller ID ${callerId}`;
    if (owned.includes(callerId)) return ok(check, 'a number of the account');
    if (verified.includes(callerId)) return ok(check, 'verified');
    return failed(
      check,
      'neither a number of the account nor verified: Twilio warns with 13214 and the call may fail',
      'buy it or verify it in the Console (Phone Numbers, Verified Caller IDs), or use another one',
    );
  });
}
