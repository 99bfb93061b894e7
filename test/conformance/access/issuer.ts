import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, type GenerateKeyPairResult, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

interface Key extends GenerateKeyPairResult {
  kid: string;
}

const AUDIENCE = 'https://records.example.com';

/** An identity provider on a socket, with keys of its own. */
export class Issuer {
  readonly audience = AUDIENCE;
  readonly url: string;
  /** The answers to requests for keys. */
  asked = 0;
  /** What it answers a request for keys with, in place of them. */
  answers: ((keys: string) => { status: number; body: string }) | undefined;
  #published: Key[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(): Promise<Issuer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const issuer = new Issuer(server);
    server.on('request', async ({ url }, response) => {
      const { status, body } = await issuer.#answer(url ?? '');
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    });
    await issuer.rotate();
    return issuer;
  }

  async #answer(path: string): Promise<{ status: number; body: string }> {
    if (path === '/.well-known/openid-configuration') {
      return { status: 200, body: JSON.stringify({ issuer: this.url, jwks_uri: `${this.url}/keys` }) };
    }
    this.asked += 1;
    const keys = await Promise.all(
      this.#published.map(async ({ kid, publicKey }) => ({ ...(await exportJWK(publicKey)), kid, use: 'sig' })),
    );
    const body = JSON.stringify({ keys });
    return this.answers?.(body) ?? { status: 200, body };
  }

  /** From now on, another key is published, and it alone. @returns the one before */
  async rotate(): Promise<Key | undefined> {
    const before = this.key;
    const kid = `key-${Math.random().toString(36).slice(2)}`;
    this.#published = [{ kid, ...(await generateKeyPair('ES256', { extractable: true })) }];
    return before;
  }

  get key(): Key | undefined {
    return this.#published[0];
  }

  /** An access token. `differences` to a good one; `undefined` leaves a claim out. */
  async token(now: Date, differences: JWTPayload = {}, key = this.key): Promise<string> {
    if (key === undefined) throw new Error('there is no key');
    const seconds = Math.floor(now.getTime() / 1_000);
    const claims = {
      iss: this.url,
      aud: AUDIENCE,
      sub: 'jane',
      iat: seconds,
      nbf: seconds,
      exp: seconds + 600,
      ...differences,
    };
    return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: key.kid, typ: 'at+jwt' }).sign(key.privateKey);
  }

  /** What a forger would sign with: the public key, taken for a shared secret. */
  async publicKeyAsSecret(): Promise<Uint8Array> {
    if (this.key === undefined) throw new Error('there is no key');
    return new TextEncoder().encode(await exportSPKI(this.key.publicKey));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
