import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import http from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { z } from 'zod';
import { inNetworks, PRIVATE_NETWORKS } from '../http/networks.ts';
import { within } from '../http/within.ts';
import type { TwilioAccount } from '../twilio/accounts.ts';
import { signatureOf } from '../twilio/sign.ts';
import type { AddressFacts } from './domain/facts.ts';

/** How this machine reaches others; tests stand in for the DNS and for the public authorities. */
export interface Network {
  lookup?: ((host: string) => Promise<LookupAddress[]>) | undefined;
  /** Where a connection to a resolved address is made instead. */
  connectTo?: string | undefined;
  /** PEM of trusted authorities; absent means Node's own. */
  ca?: string | undefined;
}

/** Twilio itself gives up after 15 s, and warns long before. */
const PROBE_TIMEOUT_MS = 10_000;
/** Enough for any problem document; a page for people is not read to its end. */
const BODY_BYTES_MAX = 65_536;
const PATH = '/webhooks/recording';

const problem = z.looseObject({ status: z.number(), title: z.string() });

/**
 * Asks an address as Twilio would: a signed callback that tells nothing but its account, with whose token ingest checks it. Ingest
 * refuses it with 400 once the signature was found right, so that nothing comes of it. Never throws.
 */
export async function probeAddress(baseUrl: string, account: TwilioAccount, network: Network): Promise<AddressFacts> {
  const url = new URL(baseUrl + PATH);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  try {
    const found = await within(PROBE_TIMEOUT_MS, (network.lookup ?? ((name) => lookup(name, { all: true })))(host));
    const addresses = found.map(({ address }) => address);
    const privateAddress = addresses.find(isPrivate);
    return {
      baseUrl,
      addresses,
      privateAddress,
      ...(await ask(url, callbackOf(account, baseUrl + PATH), found, network)),
    };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { baseUrl, addresses: [], answer: { unreachable: code ?? message } };
  }
}

const inPrivateNetwork = inNetworks(PRIVATE_NETWORKS);
/** An address with a zone (`fe80::1%eth0`) is of this machine's own networks. */
const isPrivate = (address: string) => inPrivateNetwork(address.replace(/%.*/, ''));

function callbackOf({ accountSid, authTokens: [token] }: TwilioAccount, signed: string) {
  const parameters = { AccountSid: accountSid };
  return { body: `${new URLSearchParams(parameters)}`, signature: signatureOf(token, signed, parameters) };
}

type Sent = ReturnType<typeof callbackOf>;

function ask(url: URL, { body, signature }: Sent, found: LookupAddress[], network: Network) {
  return new Promise<Omit<AddressFacts, 'baseUrl' | 'addresses' | 'privateAddress'>>((resolve) => {
    const address = network.connectTo ?? found[0]?.address ?? '';
    let tls: AddressFacts['tls'];
    const request = (url.protocol === 'https:' ? https : http).request(url, {
      method: 'POST',
      headers: {
        'x-twilio-signature': signature,
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': body.length,
      },
      agent: false,
      // What is wrong with a certificate is told; nothing secret is sent.
      rejectUnauthorized: false,
      ...(network.ca === undefined ? {} : { ca: network.ca }),
      lookup: (_host, options, done) =>
        options.all ? done(null, [{ address, family: isIP(address) }]) : done(null, address, isIP(address)),
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
    });
    request.on('socket', (socket) =>
      socket.once('secureConnect', () => {
        tls = tlsOf(socket as TLSSocket);
      }),
    );
    request.on('error', ({ code, message }: NodeJS.ErrnoException) =>
      resolve({
        tls,
        answer: { unreachable: code === 'ABORT_ERR' ? `no answer within ${PROBE_TIMEOUT_MS} ms` : (code ?? message) },
      }),
    );
    request.on('response', (response) => {
      const pieces: Buffer[] = [];
      let bytes = 0;
      response.on('data', (piece: Buffer) => {
        bytes += piece.length;
        if (bytes <= BODY_BYTES_MAX) pieces.push(piece);
        else response.destroy();
      });
      response.on('error', () => {});
      response.on('close', () =>
        resolve({ tls, ...readAnswer(response.statusCode, Buffer.concat(pieces).toString()) }),
      );
    });
    request.end(body);
  });
}

function tlsOf(socket: TLSSocket): AddressFacts['tls'] {
  const problem = socket.authorizationError as unknown as string | Error | null;
  return {
    problem: problem instanceof Error ? problem.message : (problem ?? undefined),
    expiresAt: new Date(socket.getPeerCertificate().valid_to).toISOString(),
  };
}

function readAnswer(httpStatus: number | undefined, body: string): Pick<AddressFacts, 'answer' | 'httpStatus'> {
  const said = problem.safeParse(parse(body)).data;
  if (httpStatus === 400 && said?.status === 400) return { httpStatus, answer: 'ours' };
  if (httpStatus === 403 && REFUSALS.test(said?.title ?? '')) return { httpStatus, answer: 'other-token' };
  return { httpStatus, answer: 'another-service' };
}

/** What ingest says of another token, and of an account that it does not serve beside those that it does. */
const REFUSALS = /^the signature does not match|^the account is not served/;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
