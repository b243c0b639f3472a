import { expect, test } from "bun:test";
import { LOCALITY_TIME_ZONES, localityTimeZone, reportDay } from "../../src/report/day.ts";
import { gazetteer } from "../../src/report/gazetteer/gazetteer.ts";

const day = (suburb: string, state: string, at: string, zone?: string) => reportDay(at, { suburb, state }, zone);

test("a report's day is that of its locality, in summer time and out of it", () => {
  // Midnight in Sydney is at 13:00 UTC in summer, at 14:00 in winter; Brisbane has no summer time.
  expect(day("Manly", "NSW", "2026-01-10T13:00:00Z")).toBe("2026-01-11");
  expect(day("Manly", "NSW", "2026-07-10T13:00:00Z")).toBe("2026-07-10");
  expect(day("Manly", "QLD", "2026-01-10T13:00:00Z")).toBe("2026-01-10");
  expect(day("Manly", "QLD", "2026-01-10T14:00:00Z")).toBe("2026-01-11");
  // The days on which the clocks change have one midnight each.
  expect(day("Manly", "NSW", "2026-10-03T13:59:59Z")).toBe("2026-10-03");
  expect(day("Manly", "NSW", "2026-10-03T14:00:00Z")).toBe("2026-10-04");
  expect(day("Manly", "NSW", "2026-10-04T13:00:00Z")).toBe("2026-10-05");
  expect(day("Manly", "NSW", "2026-04-04T13:00:00Z")).toBe("2026-04-05");
  expect(day("Manly", "NSW", "2026-04-05T13:59:59Z")).toBe("2026-04-05");
});

test("localities whose clocks are not their state's have their own day", () => {
  // A quarter of an hour after midnight in Sydney.
  const at = "2026-07-10T14:15:00Z";
  expect(day("Sydney", "NSW", at)).toBe("2026-07-11");
  expect(day("Broken Hill", "NSW", at)).toBe("2026-07-10");
  expect(day("Lord Howe Island", "NSW", "2026-07-10T13:40:00Z")).toBe("2026-07-11");
  expect(day("Sydney", "NSW", "2026-07-10T13:40:00Z")).toBe("2026-07-10");
  expect(day("Home Island Cocos (Keeling) Islands", "WA", "2026-07-10T17:00:00Z")).toBe("2026-07-10");
});

test("one zone for all, where it is set, is every locality's", () => {
  const at = "2026-07-10T15:00:00Z";
  for (const [suburb, state] of [
    ["Manly", "NSW"],
    ["Perth", "WA"],
    ["Broken Hill", "NSW"],
  ] as const)
    expect(day(suburb, state, at, "Australia/Perth")).toBe("2026-07-10");
});

test("every locality with clocks of its own is in the gazetteer, and its zone exists", () => {
  const all = gazetteer();
  const named = new Set(
    Array.from({ length: all.size }, (_, index) => {
      const { suburb, state } = all.locality(index);
      return `${state} ${suburb.toLowerCase().replace(/[^a-z]/g, "")}`;
    }),
  );
  for (const [key, zone] of Object.entries(LOCALITY_TIME_ZONES)) {
    if (key.includes(" ")) expect([key, named.has(key)]).toEqual([key, true]);
    expect(() => new Intl.DateTimeFormat("en", { timeZone: zone })).not.toThrow();
  }
  expect(localityTimeZone({ suburb: "Atlantis", state: "XX" })).toBe("UTC");
});
