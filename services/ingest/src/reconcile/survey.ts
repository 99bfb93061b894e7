import { beganAt } from '../domain/judge-resource.ts';
import { momentOf, type Resource, type ResourceKind } from '../domain/resource.ts';
import { isWithin, midnightAfter, type Window, windowsOf } from '../domain/windows.ts';
import { heldByConferences } from './conferences.ts';
import { createFollowUp } from './follow-up.ts';
import { judgePage } from './judge-page.ts';
import type { Step, SurveyOptions } from './step.ts';

/** Monitor answers no question about alerts older than 30 days; less what clocks may differ. Source: Twilio, "Alerts". */
const ALERTS_SINCE_MAX_MS = 30 * 86_400_000 - 600_000;

/**
 * Looks through one kind of resource, page by page, and says how far everything is final, at most to `heldMs` (milliseconds since 1970).
 * @throws StageError
 */
export async function* survey(
  kind: ResourceKind,
  asked: Window,
  options: SurveyOptions,
  heldMs = Number.POSITIVE_INFINITY,
): AsyncGenerator<Step> {
  const look =
    kind === 'alert' ? { ...asked, sinceMs: Math.max(asked.sinceMs, asked.untilMs - ALERTS_SINCE_MAX_MS) } : asked;
  let finalMs = heldMs;
  const followUp = createFollowUp(options);
  async function* steps(page: readonly Resource[], isWanted: (resource: Resource) => boolean): AsyncGenerator<Step> {
    const judged = judgePage(kind, page.filter(isWanted), options);
    finalMs = Math.min(finalMs, judged.heldMs);
    const questions = followUp.choose(judged.step.finds);
    yield judged.step;
    yield* followUp.ask(questions);
  }
  const open = { sinceMs: look.sinceMs, untilMs: Number.POSITIVE_INFINITY };
  if (kind === 'call') {
    const conferences = await heldByConferences(options);
    finalMs = Math.min(finalMs, conferences.heldMs);
    yield { kind, finds: [], passedOver: conferences.passedOver };
    for await (const page of neverDialled(look, options)) {
      yield* steps(page, (call) => momentOf(call, 'start_time') === undefined && isWithin(open, beganAt(kind, call)));
    }
  }
  for (const window of windowsOf(look)) {
    // What began after the look did is final just as well, where Twilio's clock is ahead of ours.
    const wanted = window.untilMs === look.untilMs ? { ...open, sinceMs: window.sinceMs } : window;
    for await (const page of options.lists.pages(kind, filterOf(kind, window, look), options.signal)) {
      // Of an alert's three dates nobody says which one the list goes by: what a window's list has is the window's.
      yield* steps(page, (resource) => kind === 'alert' || isWithin(wanted, beganAt(kind, resource)));
    }
    const reached = new Date(Math.min(window.untilMs, finalMs)).toISOString();
    yield { kind, finds: [], passedOver: [], reached };
  }
}

/** What the lists are filtered by. Source: twilio-oai, `ListRecording`, `ListCall`, `ListAlert`. */
const FILTERS: Readonly<Record<ResourceKind, readonly [since: string, until: string]>> = {
  recording: ['DateCreated>', 'DateCreated<'],
  call: ['StartTime>', 'StartTime<'],
  alert: ['StartDate', 'EndDate'],
};

/**
 * At least what is in the window, whether Twilio reads the time of day or the day alone, as it documents: `<` of a day ends at that
 * day's midnight, so the window of today has no end.
 */
function filterOf(kind: ResourceKind, { sinceMs, untilMs }: Window, look: Window): Record<string, string> {
  const [since, until] = FILTERS[kind];
  const midnightMs = midnightAfter(untilMs - 1);
  return {
    [since]: new Date(sinceMs).toISOString(),
    ...(midnightMs <= look.untilMs ? { [until]: new Date(midnightMs).toISOString() } : {}),
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
