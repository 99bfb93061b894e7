import { z } from 'zod';
import { RESOURCE_KINDS, type ResourceKind } from './resource.ts';
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

/** The kinds whose watermark is later than now by more than the overlap makes good: a clock that was wrong has written it. */
export const tooLate = (watermark: Watermark, nowMs: number, { overlapMs }: Reach): ResourceKind[] =>
  RESOURCE_KINDS.filter((kind) => Date.parse(watermark[kind] ?? '') > nowMs + overlapMs);

/** The watermark without what cannot be true. */
function credible(watermark: Watermark, nowMs: number, reach: Reach): Watermark {
  const wrong = tooLate(watermark, nowMs, reach);
  const part = (kind: ResourceKind) => (wrong.includes(kind) ? undefined : watermark[kind]);
  return { recording: part('recording'), call: part('call'), alert: part('alert') };
}

/**
 * The watermark with a beginning for each kind that has none, or none that can be true. It is kept before anything is looked for:
 * while no look succeeds, the first one must not slide along with the clock.
 */
export function begun(watermark: Watermark, nowMs: number, reach: Reach): Record<ResourceKind, string> {
  const beginning = new Date(nowMs - reach.firstMs).toISOString();
  const { recording = beginning, call = beginning, alert = beginning } = credible(watermark, nowMs, reach);
  return { recording, call, alert };
}

/** The time that the next look covers: one overlap at least, wherever the watermark is. */
export function nextLook(
  watermark: Record<ResourceKind, string>,
  kind: ResourceKind,
  nowMs: number,
  reach: Reach,
): Window {
  return { sinceMs: Math.min(Date.parse(watermark[kind]), nowMs) - reach.overlapMs, untilMs: nowMs };
}

/** The watermark after a look: it never goes back, but from where no look can have been. */
export const advanced = (watermark: Watermark, reached: Watermark, nowMs: number, reach: Reach): Watermark =>
  laterOf(credible(watermark, nowMs, reach), reached);

const laterOf = (a: Watermark, b: Watermark): Watermark => ({
  recording: later(a.recording, b.recording),
  call: later(a.call, b.call),
  alert: later(a.alert, b.alert),
});

const later = (a: string | undefined, b: string | undefined) =>
  a === undefined || (b !== undefined && Date.parse(b) > Date.parse(a)) ? b : a;
