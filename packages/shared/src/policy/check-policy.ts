import { droppedRedaction } from '../transcription/dropped-redaction.ts';
import { impossibleOptions } from '../transcription/impossible-options.ts';
import type { ProviderName } from '../transcription/provider-capabilities.ts';
import { checkPeriods } from './check-periods.ts';
import { type EffectiveSettings, effectiveSettings } from './effective.ts';
import type { Fault } from './fault.ts';
import { canOverlap, isCovered } from './overlap.ts';
import type { PolicyDocument, PolicyRule, PolicySettings } from './policy-schema.ts';

/** What is wrong with a policy although each of its values is usable by itself; empty: nothing. */
export function checkPolicy(policy: PolicyDocument): Fault[] {
  const rules = policy.rules ?? [];
  return [
    ...checkNames(policy, rules),
    ...checkMatching(policy, rules),
    ...checkSettings(policy.defaults, effectiveSettings(policy), ['defaults']),
    ...rules.flatMap((rule, index) => checkSettings(rule, effectiveSettings(policy, rule), ['rules', index])),
  ];
}

function checkNames(policy: PolicyDocument, rules: readonly PolicyRule[]): Fault[] {
  const faults: Fault[] = [];
  if (policy.name === 'built-in') {
    faults.push({ path: ['name'], problem: 'that is the policy of the settings; give another name' });
  }
  for (const [index, { name }] of rules.entries()) {
    const path = ['rules', index, 'name'];
    if (name === 'defaults') faults.push({ path, problem: 'that is what holds where no rule fits; give another name' });
    if (rules.findIndex((other) => other.name === name) < index) {
      faults.push({ path, problem: 'another rule has this name; give each its own' });
    }
  }
  return faults;
}

/** Which rule holds must never depend on chance. */
function checkMatching({ matching = 'exclusive' }: PolicyDocument, rules: readonly PolicyRule[]): Fault[] {
  return rules.flatMap((rule, index): Fault[] => {
    const path = ['rules', index, 'select'];
    if (Object.keys(rule.select).length === 0) {
      return [{ path, problem: 'it selects nothing; name at least one selector, or write this into defaults' }];
    }
    const earlier = rules.slice(0, index);
    if (matching === 'first') {
      const cover = earlier.find((other) => isCovered(rule, other));
      return cover === undefined
        ? []
        : [{ path, problem: `rule ${cover.name} before it fits every call that this one fits; put this rule first` }];
    }
    return earlier
      .filter((other) => canOverlap(rule, other))
      .map(({ name }) => ({
        path,
        problem: `a call can fit this rule and rule ${name}; add a selector that tells them apart, or put them in order and set matching: first`,
      }));
  });
}

/** @param own what is written in this place; @param all what holds there */
function checkSettings(own: PolicySettings, all: EffectiveSettings, path: Fault['path']): Fault[] {
  return [...checkPeriods(own, all, path), ...checkConsent(own, all, path), ...checkTranscription(own, path)];
}

function checkConsent({ consent: own }: PolicySettings, { consent }: EffectiveSettings, path: Fault['path']): Fault[] {
  const faults: Fault[] = [];
  if (own?.refusalDelay !== undefined && consent.onRefusal === 'withhold') {
    const problem = 'nothing is deleted where onRefusal is withhold; leave refusalDelay out, or set onRefusal: delete';
    faults.push({ path: [...path, 'consent', 'refusalDelay'], problem });
  }
  if (own?.gracePeriod !== undefined && consent.mode === 'none') {
    const problem = 'nobody is waited for where mode is none; leave gracePeriod out, or choose another mode';
    faults.push({ path: [...path, 'consent', 'gracePeriod'], problem });
  }
  return faults;
}

function checkTranscription({ transcription }: PolicySettings, path: Fault['path']): Fault[] {
  if (transcription === undefined || transcription === 'none') return [];
  const { provider, options, fallback } = transcription;
  const at = [...path, 'transcription'];
  const faults = [
    ...impossible(provider, options, [...at, 'options']),
    ...(fallback ? impossible(fallback.provider, fallback.options, [...at, 'fallback', 'options']) : []),
  ];
  if (fallback === undefined) return faults;
  if (fallback.provider === provider) {
    faults.push({
      path: [...at, 'fallback', 'provider'],
      problem: 'it is the first provider already; give another one',
    });
  }
  const dropped = droppedRedaction(options, fallback.options);
  if (dropped.length > 0) {
    const problem = `${provider} masks ${dropped.join(', ')} and the fallback does not: whenever it stands in, that would stay in the text; give it the same redact, or leave the fallback out`;
    faults.push({ path: [...at, 'fallback'], problem });
  }
  return faults;
}

const impossible = (
  provider: ProviderName,
  options: Parameters<typeof impossibleOptions>[1],
  path: Fault['path'],
): Fault[] =>
  impossibleOptions(provider, options).map((what) => ({
    path: [...path, what.split(/[ ,]/, 1)[0] ?? ''],
    problem: `${provider} cannot be asked for ${what}`,
  }));
