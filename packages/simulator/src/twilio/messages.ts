import { once } from 'node:events';
import { Hono } from 'hono';
import { phoneNumber } from '../phone-number.ts';
import { newSid } from '../sids.ts';
import type { AccountState } from './account-state.ts';
import { notFound, twilioError } from './errors.ts';
import { matchesMessage } from './list-filters.ts';
import { pageOf } from './list-page.ts';
import type { MessageFaults } from './message-faults.ts';
import type { MessageState } from './message-state.ts';
import { API_VERSION, messageResource } from './resources.ts';
import type { Parameters } from './signature.ts';

export interface MessagesOptions {
  accountSid: string;
  state: AccountState;
  now(): Date;
  isListed(resource: { sid: string }): boolean;
  faults?: MessageFaults | undefined;
  /** Calls the sender back. */
  tell?: ((url: string, parameters: Parameters) => Promise<void>) | undefined;
}

/** Longest body, in characters. Source: Twilio, Messages resource, "Body"; error 21617. */
const BODY_CHARACTERS_MAX = 1_600;
/** "Unreachable destination handset". Source: Twilio's error catalogue. */
const UNREACHABLE = 30_003;
/** The number that every messaging service here chooses. */
const POOL_NUMBER = '+14155550188';

/** Twilio's Messages resource: sending, listing and fetching. */
export function messagesRest({ accountSid, state, now, isListed, faults, tell }: MessagesOptions): Hono {
  const messages = new Hono();

  messages.post('/Messages.json', async (c) => {
    const form = new URLSearchParams(await c.req.text());
    const request = readMessage(form);
    if (faults?.isOptedOut(request.to)) {
      throw twilioError(400, 21_610, 'Attempt to send to unsubscribed recipient');
    }
    const undeliveredWith = faults?.isUndeliverable(request.to) ? UNREACHABLE : undefined;
    const message = { ...request, sid: newSid('SM'), accountSid, dateCreated: now().toISOString(), undeliveredWith };
    await state.saveMessage(message);
    const callback = form.get('StatusCallback');
    if (callback !== null && tell !== undefined) void tellStatuses(message, (each) => tell(callback, each));
    if (faults?.takeLoss()) await untilGivenUp(c.req.raw.signal);
    return c.json(messageResource(message, now()), 201);
  });

  messages.get('/Messages.json', (c) => {
    const url = new URL(c.req.url);
    const shown = state.messages().filter((each) => isListed(each) && matchesMessage(each, url.searchParams, now()));
    const page = pageOf(shown, url);
    return c.json({ ...page.envelope, messages: page.items.map((each) => messageResource(each, now())) });
  });

  messages.get('/Messages/:file{SM[0-9a-f]+\\.json}', (c) => {
    const message = state.message(c.req.param('file').replace('.json', ''));
    if (!message) throw notFound(c.req.path);
    return c.json(messageResource(message, now()));
  });
  return messages;
}

/** What becomes of it, one status after the other. Source: Twilio, "Track the message status of outbound messages". */
async function tellStatuses(message: MessageState, tell: (parameters: Parameters) => Promise<void>): Promise<void> {
  const { sid, accountSid, to, from, undeliveredWith } = message;
  for (const status of ['sent', undeliveredWith === undefined ? 'delivered' : 'undelivered']) {
    const isLast = status !== 'sent';
    await tell([
      ['SmsSid', sid],
      ['SmsStatus', status],
      ['MessageStatus', status],
      ['To', to],
      ['MessageSid', sid],
      ['AccountSid', accountSid],
      ['From', from],
      ['ApiVersion', API_VERSION],
      ...(isLast && undeliveredWith !== undefined ? [['ErrorCode', String(undeliveredWith)] as const] : []),
    ]);
  }
}

type MessageRequest = Pick<MessageState, 'to' | 'from' | 'messagingServiceSid' | 'body'>;

/** @throws HTTPException 400 with the code of Twilio's error catalogue for what is missing or wrong */
function readMessage(form: URLSearchParams): MessageRequest {
  const [to, from, service, body] = ['To', 'From', 'MessagingServiceSid', 'Body'].map((name) => form.get(name) ?? '');
  if (!to) throw twilioError(400, 21_604, "A 'To' phone number is required.");
  if (!phoneNumber.safeParse(to).success) throw twilioError(400, 21_211, `Invalid 'To' Phone Number: ${to}`);
  if (!body) throw twilioError(400, 21_602, 'Message body is required.');
  if (body.length > BODY_CHARACTERS_MAX) {
    throw twilioError(400, 21_617, 'The concatenated message body exceeds the 1600 character limit');
  }
  if (service) return { to, from: from || POOL_NUMBER, messagingServiceSid: service, body };
  if (!from) throw twilioError(400, 21_603, "A 'From' phone number is required.");
  return { to, from, messagingServiceSid: null, body };
}

const untilGivenUp = async (signal: AbortSignal) => {
  if (!signal.aborted) await once(signal, 'abort');
};
