import type { EffectiveSettings } from './effective.ts';
import type { Fault } from './fault.ts';
import { isAtLeast, type Period, parsePeriod } from './period.ts';
import { DATA_CLASSES, type DataClass, type PolicySettings } from './policy-schema.ts';

/** What is stored of the call itself; the ledger must know of it as long as any of it is there. */
const MEDIA_CLASSES = ['audio', 'transcript', 'providerResponse'] as const satisfies readonly DataClass[];

/** Whether the periods can be kept beside each other and beside the law. */
export function checkPeriods(own: PolicySettings, all: EffectiveSettings, path: Fault['path']): Fault[] {
  return [...checkMinimums(own, all, path), ...checkOrder(own, all, path), ...checkTwilio(own, all, path)];
}

/** @returns forever for what is no period: that is another fault */
const periodOf = (text: string): Period => parsePeriod(text) ?? 'forever';

const isShorter = (text: string, than: string): boolean => !isAtLeast(periodOf(text), periodOf(than));

function checkMinimums(own: PolicySettings, all: EffectiveSettings, path: Fault['path']): Fault[] {
  return DATA_CLASSES.flatMap((dataClass): Fault[] => {
    const least = all.minimums.find(({ classes, period }) => {
      return classes.includes(dataClass) && isShorter(all.periods[dataClass], period);
    });
    if (least === undefined) return [];
    const because = `the minimum of ${least.period} by ${least.source}`;
    if (own.periods?.[dataClass] !== undefined) {
      const problem = `that is shorter than ${because}; keep it at least so long`;
      return [{ path: [...path, 'periods', dataClass], problem }];
    }
    const index = own.minimums?.indexOf(least) ?? -1;
    if (index < 0) return [];
    const problem = `${dataClass} is kept for ${all.periods[dataClass]} only, less than ${because}; set periods.${dataClass}`;
    return [{ path: [...path, 'minimums', index, 'period'], problem }];
  });
}

function checkOrder(own: PolicySettings, { periods }: EffectiveSettings, path: Fault['path']): Fault[] {
  const isOwn = (...classes: DataClass[]) => classes.some((each) => own.periods?.[each] !== undefined);
  const faults: Fault[] = [];
  const longer = MEDIA_CLASSES.find((each) => isOwn(each, 'metadata') && isShorter(periods.metadata, periods[each]));
  if (longer !== undefined) {
    const at = isOwn('metadata') ? 'metadata' : longer;
    const problem = `metadata (${periods.metadata}) would go before ${longer} (${periods[longer]}); keep metadata at least as long`;
    faults.push({ path: [...path, 'periods', at], problem });
  }
  if (isOwn('numbers', 'metadata') && isShorter(periods.metadata, periods.numbers)) {
    const at = isOwn('numbers') ? 'numbers' : 'metadata';
    const problem = `numbers (${periods.numbers}) are a part of the metadata (${periods.metadata}); keep them no longer`;
    faults.push({ path: [...path, 'periods', at], problem });
  }
  return faults;
}

function checkTwilio(own: PolicySettings, { periods, twilioDeletion: after }: EffectiveSettings, path: Fault['path']) {
  if (after === undefined || parsePeriod(after) === undefined || !isShorter(periods.audio, after)) return [];
  const at = own.twilioDeletion !== undefined ? ['twilioDeletion'] : ['periods', 'audio'];
  if (own.twilioDeletion === undefined && own.periods?.audio === undefined) return [];
  const problem = `Twilio’s copy is audio and goes with it at the latest: twilioDeletion (${after}) is longer than periods.audio (${periods.audio}); give with-audio`;
  return [{ path: [...path, ...at], problem }];
}
