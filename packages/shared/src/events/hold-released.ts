import { z } from 'zod';
import { accountSid, defineEvent, instant, TOPICS } from './envelope.ts';

export const holdReleased = defineEvent({
  type: 'onrecord.hold.released.v1',
  topic: TOPICS.compliance,
  summary: 'A legal hold ended; what no other hold covers follows its schedule again.',
  schema: z.looseObject({
    accountSid,
    holdId: z.string().min(1),
    releasedBy: z.string().min(1),
    releasedAt: instant,
  }),
  key: (data) => data.holdId,
  id: (data) => `hold:${data.holdId}:released`,
});
