import { z } from 'zod';

/** A number in E.164. */
export const phoneNumber = z.string().regex(/^\+[1-9]\d{6,14}$/, 'give an E.164 number such as +14155550100');
