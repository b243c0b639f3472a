import type { Command } from "commander";
import { startOfDay } from "../../host/time-zone.ts";
import { isCalendarDay } from "../../report/figures/days.ts";
import { duration } from "../../settings/setting.ts";
import { dayZone } from "../../settings/settings.ts";
import { clockOf } from "../clock.ts";
import { configure, type Flags, SHOWING_SETTINGS, withSettings } from "../flags.ts";
import { messages } from "../messages.ts";
import { hasColour, paint, print, printError } from "../terminal.ts";

export interface Json {
  readonly json: boolean;
}

/** Adds the options of each command that calls a running service and prints the response. */
export function pending(command: Command): Command {
  return withSettings(command.optionsGroup("").option("--json", "print JSON", false), SHOWING_SETTINGS);
}

/** Where a command prints, beside the settings in effect. */
export function output(flags: Flags) {
  const { columns } = process.stdout;
  return { ...timed(flagsOf(flags)), out: print, paint, err: printError, columns, colour: hasColour(process.stdout) };
}

/** The settings in effect, and the clock that times are printed by. */
export function timed(flags: Flags) {
  const config = configure(flags);
  return { config, clock: clockOf(config) };
}

/** The settings among what a command was given. */
export function flagsOf({ url, key, host, port, timeZone }: Flags): Flags {
  return ifGiven({ url, key, host, port, timeZone });
}

/** Errors in it are reported where the option is read; its zone is known when all options are. */
export function someMoment(text: string): string {
  moment(text, "UTC");
  return text;
}

interface TimeRangeFlags {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/** A day is one of the zone that was chosen. */
export function momentsOf({ since, until }: TimeRangeFlags, flags: Flags) {
  const zone = dayZone(configure(flagsOf(flags)));
  const now = new Date();
  return { since: since && moment(since, zone, now), until: until && moment(until, zone, now) };
}

/** Leaves out what is undefined. */
export function ifGiven<T extends Record<string, unknown>>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

const DAY_OR_TIME = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/;

/**
 * A moment as a person types it, as ISO-8601 UTC: a duration is so long ago, a day begins at midnight of the zone.
 * @throws Error that states its format.
 */
export function moment(text: string, zone: string, now: Date = new Date()): string {
  const typed = text.trim();
  try {
    return new Date(now.getTime() - duration(0)(typed)).toISOString();
  } catch {
    // It is no duration.
  }
  const time = DAY_OR_TIME.test(typed) ? toDate(typed, zone) : new Date(Number.NaN);
  if (Number.isNaN(time.getTime())) throw new Error(messages.badMoment);
  return time.toISOString();
}

/** Invalid where there is no such day or time. */
function toDate(typed: string, zone: string): Date {
  const date = new Date(typed.replace(" ", "T"));
  // The engine takes the 30th of February for the 2nd of March.
  if (Number.isNaN(date.getTime()) || !isCalendarDay(typed.slice(0, 10))) return new Date(Number.NaN);
  return typed.length > "2026-11-24".length ? date : startOfDay(zone, typed);
}
