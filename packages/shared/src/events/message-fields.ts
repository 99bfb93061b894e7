import { z } from 'zod';

/** Why the message was asked for: an open set of words such as `dial-busy`. One call has one message for each. */
export const messageReason = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'give at most 64 small letters, digits and . _ -, such as dial-busy');
