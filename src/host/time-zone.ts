const MINUTE_MS = 60_000;
const WEEK_MS = 7 * 24 * 60 * MINUTE_MS;

/** From this moment on a zone is so far ahead of UTC. */
export interface Offset {
  /** ISO-8601 UTC. */
  readonly since: string;
  readonly minutes: number;
}

/** The zone of this machine, from /etc/localtime or TZ. */
export function machineTimeZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** How many minutes the zone is ahead of UTC at a moment. @throws RangeError for an unknown zone. */
function offsetIn(zone: string): (ms: number) => number {
  const format = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
  return (ms) => {
    const name = format.formatToParts(ms).find(({ type }) => type === "timeZoneName")?.value ?? "";
    const [, sign, hours = "0", minutes = "0"] = /^GMT(?:([+-])(\d{2}):(\d{2}))?/.exec(name) ?? [];
    return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  };
}

/** Moments (ISO-8601) by the zone's clocks, to the second, with how far these are ahead: 2026-11-26T18:05:11+11:00. @throws RangeError for an unknown zone. */
export function isoIn(zone: string): (at: string) => string {
  const ahead = offsetIn(zone);
  const two = (value: number) => String(value).padStart(2, "0");
  return (at) => {
    const ms = Date.parse(at);
    const minutes = ahead(ms);
    const away = Math.abs(minutes);
    const clock = new Date(ms + minutes * MINUTE_MS).toISOString().slice(0, 19);
    return `${clock}${minutes < 0 ? "-" : "+"}${two(Math.floor(away / 60))}:${two(away % 60)}`;
  };
}

/** The zone's offsets between two moments: the one at the first, then each change, to the minute. */
export function offsetsOf(zone: string, from: Date, to: Date): readonly Offset[] {
  const at = offsetIn(zone);
  const offsets: Offset[] = [{ since: from.toISOString(), minutes: at(from.getTime()) }];
  for (let start = from.getTime(); start < to.getTime(); start += WEEK_MS) {
    const after = at(start + WEEK_MS);
    if (after === offsets.at(-1)?.minutes) continue;
    let [before, changed] = [start, start + WEEK_MS];
    while (changed - before > MINUTE_MS) {
      const middle = before + Math.round((changed - before) / 2 / MINUTE_MS) * MINUTE_MS;
      if (at(middle) === after) changed = middle;
      else before = middle;
    }
    offsets.push({ since: new Date(changed).toISOString(), minutes: after });
  }
  return offsets;
}

/** No job is older; and no process continues for so long without a start. */
const FROM = new Date("2024-01-01T00:00:00Z");
const YEARS_AHEAD = 5;

/** A zone with its offsets, as far as jobs are stored and will be. */
export function timeZoneOf(name: string, now: Date = new Date()) {
  return { name, offsets: offsetsOf(name, FROM, new Date(Date.UTC(now.getUTCFullYear() + YEARS_AHEAD, 0, 1))) };
}

/**
 * When a day (2026-11-24) begins in the zone. Where summer time begins at midnight, as it does nowhere in Australia, an
 * hour later.
 */
export function startOfDay(zone: string, day: string): Date {
  const at = offsetIn(zone);
  const utc = Date.parse(`${day}T00:00:00Z`);
  const guess = utc - at(utc) * MINUTE_MS;
  return new Date(utc - at(guess) * MINUTE_MS);
}

/** The zone's days: which one a moment is of, as 2026-11-24, and when one begins. */
export function calendarOf(zone: string) {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  return { dayOf: (at: Date): string => format.format(at), startOf: (day: string): Date => startOfDay(zone, day) };
}
