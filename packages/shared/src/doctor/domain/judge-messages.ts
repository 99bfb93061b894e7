import type { OwnedNumber } from './facts.ts';
import { type Finding, failed, ok, warning } from './finding.ts';

/** @returns nothing where no message is asked for, or where they are sent */
export function judgeMessaging(asksForMessages: boolean, areSent: boolean): Finding[] {
  if (!asksForMessages || areSent) return [];
  const seen = 'VOICE_FILE asks for text messages, and MESSAGING is off: none is sent';
  return [warning('messages', seen, 'set MESSAGING to true, or take the messages out of VOICE_FILE')];
}

/** A messaging service is not judged: its numbers are its own matter. A verified caller ID sends no messages. */
export function judgeSenders(senders: readonly string[], owned: readonly OwnedNumber[]): Finding[] {
  return senders
    .filter((sender) => sender.startsWith('+'))
    .map((sender) => {
      const check = `message sender ${sender}`;
      const number = owned.find(({ phoneNumber }) => phoneNumber === sender);
      if (number?.hasSms) return ok(check, 'a number of the account that sends text messages');
      const seen = number === undefined ? 'no number of the account' : 'a number that sends no text messages';
      return failed(check, `${seen}: Twilio refuses its messages`, 'use a number of the account that has SMS');
    });
}
