import type {
  CallbackFaults,
  CallScript,
  CallState,
  DeliveryPage,
  ListDelay,
  ListenRequest,
  MessageState,
  PlacedCall,
  RecordingState,
  RestFailure,
} from '@onrecord/simulator/simulator';
import { request } from 'undici';

/** Placing a call takes as long as its callbacks do, retries included. */
const PLACE_TIMEOUT_MS = 120_000;

/** The simulator's control API. */
export class SimulatorControl {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  placeCall(script: CallScript): Promise<PlacedCall> {
    return this.#json('POST', '/calls', script);
  }

  recordings(): Promise<RecordingState[]> {
    return this.#json('GET', '/recordings');
  }

  calls(): Promise<CallState[]> {
    return this.#json('GET', '/calls');
  }

  /** Every request to ingest, oldest first. @throws Error when some of them are not remembered any more */
  async deliveries(): Promise<DeliveryPage['deliveries']> {
    const all: DeliveryPage['deliveries'] = [];
    for (let after: number | null = 0; after !== null; ) {
      const page: DeliveryPage = await this.#json('GET', `/deliveries?after=${after}`);
      if (page.forgotten > 0) throw new Error(`the simulator has forgotten ${page.forgotten} deliveries`);
      all.push(...page.deliveries);
      after = page.next;
    }
    return all;
  }

  /** From now on callbacks go wrong as often as the order says. */
  async spoilCallbacks(faults: CallbackFaults): Promise<void> {
    await this.#json('POST', '/callbacks/faults', faults);
  }

  /** The next requests to Twilio's REST API fail. */
  async failRest(failure: RestFailure): Promise<void> {
    await this.#json('POST', '/twilio/failures', failure);
  }

  /** Lists of the REST API show what is new only so much later. */
  async delayLists(delay: ListDelay): Promise<void> {
    await this.#json('POST', '/twilio/list-delay', delay);
  }

  /** The next answer that the speech provider calls back comes so much later. */
  async delayAnswer(delayMs: number): Promise<void> {
    await this.#json('POST', '/deepgram/callback-faults', { fault: 'late', delayMs });
  }

  /** The text messages that were sent to a number. */
  async messagesTo(number: string): Promise<MessageState[]> {
    return (await this.#json<MessageState[]>('GET', '/messages')).filter(({ to }) => to === number);
  }

  /** Messages to this number are taken, and never arrive. */
  async neverReach(number: string): Promise<void> {
    await this.#json('POST', '/messages/undeliverable', { number });
  }

  /** Somebody replied STOP. */
  async optOut(number: string): Promise<void> {
    await this.#json('POST', '/messages/opt-outs', { number });
  }

  /** The next messages are sent, and the answers never come. */
  async loseMessageAnswers(count: number): Promise<void> {
    await this.#json('POST', '/messages/lost-answers', { count });
  }

  /** What reached the speech provider. */
  speechRequests(): Promise<ListenRequest[]> {
    return this.#json('GET', '/deepgram/requests');
  }

  async #json<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
    const response = await request(`${this.#url}/simulator${path}`, {
      method,
      headersTimeout: PLACE_TIMEOUT_MS,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (response.statusCode >= 300)
      throw new Error(`${path} answered ${response.statusCode}: ${await response.body.text()}`);
    return (await response.body.json()) as T;
  }
}
