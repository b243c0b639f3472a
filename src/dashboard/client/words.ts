import { messages } from "./messages.ts";
import { type Zone, zoneFor } from "./time-zone.ts";

const MINUTE_S = 60;
const HOUR_S = 3_600;
const DAY_S = 86_400;

const CLOCK = { hour: "numeric", minute: "2-digit" } as const;
const PRECISE = { ...CLOCK, second: "2-digit" } as const;
const DAY = { day: "numeric", month: "short" } as const;

/** Making one takes longer than a page of rows: each is made once. */
const formats = new Map<string, Intl.DateTimeFormat>();

function format(at: Date, how: Intl.DateTimeFormatOptions, { timeZone, named }: Zone): string {
  const key = `${timeZone} ${named} ${Object.values(how).join(" ")} ${Object.keys(how).join(" ")}`;
  let made = formats.get(key);
  if (made === undefined) {
    made = new Intl.DateTimeFormat(undefined, { ...how, timeZone, ...(named ? { timeZoneName: "short" } : {}) });
    formats.set(key, made);
  }
  return made.format(at);
}

const count = new Intl.NumberFormat();

/** "1,234". */
export function number(value: number): string {
  return count.format(value);
}

/** "3 jobs", "1 job". */
export function many(value: number, one: string, more = `${one}s`): string {
  return `${number(value)} ${value === 1 ? one : more}`;
}

/** A length of time in the two units that matter: "40 ms", "12 s", "3 min 20 s", "2 h 5 min", "3 d 4 h". */
export function span(seconds: number): string {
  if (seconds < 0.95) return `${Math.round(Math.max(0, seconds) * 1_000)} ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < MINUTE_S) return `${whole} s`;
  if (whole < HOUR_S) return two(Math.floor(whole / MINUTE_S), "min", whole % MINUTE_S, "s");
  if (whole < DAY_S) return two(Math.floor(whole / HOUR_S), "h", Math.floor((whole % HOUR_S) / MINUTE_S), "min");
  return two(Math.floor(whole / DAY_S), "d", Math.floor((whole % DAY_S) / HOUR_S), "h");
}

/** A length of time as it passes: whole seconds, so that it counts and does not flicker. */
export function passing(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return whole < MINUTE_S ? `${whole} s` : span(whole);
}

function two(first: number, firstUnit: string, second: number, secondUnit: string): string {
  return second === 0 ? `${first} ${firstUnit}` : `${first} ${firstUnit} ${second} ${secondUnit}`;
}

/** How long ago, as people write it: "just now", "4 min ago", "2 h ago", then the day and time. */
export function ago(at: string, nowMs: number, zone = zoneFor()): string {
  const seconds = (nowMs - Date.parse(at)) / 1_000;
  if (seconds < 45) return "just now";
  if (seconds < HOUR_S) return `${Math.max(1, Math.round(seconds / MINUTE_S))} min ago`;
  if (seconds < 12 * HOUR_S) return `${Math.round(seconds / HOUR_S)} h ago`;
  return format(new Date(at), { ...DAY, ...CLOCK }, zone);
}

/** The time of the day, to the second, with the day unless it is today. */
export function timeOfDay(at: string, nowMs: number, zone = zoneFor()): string {
  return format(new Date(at), isToday(at, nowMs, zone) ? PRECISE : { ...DAY, ...PRECISE }, zone);
}

/** The time of the day, to the minute, with the day unless it is today. */
export function hourAndMinute(at: string, nowMs: number, zone = zoneFor()): string {
  return format(new Date(at), isToday(at, nowMs, zone) ? CLOCK : { ...DAY, ...CLOCK }, zone);
}

/** What the service states about a field, which follows the field's name there: on its own, as a sentence. */
export function asSentence(rule: string): string {
  const begun = /^[a-z]+[\s,:]/.test(rule) ? rule.charAt(0).toUpperCase() + rule.slice(1) : rule;
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`;
}

/** A sentence of the service's with the moments in it (ISO-8601, UTC) converted to the zone that is shown. */
export function timesIn(sentence: string, nowMs = Date.now(), zone = zoneFor()): string {
  return sentence.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, (at) => timeOfDay(at, nowMs, zone));
}

/** By the calendar of the clock that is shown. */
function isToday(at: string, nowMs: number, { timeZone }: Zone): boolean {
  const day = (time: Date) => format(time, { dateStyle: "short" }, { timeZone, named: false });
  return day(new Date(at)) === day(new Date(nowMs));
}

/** What a clock is called at a moment: "AEDT", "UTC". */
export function zoneName(at: number, zone: Zone): string {
  const parts = new Intl.DateTimeFormat(undefined, { timeZone: zone.timeZone, timeZoneName: "short" }).formatToParts(
    at,
  );
  return parts.find(({ type }) => type === "timeZoneName")?.value ?? zone.timeZone;
}

/** Who did something, in words: without a name it was an operator, directly in the database. */
export function who(actor: string): string {
  return actor === "operator" ? "operator (database shell)" : actor;
}

/** A time in full, where one points at it. */
export function fullTime(at: string, { timeZone } = zoneFor()): string {
  return format(new Date(at), { dateStyle: "full", timeStyle: "long" }, { timeZone, named: false });
}

/** "340 kB", "1.2 MB", "38 GB": in powers of ten, as in file managers and the log. */
export function bytes(value: number): string {
  if (value < 1_000) return `${value} B`;
  if (value < 1e6) return `${Math.round(value / 1e3)} kB`;
  if (value < 1e9) return `${(value / 1e6).toFixed(value < 1e7 ? 1 : 0)} MB`;
  return `${(value / 1e9).toFixed(value < 1e10 ? 1 : 0)} GB`;
}

/** "Manly NSW 2095". */
export function localityName(job: {
  readonly suburb: string;
  readonly state: string;
  readonly postcode: string | null;
}): string {
  return [job.suburb, job.state, job.postcode].filter((part) => part !== null).join(" ");
}

const WAITS: Readonly<Record<string, string>> = {
  paused: messages.waitsPaused,
  memory: messages.waitsForMemory,
  "gather slot": messages.waitsForGatherSlot,
  "delivery slot": messages.waitsForDeliverySlot,
  "render slot": messages.waitsForRenderSlot,
};

/** Why a job does not continue, as a part of a sentence. */
export function waitsFor(reason: string): string {
  return WAITS[reason] ?? timesIn(reason.startsWith("backing off") ? reason : `waits for ${reason}`);
}

const KINDS: Readonly<Record<string, string>> = {
  agents: "Agents report",
  agents_brief: "Agents report, brief",
  agency: "Agency report",
  commission: "Commission",
  complete: "Complete report",
};

/** What people call a kind of document. */
export function kindName(kind: string): string {
  return KINDS[kind] ?? kind;
}
