import { createEvent, messageFailed, messageRequested, messageSent, type OnrecordEvent } from '@onrecord/shared/events';
import { expect, test } from 'vitest';
import { type EventDeps, onTelephony } from './on-telephony.ts';

const named = { accountSid: `AC${'1'.repeat(32)}`, callSid: `CA${'2'.repeat(32)}`, reason: 'dial-busy' };
const time = '2026-11-21T10:00:00Z';
const messages: OnrecordEvent[] = [
  createEvent(
    messageRequested,
    { ...named, to: '+14155550100', from: '+14155550199', body: 'Sorry.', requestedAt: time },
    { time },
  ),
  createEvent(messageSent, { ...named, messageSid: `SM${'3'.repeat(32)}`, sentAt: time }, { time }),
  createEvent(messageFailed, { ...named, cause: 'opted-out', isOptedOut: true, failedAt: time }, { time }),
];

test.each(messages.map((event) => [event.type, event] as const))(
  '%s leaves no trace in the ledger',
  async (_, event) => {
    const untouched = new Proxy({} as EventDeps, {
      get: (_target, name) => {
        throw new Error(`asked for ${String(name)}`);
      },
    });
    await expect(onTelephony(event, untouched)).resolves.toBeUndefined();
  },
);
