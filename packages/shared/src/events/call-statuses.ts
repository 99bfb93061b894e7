/** Statuses that a call ends with without having been talked on. Source: Twilio, "Call resource", `Status`. */
const UNHAPPY: ReadonlySet<string> = new Set(['failed', 'busy', 'no-answer', 'canceled']);

export const isUnhappy = (status: string | undefined): boolean => status !== undefined && UNHAPPY.has(status);

/** Whether nothing more is to come of a call after this status. */
export const isFinal = (status: string): boolean => status === 'completed' || isUnhappy(status);
