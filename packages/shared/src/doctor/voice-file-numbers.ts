import { z } from 'zod';

/** What a voice file asks of the account. */
export interface VoiceFileNumbers {
  callerIds: readonly string[];
  /** Numbers and messaging services that messages are sent from. */
  senders: readonly string[];
  asksForMessages: boolean;
}

/** Of the file only what is asked here: ingest alone knows whether it is right as a whole. */
const lightSchema = z.looseObject({
  destinations: z.record(z.string(), z.looseObject({ callerId: z.string().optional() })).optional(),
});

/**
 * @param file the voice file, parsed as JSON
 * @returns nothing for what is no voice file
 */
export function voiceFileNumbers(file: unknown): VoiceFileNumbers | undefined {
  const read = lightSchema.safeParse(file).data;
  if (read === undefined) return undefined;
  // Messages are places to go to; a prompt or a language may have any name.
  const messages = messagesIn([read.start, read.menus, read.destinations]);
  const callerIds = Object.values(read.destinations ?? {}).flatMap((each) => each.callerId ?? []);
  return {
    callerIds: [...new Set(callerIds)],
    senders: [...new Set(messages.flatMap(({ from }) => from ?? []))],
    asksForMessages: messages.length > 0,
  };
}

const messageSchema = z.looseObject({ message: z.string(), end: z.string(), from: z.string().optional() });

function messagesIn(value: unknown): z.output<typeof messageSchema>[] {
  if (typeof value !== 'object' || value === null) return [];
  const message = messageSchema.safeParse(value).data;
  return message === undefined ? Object.values(value).flatMap(messagesIn) : [message];
}
