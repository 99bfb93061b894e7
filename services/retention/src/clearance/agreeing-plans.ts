import type { PlanningSettings } from '../ledger/planning.ts';

interface AgreeingPlans {
  settings: PlanningSettings;
  /** @returns the settings that plans are made by, these or those of a process that was started later */
  put(): Promise<PlanningSettings>;
  /** Once for each difference, in words. */
  onDifference(differences: readonly string[]): void;
}

/**
 * Whether what stands may be planned again by the settings of this process. Of two that differ, each would find everything planned by the
 * other, and plan it again for ever.
 */
export function agreeingPlans({ settings, put, onDifference }: AgreeingPlans): () => Promise<boolean> {
  let told = '';
  return async () => {
    const standing = await put();
    const names = [...new Set([...Object.keys(settings), ...Object.keys(standing)])];
    const differences = names
      .filter((name) => settings[name] !== standing[name])
      .map((name) => `${name} is ${settings[name] ?? 'not known'} here and ${standing[name] ?? 'not known'} there`);
    const text = differences.join();
    if (differences.length > 0 && text !== told) onDifference(differences);
    told = text;
    return differences.length === 0;
  };
}
