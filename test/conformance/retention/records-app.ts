import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAccessAudit } from '@onrecord/retention/access/access-audit';
import { type Accesses, createAccesses } from '@onrecord/retention/access/accesses';
import type { AccessOptions } from '@onrecord/retention/access/settings';
import { createTokens, type Tokens } from '@onrecord/retention/access/tokens';
import { ruleBook } from '@onrecord/retention/domain/jurisdictions/built-in';
import type { RetentionPolicy } from '@onrecord/retention/domain/policy';
import { createErasures } from '@onrecord/retention/erasures/erasures';
import { createSubjects } from '@onrecord/retention/erasures/subjects';
import { createHolds, type Holds } from '@onrecord/retention/holds/holds';
import { createRecordsApp } from '@onrecord/retention/http/app';
import type { RecordsApi } from '@onrecord/retention/http/records-api';
import { createPolicyDesk, type PolicyDesk } from '@onrecord/retention/policies/policy-desk';
import { openObjectStore } from '@onrecord/shared/object-store/open';
import type { ObjectStore } from '@onrecord/shared/object-store/port';
import { ACCOUNT, archived, at, consentOf, legReported, newSid, recordingCompleted, transcribed } from './facts.ts';
import { policy, pseudonyms, startLedger, type TestLedger } from './ledger.ts';
import { answerCheck } from './openapi.ts';

export const TOKEN = 'a-token-of-the-test';

/** As it is without settings. */
export const access: AccessOptions = {
  tokenLifetimeMaxMs: 365 * 86_400_000,
  purposeRequired: false,
  limits: { requestsPerMinute: 1_000_000, failuresPerMinute: 1_000_000 },
  isTrustedProxy: () => false,
};

type Document = Parameters<typeof answerCheck>[0];

interface Sent {
  method?: string;
  body?: unknown;
  token?: string | null;
  headers?: Record<string, string>;
}

/** The records API over a ledger and a store of its own. */
export class RecordsApp {
  readonly test: TestLedger;
  readonly store: ObjectStore;
  readonly folder: string;
  readonly tokens: Tokens;
  readonly accesses: Accesses;
  readonly policies: PolicyDesk;
  readonly holds: Holds;
  readonly app: ReturnType<typeof createRecordsApp>;
  #checking: ReturnType<typeof answerCheck> | undefined;
  /** What nobody foresaw. */
  readonly errors: Error[] = [];

  private constructor(
    test: TestLedger,
    store: ObjectStore,
    folder: string,
    differences: Partial<RecordsApi>,
    releaseNeedsSecondPerson: boolean,
  ) {
    this.test = test;
    this.store = store;
    this.folder = folder;
    this.tokens = createTokens(test.application, test.clock);
    this.accesses = createAccesses(test.application);
    const desk = { pool: test.application, clock: test.clock, onActivated: () => undefined };
    this.policies = createPolicyDesk({ ...desk, builtIn: policy, ruleBook: ruleBook(), pseudonyms });
    this.holds = createHolds({
      ...test,
      pool: test.application,
      objects: store,
      source: { look: async () => 'recording' },
      pseudonyms,
      releaseNeedsSecondPerson,
      newId: () => randomUUID().replaceAll('-', ''),
      onPublish: () => undefined,
      onDue: () => undefined,
    });
    this.app = createRecordsApp({
      ...test,
      policies: this.policies,
      accountSid: ACCOUNT,
      token: TOKEN,
      tokens: this.tokens,
      access,
      accesses: this.accesses,
      accessAudit: createAccessAudit(test.application, test.clock),
      subjects: createSubjects(test.application, pseudonyms, test.clock),
      erasures: createErasures({ ...test, pool: test.application, pseudonyms, onDecision: () => undefined }),
      holds: this.holds,
      objectStore: store,
      newReference: randomUUID,
      onDecision: () => undefined,
      onDue: () => undefined,
      logError: (error) => this.errors.push(error),
      ...differences,
    });
  }

  static async start(
    differences: Partial<RecordsApi> = {},
    builtIn?: RetentionPolicy,
    releaseNeedsSecondPerson = true,
  ): Promise<RecordsApp> {
    const test = await startLedger(builtIn);
    const folder = await mkdtemp(join(tmpdir(), 'onrecord-records-api-'));
    const store = await openObjectStore({ kind: 'file', folder });
    return new RecordsApp(test, store, folder, differences, releaseNeedsSecondPerson);
  }

  async close(): Promise<void> {
    await this.store.close();
    await this.test.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  async send(path: string, { method = 'GET', body, token = TOKEN, headers = {} }: Sent = {}) {
    const response = await this.app.request(path, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const type = response.headers.get('content-type') ?? '';
    const json = type.includes('json') && text !== '' ? JSON.parse(text) : undefined;
    const wrong = (await this.#check())(method, path, response.status, type, json);
    if (wrong !== undefined) throw new Error(`the OpenAPI document is not kept to: ${wrong}`);
    return { status: response.status, type, text, json, etag: response.headers.get('etag') };
  }

  /** Every answer is held to the document of the API. */
  async #check() {
    this.#checking ??= answerCheck((await (await this.app.request('/openapi.json')).json()) as Document);
    return this.#checking;
  }

  /** An answer to the question for consent. */
  post(body: unknown, headers: Record<string, string> = {}) {
    return this.send('/v1/consents', { method: 'POST', body, headers });
  }

  /** A recording in the given state, and its SIDs. */
  async given(state: 'waiting' | 'cleared' | 'refused' | 'transcribed') {
    const { store, test } = this;
    test.now = at(1);
    const [callSid, sid] = [newSid('CA'), newSid('RE')];
    const prefix = `${ACCOUNT}/${sid}/`;
    await test.take(legReported(callSid), recordingCompleted(sid, { callSid }));
    if (state === 'refused') await test.take(consentOf({ callSid }, 'refused'));
    if (state === 'cleared' || state === 'transcribed') await test.take(consentOf({ callSid }, 'granted'));
    if (state === 'transcribed') {
      for (const [name, text] of [
        ['transcript.json', '{"simulated":true}'],
        ['transcript.txt', 'caller: hello'],
      ]) {
        await store.put(`${prefix}${name}`, Buffer.from(text ?? ''), { contentType: 'text/plain' });
      }
      await test.take(archived(sid, callSid, prefix), transcribed(sid, callSid, prefix));
    }
    return { callSid, sid, path: `/v1/recordings/${sid}` };
  }
}
