import { isInformational } from './read-alert.ts';
import { levelOf } from './read-alert-resource.ts';
import { momentOf, type Resource, type ResourceKind, textOf } from './resource.ts';

export type Verdict =
  /** A callback would have reported it by now. */
  | 'final'
  /** It goes on: what comes of it is asked for again, so the watermark stays before it. */
  | 'pending'
  /** It has gone on for longer than anything does at Twilio: nobody waits for it any more. */
  | 'abandoned'
  /** Nothing that a callback ever reports. */
  | 'nothing';

/** Source: Twilio, "Recording status" and "Call status values"; a status that Twilio adds later counts as final. */
const UNDERWAY: Readonly<Record<Exclude<ResourceKind, 'alert'>, ReadonlySet<string>>> = {
  recording: new Set(['in-progress', 'paused', 'stopped', 'processing']),
  call: new Set(['queued', 'initiated', 'ringing', 'in-progress']),
};

/** A call lasts 24 h at most, and its recording is complete minutes after it; twice that leaves room for a backlog of Twilio's. */
export const PENDING_MAX_MS = 2 * 86_400_000;

export interface JudgeOptions {
  nowMs: number;
  /** How long a callback may be on its way before its fact counts as unheard, in milliseconds. */
  graceMs: number;
  /** The account that is served. */
  accountSid: string;
}

/** What is to be done about a listed recording, call or alert. */
export function judgeResource(kind: ResourceKind, resource: Resource, options: JudgeOptions): Verdict {
  if (kind === 'alert') return judgeAlert(resource, options);
  const { nowMs, graceMs } = options;
  const status = textOf(resource, 'status');
  if (status === undefined || status === 'deleted') return 'nothing';
  const beganMs = beganAt(kind, resource);
  const isOld = beganMs !== undefined && nowMs - beganMs > PENDING_MAX_MS;
  if (UNDERWAY[kind].has(status)) return isOld ? 'abandoned' : 'pending';
  const changedMs = momentOf(resource, 'date_updated');
  // Twilio changes an old call once more when its price is known: that is no reason to look at its day again.
  const isFresh = !isOld && changedMs !== undefined && nowMs - changedMs < graceMs;
  return isFresh ? 'pending' : 'final';
}

/** An alert never changes; what the debugger webhook leaves out is nothing here either. */
function judgeAlert(resource: Resource, { nowMs, graceMs, accountSid }: JudgeOptions): Verdict {
  if (textOf(resource, 'account_sid') !== accountSid || isInformational(levelOf(resource))) return 'nothing';
  const createdMs = beganAt('alert', resource);
  return createdMs !== undefined && nowMs - createdMs < graceMs ? 'pending' : 'final';
}

/** Whether a call ended so short a while ago; one that was never dialled has no end, and nothing of it was recorded. */
export function endedWithin(call: Resource, nowMs: number, withinMs: number): boolean {
  const endedMs = momentOf(call, 'end_time');
  return endedMs !== undefined && nowMs - endedMs < withinMs;
}

/** What the list is filtered by: a call that was never dialled has no start, and counts from when it was made. */
export const beganAt = (kind: ResourceKind, resource: Resource): number | undefined =>
  kind !== 'call'
    ? momentOf(resource, 'date_created')
    : (momentOf(resource, 'start_time') ?? momentOf(resource, 'date_created'));
