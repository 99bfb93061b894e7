import { canonicalSid } from '@onrecord/shared/events';
import { newTraceparent } from '@onrecord/shared/telemetry/traceparent';
import { sidAttributes } from '@onrecord/shared/telemetry/tracing/sids';
import { describeSpan, isTracing } from '@onrecord/shared/telemetry/tracing/spans';
import { isSignedByTwilio } from '@onrecord/shared/twilio/signature';
import type { Context } from 'hono';
import type { Callback } from '../acceptance.ts';
import type { Parameters } from '../domain/parameters.ts';
import type { Asked } from './asked.ts';
import type { Edge } from './edge.ts';
import { type CheckedRequest, explainSignature } from './explain-signature.ts';
import { type PublicUrl, publicPath, publicUrls } from './public-url.ts';
import { type ReceivedParameters, readRequest } from './read-request.ts';
import { RefusedError } from './refused-error.ts';
import { arrivalsOf } from './shed-load.ts';
import { signersOf } from './signing-accounts.ts';

/** `mayBeParents`: a parent account's token may sign what is of its subaccount. */
interface Expectation {
  mayBeParents: boolean;
}

/**
 * Reads a callback and makes sure that Twilio sent it.
 * @throws RefusedError
 */
export async function receiveCallback(
  c: Context,
  edge: Edge,
  expectation: Expectation = { mayBeParents: false },
): Promise<Callback> {
  return verifyCallback(c, edge, await readRequest(c.req, edge, arrivalsOf(c, edge.bodyKind ?? 'bodies')), expectation);
}

/** Makes sure that Twilio sent a callback. @throws RefusedError */
export function verifyCallback(
  c: Asked,
  edge: Edge,
  received: ReceivedParameters,
  expectation?: Expectation,
): Callback {
  const { baseUrl: publicBaseUrl, accountSid } = requireSignature(c, edge, received, expectation);
  const { parameters } = received;
  refuseEmpty(parameters);
  describeRequest(parameters);
  return { parameters, accountSid, publicBaseUrl, receivedAt: edge.now().toISOString(), traceparent: newTraceparent() };
}

/** What says of whom it is at most is no callback that was lost: with a right signature it is the question of `onrecord doctor`. */
function refuseEmpty(parameters: Parameters): void {
  for (const name in parameters) if (name !== 'AccountSid') return;
  throw new RefusedError(400, 'the request is signed and tells of nothing, as onrecord doctor asks');
}

const SID = /^[A-Z]{2}[0-9a-f]{32}$/;

/** Says what a request is about in its span, where it has one. */
function describeRequest({ CallSid, ParentCallSid, ConferenceSid, RecordingSid }: Parameters): void {
  if (!isTracing()) return;
  const sids = {
    callSid: CallSid,
    parentCallSid: ParentCallSid,
    conferenceSid: ConferenceSid,
    recordingSid: RecordingSid,
  };
  describeSpan(sidAttributes(Object.fromEntries(Object.entries(sids).filter(([, sid]) => SID.test(sid ?? '')))));
}

type Received = Pick<ReceivedParameters, 'signed' | 'rawBody'> & Partial<Pick<ReceivedParameters, 'parameters'>>;

/**
 * Makes sure that Twilio sent a request, and says why it seems not so. Without `parameters` any account may have signed.
 * @returns the address that Twilio called, and the account that the request is of
 * @throws RefusedError, ParameterError
 */
export function requireSignature(
  c: Asked,
  edge: Edge,
  { signed, parameters, rawBody }: Received,
  { mayBeParents }: Expectation = { mayBeParents: false },
): PublicUrl & { accountSid: string } {
  const { accounts, named } = signersOf(edge.accounts, { parameters, rawBody }, mayBeParents);
  if (accounts.length === 0) return refuseAccount(edge, parameters?.AccountSid);
  const urls = publicUrls(c, edge.publicBaseUrls);
  const signature = c.req.header('x-twilio-signature');
  for (const called of urls) {
    const request = { url: called.url, signature, parameters: signed, rawBody };
    const signer = accounts.find(({ authTokens }) => isSignedByTwilio(request, authTokens));
    if (signer !== undefined) return { ...called, accountSid: (named ?? signer).accountSid };
  }
  const others = edge.accounts.all().filter((account) => !accounts.includes(account));
  const checked = {
    urls: urls.map(({ url }) => url),
    signature,
    parameters: signed,
    rawBody,
    tokens: accounts.flatMap(({ authTokens }) => authTokens).slice(0, TOKENS_EXPLAINED_MAX),
    otherTokens: others.flatMap(({ authTokens }) => authTokens).slice(0, TOKENS_EXPLAINED_MAX),
    apiKeySecrets: accounts.flatMap(({ apiKey }) => apiKey?.secret ?? []).slice(0, TOKENS_EXPLAINED_MAX),
    prefixes: edge.publicBaseUrls.map(publicPath).filter((path) => path !== ''),
  };
  return refuse(c, edge, checked, named !== undefined);
}

/** Each costs a signature over the whole body for each near miss that is tried. */
const TOKENS_EXPLAINED_MAX = 50;

/** Said before anything is checked: no token can be the right one. */
function refuseAccount(edge: Edge, named: string | undefined): never {
  const accountSid = canonicalSid(named ?? '');
  edge.logger.warn(
    {
      reason: 'the account is not configured',
      accountSid: ACCOUNT_SID.test(accountSid) ? accountSid : 'not an account’s SID',
      remedy: 'add the account with its auth token to ACCOUNTS_FILE',
    },
    'a request of an account that is not served',
  );
  edge.metrics.notSigned('mismatch', 'unknown-account');
  throw new RefusedError(403, 'the account is not served here');
}

const ACCOUNT_SID = /^AC[0-9a-f]{32}$/;

function refuse(c: Asked, edge: Edge, request: CheckedRequest, isNamed: boolean): never {
  const { reason, remedy, nearMiss, signed } = explainSignature(c, request, () =>
    edge.looks.take(edge.now().getTime(), isNamed),
  );
  // The query can hold phone numbers; the path and the host are what people get wrong.
  const signedUrl = request.urls.map(withoutQuery).join(' or ');
  const cause = nearMiss === 'not-looked-for' || nearMiss === 'none' ? undefined : nearMiss;
  const url = signed === undefined ? undefined : withoutQuery(signed);
  edge.logger.warn({ reason, signedUrl, cause, url, remedy }, 'a request was not signed by Twilio');
  edge.metrics.notSigned(request.signature === undefined ? 'missing' : 'mismatch', nearMiss);
  throw new RefusedError(403, reason);
}

const withoutQuery = (url: string) => url.replace(/\?.*/s, '?…');
