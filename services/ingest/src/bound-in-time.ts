/**
 * Lets pass at most `max` in each minute, day (UTC) or other stretch of time since 1970; false for what is more. A process that is
 * started again counts anew.
 */
export function createBoundInTime(max: number, stretchMs: number): (nowMs: number) => boolean {
  let current = Number.NaN;
  let passed = 0;
  return (nowMs) => {
    const stretch = Math.floor(nowMs / stretchMs);
    if (stretch !== current) [current, passed] = [stretch, 0];
    if (passed >= max) return false;
    passed += 1;
    return true;
  };
}
