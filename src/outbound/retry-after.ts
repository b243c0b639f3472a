/** Longest that a `Retry-After` is believed: a year, milliseconds read as seconds and the year 9999 are mistakes. */
export const RETRY_AFTER_CAP_MS = 3_600_000;

/** The three forms of a date in HTTP (RFC 9110, section 5.6.7), and ISO 8601, which some servers send. */
const DATE = /^(?:[A-Za-z]{3,9},? .*\d{2}:\d{2}:\d{2}|\d{4}-\d{2}-\d{2}T)/;
/** The form of asctime names none: it is Greenwich's. */
const ZONE = /(?:GMT|UTC|Z|[+-]\d{2}:?\d{2})$/;

/**
 * The one reading of `Retry-After` (RFC 9110, section 10.2.3): seconds or a date, as milliseconds from now, an hour at
 * most. Undefined where there is none, or none that can be read (negative, words).
 */
export function parseRetryAfter(value: string | null | undefined, now: Date): number | undefined {
  const text = value?.trim() ?? "";
  const ms = /^\d+(?:\.\d+)?$/.test(text)
    ? Number(text) * 1_000
    : DATE.test(text)
      ? Date.parse(ZONE.test(text) ? text : `${text} GMT`) - now.getTime()
      : Number.NaN;
  return Number.isNaN(ms) ? undefined : Math.min(RETRY_AFTER_CAP_MS, Math.max(0, Math.ceil(ms)));
}

/** Whole seconds for `Retry-After`, at least 1: a client that retries a little late sends one request, an early one two. */
export function retryAfter(ms: number): string {
  return String(Math.max(1, Math.ceil(ms / 1_000)));
}
