import { machineTimeZone } from "../host/time-zone.ts";
import { type DatedLocality, localityTimeZone } from "../report/day.ts";
import type { Config } from "../settings/config.ts";

/**
 * A moment (ISO-8601) as the commands print it, to the second and with the zone's name: "2026-11-26 18:05:11 AEDT". What
 * belongs to a report names its locality, for those who chose the suburb's clocks.
 */
export type TimePrinter = (at: string, locality?: DatedLocality) => string;

/** The clock that was chosen by --time-zone or AGENTLINK_TIME_ZONE; the machine's where none was. */
export function clockOf({ timeZone }: Pick<Config, "timeZone">): TimePrinter {
  const formats = new Map<string, Intl.DateTimeFormat>();
  return (at, locality) => {
    const zone = timeZone === "suburb" ? locality && localityTimeZone(locality) : timeZone;
    const name = zone ?? machineTimeZone();
    const format = formats.get(name) ?? formatIn(name);
    formats.set(name, format);
    const parts = new Map(format.formatToParts(new Date(at)).map(({ type, value }) => [type, value]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? "";
    const day = `${part("year")}-${part("month")}-${part("day")}`;
    return `${day} ${part("hour")}:${part("minute")}:${part("second")} ${part("timeZoneName")}`;
  };
}

/** In Australian English, which has names for Australia's zones: AEST and AEDT distinguish an hour that occurs twice. */
function formatIn(timeZone: string): Intl.DateTimeFormat {
  const two = "2-digit";
  return new Intl.DateTimeFormat("en-AU", {
    timeZone,
    year: "numeric",
    ...{ month: two, day: two, hour: two, minute: two, second: two, hourCycle: "h23", timeZoneName: "short" },
  });
}

/** A sentence of the service's with the moments in it (ISO-8601, UTC) as the commands print them. */
export function timesIn(sentence: string, clock: TimePrinter, locality?: DatedLocality): string {
  return sentence.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, (at) => clock(at, locality));
}

const UNITS = [
  ["d", 86_400],
  ["h", 3_600],
  ["m", 60],
  ["s", 1],
] as const;

/** How long ago, in the largest unit of which there are two: "45s", "119s", "90m", "47h", "12d". */
export function ageOf(at: string, now = Date.now()): string {
  const seconds = Math.max(0, Math.floor((now - Date.parse(at)) / 1_000));
  const [unit, size] = UNITS.find(([, each]) => seconds >= 2 * each) ?? ["s", 1];
  return `${Math.floor(seconds / size)}${unit}`;
}
