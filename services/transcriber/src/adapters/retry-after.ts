/**
 * `Retry-After` in milliseconds from `now`: seconds or a date. Source: RFC 9110, section 10.2.3.
 * `undefined` where it is absent or not readable.
 */
export function retryAfterMs(value: string | null | undefined, now: Date): number | undefined {
  const text = value?.trim();
  if (!text) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime());
}
