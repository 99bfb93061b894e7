import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';

export interface RecordingDetail {
  recordingSid: string;
  callSid?: string;
  state: string;
  reason?: string;
  decision?: { outcome: string; reason: string; releasedBy: string[] };
  objects: { kind: string; key: string; bytes: number; sha256: string }[];
  transcript?: { simulated: boolean; turns: number; words: number };
  deletion?: { status: string; cause: string; twilio?: { outcome?: string }; objects?: { deleted: number } };
}

/** Long enough for a retry to become due, and for the minute that a killed worker has a deletion to itself. */
const STATE_TIMEOUT_MS = 120_000;
const POLL_INTERVAL_MS = 200;

/** The records API as its users call it. */
export class RecordsApi {
  readonly #url: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  async recordings(): Promise<{ recordingSid: string; state: string }[]> {
    const all: { recordingSid: string; state: string }[] = [];
    let cursor = '';
    do {
      const page = await this.json('GET', `/v1/recordings${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ''}`);
      all.push(...page.recordings);
      cursor = page.next ?? '';
    } while (cursor !== '');
    return all;
  }

  recording(sid: string): Promise<RecordingDetail> {
    return this.json('GET', `/v1/recordings/${sid}`);
  }

  /** Waits until the recording is in the state. @throws Error with the state that it is in instead */
  async waitFor(sid: string, state: string): Promise<RecordingDetail> {
    const deadline = Date.now() + STATE_TIMEOUT_MS;
    for (;;) {
      const detail = await this.recording(sid).catch((error: Error) => error);
      if (!(detail instanceof Error) && detail.state === state) return detail;
      if (Date.now() > deadline) {
        const now = detail instanceof Error ? detail.message : `${detail.state}: ${JSON.stringify(detail)}`;
        throw new Error(`${sid} should be ${state} and is ${now}`);
      }
      await sleep(POLL_INTERVAL_MS);
    }
  }

  async json(method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown) {
    const response = await request(`${this.#url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.body.text();
    if (response.statusCode >= 300) throw new Error(`${method} ${path} answered ${response.statusCode}: ${text}`);
    // biome-ignore lint/suspicious/noExplicitAny: the shapes are the API's own business, checked in its tests
    return JSON.parse(text) as any;
  }

  async text(path: string): Promise<string> {
    const response = await request(`${this.#url}${path}`, { headers: { authorization: `Bearer ${this.#token}` } });
    return response.body.text();
  }
}
