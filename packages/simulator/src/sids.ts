import { randomBytes } from 'node:crypto';

/** A new Twilio SID: two letters and 32 hexadecimal digits. */
export const newSid = (prefix: 'AC' | 'CA' | 'RE' | 'CF' | 'NO' | 'EZ' | 'SM'): string =>
  `${prefix}${randomBytes(16).toString('hex')}`;
