import type { AddressFacts } from './facts.ts';
import { type Finding, failed, ok, warning } from './finding.ts';

/** Most authorities renew 30 days before; somebody has to notice in time that it did not happen. */
const EXPIRY_WARNING_DAYS = 14;
const DAY_MS = 86_400_000;

/** Codes of Node's TLS, after OpenSSL's verify(1), as what a person does about them. */
const TLS_PROBLEMS: Readonly<Record<string, readonly [string, string]>> = {
  CERT_HAS_EXPIRED: ['the certificate has expired', 'renew it'],
  CERT_NOT_YET_VALID: ['the certificate is not valid yet', 'check the clock, or take the right one'],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['the certificate is self-signed', 'use one of a public authority'],
  SELF_SIGNED_CERT_IN_CHAIN: ['the certificate’s authority is not public', 'use one of a public authority'],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: [
    'the chain is incomplete',
    'serve the intermediate certificates too (fullchain.pem)',
  ],
  UNABLE_TO_GET_ISSUER_CERT: ['the chain is incomplete', 'serve the intermediate certificates too (fullchain.pem)'],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: [
    'the chain is incomplete',
    'serve the intermediate certificates too (fullchain.pem)',
  ],
  ERR_TLS_CERT_ALTNAME_INVALID: ['the certificate is for another host name', 'get one for this host name'],
};

/** @param refused accounts whose token the address refuses, where it takes that of another */
export function judgeAddress(facts: AddressFacts, now: Date, refused: readonly string[]): Finding[] {
  const { baseUrl, privateAddress } = facts;
  const host = new URL(baseUrl).hostname;
  const findings: Finding[] = [];
  if (privateAddress !== undefined) {
    findings.push(
      failed(
        'address',
        `${baseUrl} is at ${privateAddress}, a private address that Twilio cannot reach`,
        'set PUBLIC_BASE_URL to a public one, such as that of a tunnel',
      ),
    );
  }
  findings.push(judgeTls(facts, host, now), judgeAnswer(facts));
  if (refused.length > 0 && facts.answer === 'ours') {
    findings.push(
      failed(
        'PUBLIC_BASE_URL',
        `${baseUrl} refuses what the tokens of ${refused.join(', ')} sign`,
        'start ingest with the same ACCOUNTS_FILE',
      ),
    );
  }
  return findings;
}

function judgeTls({ baseUrl, tls }: AddressFacts, host: string, now: Date): Finding {
  if (baseUrl.startsWith('http:')) {
    return warning(
      'TLS',
      `${baseUrl} is http: phone numbers travel in the clear`,
      'put TLS in front, and https:// into PUBLIC_BASE_URL',
    );
  }
  if (tls === undefined) return failed('TLS', `no TLS connection to ${host}`, 'see what is said of PUBLIC_BASE_URL');
  if (tls.problem !== undefined) {
    const [what, remedy] = TLS_PROBLEMS[tls.problem] ?? [`the certificate is refused (${tls.problem})`, 'replace it'];
    return failed('TLS', `${host}: ${what}`, remedy);
  }
  const days = Math.floor((Date.parse(tls.expiresAt) - now.getTime()) / DAY_MS);
  if (days < EXPIRY_WARNING_DAYS) {
    return warning(
      'TLS',
      `${host}: the certificate expires in ${days} days`,
      'renew it, and find out why that does not happen by itself',
    );
  }
  return ok('TLS', `${host}: valid for ${days} more days`);
}

function judgeAnswer({ baseUrl, answer, addresses, httpStatus }: AddressFacts): Finding {
  const check = 'PUBLIC_BASE_URL';
  if (answer === 'ours') return ok(check, `${baseUrl} is this service, and takes what this token signs`);
  if (answer === 'other-token') {
    return failed(
      check,
      `${baseUrl} refuses what this token signs`,
      'start ingest with the same TWILIO_AUTH_TOKEN and PUBLIC_BASE_URL',
    );
  }
  if (answer === 'another-service') {
    return failed(
      check,
      `${baseUrl} answers ${httpStatus}, which is no answer of ingest`,
      'let the proxy or tunnel lead to the PORT of ingest',
    );
  }
  const seen = addresses.length === 0 ? 'its host name is unknown' : answer.unreachable;
  return failed(check, `${baseUrl} cannot be reached: ${seen}`, 'start ingest, and check DNS, firewall and tunnel');
}
