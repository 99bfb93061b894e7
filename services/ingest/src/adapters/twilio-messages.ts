import { StageError } from '@onrecord/shared/event-log/failure-policy';
import { openTwilioSdk, type TwilioSdkOptions } from '@onrecord/shared/twilio/open-sdk';
import { twilioFailure } from '@onrecord/shared/twilio/recordings-client-errors';
import type { ListedMessage, MessageRequest } from '../domain/earlier-message.ts';
import { judgeRefusal } from '../domain/message-refusal.ts';
import type { Messages } from '../send-message.ts';

interface TwilioMessagesOptions extends Omit<TwilioSdkOptions, 'timeoutMs' | 'attemptsMax' | 'waitMaxMs' | 'signal'> {
  /** The address to which Twilio tells what becomes of a request's message. */
  statusCallback(request: Pick<MessageRequest, 'callSid' | 'reason'>): string;
}

/** A message may have been sent whatever the answer was: no request is repeated before the list was asked again. */
const LIMITS = { timeoutMs: 10_000, attemptsMax: 1, waitMaxMs: 0 };

/** The newest to one person: far more than anybody is sent while a request is young enough to be met. */
const LISTED_MAX = 100;

const isService = (from: string) => from.startsWith('MG');

/** Twilio's Messages resource. The SDK is loaded on first use: most processes send nothing in their first seconds. */
export function createTwilioMessages({ statusCallback, ...options }: TwilioMessagesOptions): Messages {
  let opening: ReturnType<typeof openTwilioSdk> | undefined;
  const open = () => {
    opening ??= openTwilioSdk({ ...LIMITS, ...options });
    return opening;
  };
  return {
    // Not by DateSent: a message that still waits in Twilio's queue has none, and would be missed.
    list: async ({ to, from }) => {
      const { messages } = await open();
      const filter = { to, ...(isService(from) ? {} : { from }), limit: LISTED_MAX, pageSize: LISTED_MAX };
      const listed = await messages.list(filter).catch((error) => Promise.reject(twilioFailure('message-list', error)));
      return listed.map(toListed);
    },
    send: async ({ to, from, body, callSid, reason }) => {
      const { messages } = await open();
      try {
        const sender = isService(from) ? { messagingServiceSid: from } : { from };
        return toListed(
          await messages.create({ to, body, ...sender, statusCallback: statusCallback({ callSid, reason }) }),
        );
      } catch (error) {
        return refusedWith(error);
      }
    },
  };
}

interface SdkMessage {
  sid: string;
  body: string;
  from: string;
  messagingServiceSid: string | null;
  direction: string;
  dateCreated: Date;
  errorCode: number | null;
}

/** Newer kinds of messages leave fields out. */
const toListed = (message: SdkMessage): ListedMessage => ({
  sid: message.sid,
  body: message.body ?? '',
  from: message.from ?? '',
  messagingServiceSid: message.messagingServiceSid ?? null,
  direction: message.direction,
  createdAt: message.dateCreated,
  errorCode: message.errorCode ?? null,
});

/** @throws StageError for what is no judgement of the message itself */
function refusedWith(error: unknown): { refusedWith: number } {
  const { status, code } = error as { status?: unknown; code?: unknown };
  if (typeof status === 'number' && typeof code === 'number') {
    const judgement = judgeRefusal(status, code);
    if (judgement === 'refused') return { refusedWith: code };
    if (judgement === 'passing') {
      throw new StageError('message', `Twilio takes no more messages for the moment (${code})`, { kind: 'transient' });
    }
  }
  throw twilioFailure('message', error);
}
