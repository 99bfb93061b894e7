import { z } from 'zod';
import type { ResourceKind } from './resource.ts';
import type { Window } from './windows.ts';

/** For each kind the moment up to which everything was found in its final state, ISO 8601; absent before anybody looked. */
export const watermarkSchema = z.object({
  recording: z.iso.datetime().optional(),
  call: z.iso.datetime().optional(),
  alert: z.iso.datetime().optional(),
});
export type Watermark = { [Kind in ResourceKind]?: string | undefined };

export interface Reach {
  /** How far behind the watermark each look begins, in milliseconds: lists are complete only after a while, and clocks differ. */
  overlapMs: number;
  /** How far back the first look begins, in milliseconds. */
  firstMs: number;
}

/**
 * The watermark with a beginning for each kind that has none. It is kept before anything is looked for: while no look succeeds, the
 * first one must not slide along with the clock.
 */
export function begun(watermark: Watermark, nowMs: number, { firstMs }: Reach): Record<ResourceKind, string> {
  const beginning = new Date(nowMs - firstMs).toISOString();
  return {
    recording: watermark.recording ?? beginning,
    call: watermark.call ?? beginning,
    alert: watermark.alert ?? beginning,
  };
}

/** The time that the next look covers. */
export function nextLook(
  watermark: Record<ResourceKind, string>,
  kind: ResourceKind,
  nowMs: number,
  reach: Reach,
): Window {
  const sinceMs = Date.parse(watermark[kind]) - reach.overlapMs;
  return { sinceMs: Math.min(sinceMs, nowMs), untilMs: nowMs };
}

/** Each kind's later moment: a watermark never goes back, in whatever order two of them become known. */
export const laterOf = (a: Watermark, b: Watermark): Watermark => ({
  recording: later(a.recording, b.recording),
  call: later(a.call, b.call),
  alert: later(a.alert, b.alert),
});

const later = (a: string | undefined, b: string | undefined) =>
  a === undefined || (b !== undefined && Date.parse(b) > Date.parse(a)) ? b : a;
