import { z } from 'zod';
import { UsageError } from '../../errors.ts';

export const matter = z.looseObject({
  accountSid: z.string(),
  matterId: z.string(),
  name: z.string(),
  openedBy: z.string(),
  openedAt: z.string(),
});

const MATTER_ID = /^mat_[0-9a-f]{32}$/;

/** @param said how the error names it @throws UsageError */
export function matterIdIn(text: string, said: string): string {
  if (MATTER_ID.test(text)) return text;
  throw new UsageError(`${said} is no matter: give mat_ and 32 hexadecimal digits, as \`onrecord matters\` shows it`);
}
