import { z } from 'zod';

/** Of an erasure, what these commands show; an answer may say more. */
export const erasure = z.looseObject({
  erasureId: z.string(),
  party: z.string().optional(),
  callSid: z.string().optional(),
  state: z.string(),
  requestedAt: z.string(),
  coversUntil: z.string(),
  completedAt: z.string().optional(),
  legs: z.number(),
  legsKept: z.number(),
  legsKeptUntil: z.string().optional(),
  legsKeptFor: z.string().optional(),
});

const erasureItem = z.looseObject({
  recordingSid: z.string(),
  result: z.string(),
  why: z.string(),
  until: z.string().optional(),
});

export const erasureDetail = z.looseObject({
  ...erasure.shape,
  results: z.record(z.string(), z.number()),
  callsAtTwilio: z.looseObject({ deleted: z.number(), open: z.number(), left: z.number() }).optional(),
  items: z.array(erasureItem),
  residues: z.array(
    z.looseObject({
      what: z.string(),
      why: z.string(),
      until: z.string().optional(),
      finding: z.string().optional(),
      goneAt: z.string().optional(),
    }),
  ),
});
