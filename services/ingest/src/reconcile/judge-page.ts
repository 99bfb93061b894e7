import { createEvent, recordingReported } from '@onrecord/shared/events';
import { newTraceparent } from '@onrecord/shared/telemetry/traceparent';
import { alertEvent, callEvent } from '../diagnose.ts';
import { beganAt, endedWithin, judgeResource } from '../domain/judge-resource.ts';
import { readAlertResource } from '../domain/read-alert-resource.ts';
import { readCallResource } from '../domain/read-call-resource.ts';
import { readRecordingResource } from '../domain/read-recording-resource.ts';
import { momentOf, type Resource, type ResourceKind, textOf } from '../domain/resource.ts';
import type { Find, Step, SurveyOptions } from './step.ts';

/**
 * What of a page is a fact by now, and since when (milliseconds since 1970) something of it still goes on, or recordings of it may
 * still come into the lists.
 */
export function judgePage(
  kind: ResourceKind,
  page: readonly Resource[],
  options: SurveyOptions,
): { step: Step; heldMs: number } {
  const { now, graceMs, settleMs, accountSid } = options;
  const nowMs = now().getTime();
  const finds: Find[] = [];
  const passedOver: { sid: string | undefined; reason: string }[] = [];
  let heldMs = Number.POSITIVE_INFINITY;
  for (const resource of page) {
    const sid = textOf(resource, 'sid');
    const verdict = judgeResource(kind, resource, { nowMs, graceMs, accountSid });
    const isUnsettled = kind === 'call' && verdict === 'final' && endedWithin(resource, nowMs, settleMs);
    if (verdict === 'pending' || isUnsettled) heldMs = Math.min(heldMs, beganAt(kind, resource) ?? 0);
    if (verdict === 'abandoned') passedOver.push({ sid, reason: `is ${textOf(resource, 'status')} for days` });
    if (verdict !== 'final') continue;
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
  const since = (ms: number | undefined) => (ms === undefined ? undefined : Math.max(0, Date.parse(seenAt) - ms));
  if (kind === 'recording') {
    const data = readRecordingResource(resource, accountSid);
    const event = createEvent(recordingReported, data, { time: seenAt, traceparent });
    return { event, at, lateMs: since(momentOf(resource, 'date_updated')) };
  }
  if (kind === 'alert') {
    const data = readAlertResource(resource, accountSid, seenAt);
    return { event: alertEvent(data, traceparent), at: data.raisedAt, lateMs: since(Date.parse(data.raisedAt)) };
  }
  const data = readCallResource(resource, accountSid, seenAt);
  return { event: callEvent(data, traceparent), at, lateMs: since(momentOf(resource, 'end_time')) };
}
