import { callStatusChanged, createEvent, type EventOf, recordingReported } from '@onrecord/shared/events';
import { newTraceparent } from '@onrecord/shared/telemetry/traceparent';
import { diagnoseCall } from '../diagnose.ts';
import { beganAt, judgeResource } from '../domain/judge-resource.ts';
import { readCallResource } from '../domain/read-call-resource.ts';
import { readRecordingResource } from '../domain/read-recording-resource.ts';
import { momentOf, type Resource, type ResourceKind, textOf } from '../domain/resource.ts';
import { isWithin, midnightAfter, type Window, windowsOf } from '../domain/windows.ts';

export interface TwilioLists {
  /** The pages of a list, in Twilio's order. @throws StageError */
  pages(
    kind: ResourceKind,
    filter: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): AsyncIterable<readonly Resource[]>;
}

/** A fact that Twilio knows, as the event that its callback would have become. */
interface Find {
  event: EventOf<typeof recordingReported> | EventOf<typeof callStatusChanged>;
  /** When it began, or was found, ISO 8601. */
  at: string;
  /** Since it happened, in milliseconds, where Twilio says when. */
  lateMs: number | undefined;
}

/** What one page brought, or the end of a window. */
export interface Step {
  kind: ResourceKind;
  finds: readonly Find[];
  /** What went on for longer than anything should, and what could not be read: each with its SID and why. */
  passedOver: readonly { sid: string | undefined; reason: string }[];
  /** Everything before this moment (ISO 8601) was seen in its final state. */
  reached?: string;
}

export interface SurveyOptions {
  lists: TwilioLists;
  accountSid: string;
  graceMs: number;
  now(): Date;
  signal: AbortSignal;
}

/** Looks through one kind of resource, page by page, and says how far everything is final. @throws StageError */
export async function* survey(kind: ResourceKind, look: Window, options: SurveyOptions): AsyncGenerator<Step> {
  let heldMs = Number.POSITIVE_INFINITY;
  const stepOf = (page: readonly Resource[], isWanted: (resource: Resource) => boolean): Step => {
    const judged = judgePage(kind, page.filter(isWanted), options);
    heldMs = Math.min(heldMs, judged.heldMs);
    return judged.step;
  };
  const open = { sinceMs: look.sinceMs, untilMs: Number.POSITIVE_INFINITY };
  if (kind === 'call') {
    for await (const page of neverDialled(look, options)) {
      yield stepOf(page, (call) => momentOf(call, 'start_time') === undefined && isWithin(open, beganAt(kind, call)));
    }
  }
  for (const window of windowsOf(look)) {
    // What began after the look did is final just as well, where Twilio's clock is ahead of ours.
    const wanted = window.untilMs === look.untilMs ? { ...open, sinceMs: window.sinceMs } : window;
    for await (const page of options.lists.pages(kind, filterOf(kind, window, look), options.signal)) {
      yield stepOf(page, (resource) => isWithin(wanted, beganAt(kind, resource)));
    }
    const reached = new Date(Math.min(window.untilMs, heldMs)).toISOString();
    yield { kind, finds: [], passedOver: [], reached };
  }
}

/**
 * At least what is in the window, whether Twilio reads the time of day or the day alone, as it documents: `<` of a day ends at that
 * day's midnight, so the window of today has no end.
 */
function filterOf(kind: ResourceKind, { sinceMs, untilMs }: Window, look: Window): Record<string, string> {
  const name = kind === 'recording' ? 'DateCreated' : 'StartTime';
  const midnightMs = midnightAfter(untilMs - 1);
  return {
    [`${name}>`]: new Date(sinceMs).toISOString(),
    ...(midnightMs <= look.untilMs ? { [`${name}<`]: new Date(midnightMs).toISOString() } : {}),
  };
}

/**
 * Calls that ended, or wait, without ever having been dialled: they have no start that a list could be filtered by, and Twilio calls
 * nobody back about them. Those that wait first: one that is cancelled in between is seen in either list.
 * Lists come newest first, so a page of older calls alone is the last one that matters.
 */
async function* neverDialled({ sinceMs }: Window, { lists, signal }: SurveyOptions) {
  for (const status of ['queued', 'canceled', 'failed']) {
    for await (const page of lists.pages('call', { Status: status }, signal)) {
      yield page;
      if (page.every((call) => (momentOf(call, 'date_created') ?? sinceMs) < sinceMs)) break;
    }
  }
}

function judgePage(kind: ResourceKind, page: readonly Resource[], options: SurveyOptions) {
  const { now, graceMs } = options;
  const nowMs = now().getTime();
  const finds: Find[] = [];
  const passedOver: { sid: string | undefined; reason: string }[] = [];
  let heldMs = Number.POSITIVE_INFINITY;
  for (const resource of page) {
    const sid = textOf(resource, 'sid');
    const verdict = judgeResource(kind, resource, { nowMs, graceMs });
    if (verdict.is === 'pending') heldMs = Math.min(heldMs, beganAt(kind, resource) ?? 0);
    if (verdict.is === 'abandoned') passedOver.push({ sid, reason: `is ${textOf(resource, 'status')} for days` });
    if (verdict.is !== 'final') continue;
    try {
      finds.push(findOf(kind, resource, options));
    } catch (error) {
      passedOver.push({ sid, reason: (error as Error).message });
    }
  }
  return { step: { kind, finds, passedOver }, heldMs };
}

/** @throws ParameterError, ZodError for what cannot be read */
function findOf(kind: ResourceKind, resource: Resource, { accountSid, now }: SurveyOptions): Find {
  const seenAt = now().toISOString();
  const beganMs = beganAt(kind, resource);
  const at = beganMs === undefined ? seenAt : new Date(beganMs).toISOString();
  const traceparent = newTraceparent();
  const changedMs = momentOf(resource, kind === 'call' ? 'end_time' : 'date_updated');
  const lateMs = changedMs === undefined ? undefined : Math.max(0, Date.parse(seenAt) - changedMs);
  if (kind === 'recording') {
    const data = readRecordingResource(resource, accountSid);
    return { event: createEvent(recordingReported, data, { time: seenAt, traceparent }), at, lateMs };
  }
  const data = readCallResource(resource, accountSid, seenAt);
  const diagnosed = { ...data, diagnosis: diagnoseCall(data) };
  return { event: createEvent(callStatusChanged, diagnosed, { time: data.occurredAt, traceparent }), at, lateMs };
}
