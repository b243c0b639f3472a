// What the headers of a response state about a quota, in the spellings that Domain and the gateways before it have.

export const MINUTE_MS = 60_000;

/** Of one window; null for what was not stated. */
export interface WindowQuota {
  readonly limit: number | null;
  readonly left: number | null;
  /** When it begins again, in milliseconds since 1970. */
  readonly resetAt: number | null;
}

export interface QuotaHeaders {
  readonly minute: WindowQuota;
  readonly day: WindowQuota;
}

/** A larger reset is a time since 1970, a smaller one seconds from now. */
const YEAR_S = 366 * 86_400;
/** From so long on, until it begins again, a window without a name is the day's. */
const LONGEST_MINUTE_S = 90;

/**
 * Domain's own (X-Quota-PerMinute-Remaining, -PerDay-), its older ones and those of gateways
 * (X-RateLimit-Remaining-Minute, X-RateLimit-PerDay-Limit), and those without a window (X-RateLimit-Remaining with
 * X-RateLimit-Reset; RateLimit-Remaining of draft-ietf-httpapi-ratelimit-headers), of which the time until they begin
 * again determines the window: a minute where there is none.
 */
export function readQuotaHeaders(headers: Headers, at: Date): QuotaHeaders {
  const found: Record<
    "minute" | "day" | "unnamed",
    { limit?: number | undefined; left?: number | undefined; reset?: string }
  > = {
    minute: {},
    day: {},
    unnamed: {},
  };
  headers.forEach((value, name) => {
    const words = /^(?:x-)?(?:quota|rate-?limit)-(.+)$/.exec(name.toLowerCase())?.[1]?.replaceAll("-", "");
    const [, before = "", what = "", after = ""] =
      /^(?:per)?(minute|day)?(limit|remaining|reset)(?:per)?(minute|day)?$/.exec(words ?? "") ?? [];
    if (what === "") return;
    const window = found[(before || after || "unnamed") as keyof typeof found];
    if (what === "reset") window.reset ??= value.trim();
    else if (what === "limit") window.limit ??= number(value);
    else window.left ??= number(value);
  });
  const { unnamed } = found;
  const resetAt = timeOf(unnamed.reset, at);
  const name = resetAt !== null && resetAt - at.getTime() > LONGEST_MINUTE_S * 1_000 ? "day" : "minute";
  const named = (window: "minute" | "day"): WindowQuota => {
    const own = found[window].left === undefined && window === name ? unnamed : found[window];
    return { limit: own.limit ?? null, left: own.left ?? null, resetAt: timeOf(own.reset, at) };
  };
  return { minute: named("minute"), day: named("day") };
}

/** "481", and "481;w=60" or "481, 481;window=60" of drafts; what is less than nothing is nothing. */
function number(value: string): number | undefined {
  const digits = /^(-?\d{1,9})(?:\s*[;,].*)?$/.exec(value.trim())?.[1];
  return digits === undefined ? undefined : Math.max(0, Number(digits));
}

function timeOf(reset: string | undefined, at: Date): number | null {
  if (reset === undefined) return null;
  const seconds = /^\d{1,13}(?:\.\d+)?$/.test(reset) ? Number(reset) : Number.NaN;
  const time = Number.isNaN(seconds)
    ? Date.parse(reset)
    : seconds < YEAR_S
      ? at.getTime() + seconds * 1_000
      : seconds * (seconds > 1e11 ? 1 : 1_000);
  return Number.isNaN(time) ? null : Math.max(at.getTime(), time);
}
