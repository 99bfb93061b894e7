/** What one check found, for a person. Everything but `ok` says what to do. */
export interface Finding {
  /** Such as `auth token` or `number +14155550100`. */
  check: string;
  status: 'ok' | 'warning' | 'failed';
  /** What was seen, in one line. */
  seen: string;
  remedy?: string;
}

export const ok = (check: string, seen: string): Finding => ({ check, status: 'ok', seen });
export const warning = (check: string, seen: string, remedy: string): Finding => ({
  check,
  status: 'warning',
  seen,
  remedy,
});
export const failed = (check: string, seen: string, remedy: string): Finding => ({
  check,
  status: 'failed',
  seen,
  remedy,
});
