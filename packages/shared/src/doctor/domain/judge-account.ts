import type { Answer } from './facts.ts';
import { type Finding, failed, ok, warning } from './finding.ts';

/** Hosts that end on 28 April 2026. Source: Twilio, "Regions", which names `api.{edge}.{region}.twilio.com` instead. */
const RETIRED = /^api\.(ie1|au1|br1|de1|jp1|sg1|us2)\.twilio\.com$/;

/** Where a person finds what an account is configured with. */
const NAMES = {
  environment: {
    account: 'TWILIO_ACCOUNT_SID',
    'auth token': 'TWILIO_AUTH_TOKEN',
    'API key': 'TWILIO_API_KEY_SID with TWILIO_API_KEY_SECRET',
    url: 'TWILIO_API_URL',
  },
  file: {
    account: 'its accountSid in ACCOUNTS_FILE',
    'auth token': 'its authToken in ACCOUNTS_FILE',
    'API key': 'its apiKey in ACCOUNTS_FILE',
    url: 'its region in ACCOUNTS_FILE, or TWILIO_API_URL',
  },
} as const;
export type Source = keyof typeof NAMES;

/** @returns nothing where the host may be asked */
export function judgeHost(apiUrl: string): Finding | undefined {
  const [, region] = RETIRED.exec(new URL(apiUrl).hostname) ?? [];
  if (region === undefined) return undefined;
  return failed(
    'region',
    `TWILIO_API_URL is ${apiUrl}, a host that Twilio has retired`,
    `set it to https://api.{edge}.${region}.twilio.com, such as api.dublin.ie1 or api.sydney.au1`,
  );
}

/**
 * @param name of what was tried
 * @param source where it is configured
 */
export function judgeCredentials(
  name: 'auth token' | 'API key',
  source: Source,
  apiUrl: string,
  answer: Answer<unknown>,
): Finding {
  const names = NAMES[source];
  if (answer.kind === 'answered') return ok(name, `${new URL(apiUrl).host} takes it`);
  if (answer.kind === 'unreachable') {
    return failed(
      name,
      `no usable answer from ${apiUrl}: ${answer.reason}`,
      `check ${names.url} and that this machine reaches it`,
    );
  }
  if (answer.status === 401 || answer.status === 403) {
    return failed(
      name,
      `${new URL(apiUrl).host} refuses it (${answer.status}): wrong region or rotated ${name === 'auth token' ? 'token' : 'key'}`,
      `copy ${names[name]} anew from the Console of the region of ${new URL(apiUrl).host}`,
    );
  }
  return failed(
    name,
    `${new URL(apiUrl).host} answers ${answer.status}`,
    answer.status === 404
      ? `check ${names.account} and ${names.url}`
      : 'try again later; status.twilio.com tells of outages',
  );
}

export function judgeStatus(status: string): Finding {
  if (status === 'active') return ok('account', 'active');
  const remedy =
    status === 'suspended'
      ? 'look into the Console: usually a payment or a review is open'
      : 'use another account: a closed one takes no calls';
  return failed('account', `the account is ${status}`, remedy);
}

/** A Date header has whole seconds, and an answer takes its time; nothing here breaks below this. */
const SKEW_WARNING_MS = 5_000;
/** Further away, times in logs, retention periods and S3 signatures (15 minutes) go wrong. */
const SKEW_FAILURE_MS = 300_000;

/** @param askedAt when the answer came, by this machine's clock */
export function judgeClock(date: string | undefined, askedAt: Date): Finding {
  const theirs = Date.parse(date ?? '');
  if (Number.isNaN(theirs)) return warning('clock', 'Twilio’s answer has no Date', 'compare this clock by other means');
  const skewMs = askedAt.getTime() - theirs;
  const seconds = Math.round(Math.abs(skewMs) / 1_000);
  const seen = `this clock is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} Twilio’s`;
  const remedy = 'let NTP set this machine’s clock';
  if (Math.abs(skewMs) > SKEW_FAILURE_MS)
    return failed('clock', `${seen} (at most ${SKEW_FAILURE_MS / 1_000} s)`, remedy);
  if (Math.abs(skewMs) > SKEW_WARNING_MS)
    return warning('clock', `${seen} (more than ${SKEW_WARNING_MS / 1_000} s)`, remedy);
  return ok('clock', `within ${SKEW_WARNING_MS / 1_000} s of Twilio’s`);
}
