import { expect, test } from "bun:test";
import { isoIn, offsetsOf, startOfDay } from "../../src/host/time-zone.ts";

const YEAR = [new Date("2026-01-01T00:00:00Z"), new Date("2027-01-01T00:00:00Z")] as const;

test("the offsets of a zone are given with the minute of each change to and from summer time", () => {
  expect(offsetsOf("Australia/Sydney", ...YEAR)).toEqual([
    { since: "2026-01-01T00:00:00.000Z", minutes: 660 },
    { since: "2026-04-04T16:00:00.000Z", minutes: 600 },
    { since: "2026-10-03T16:00:00.000Z", minutes: 660 },
  ]);
  expect(offsetsOf("Australia/Lord_Howe", ...YEAR).map(({ minutes }) => minutes)).toEqual([660, 630, 660]);
  expect(offsetsOf("America/New_York", ...YEAR).map(({ minutes }) => minutes)).toEqual([-300, -240, -300]);
  for (const [zone, minutes] of [
    ["UTC", 0],
    ["Australia/Darwin", 570],
    ["Australia/Perth", 480],
    ["Asia/Kathmandu", 345],
  ] as const)
    expect(offsetsOf(zone, ...YEAR)).toEqual([{ since: "2026-01-01T00:00:00.000Z", minutes }]);
});

test("a day begins at midnight of its zone, on the days when the clocks are changed, too", () => {
  for (const [zone, day, utc] of [
    ["Australia/Sydney", "2026-01-26", "2026-01-25T13:00:00.000Z"],
    ["Australia/Sydney", "2026-04-05", "2026-04-04T13:00:00.000Z"],
    ["Australia/Sydney", "2026-04-06", "2026-04-05T14:00:00.000Z"],
    ["Australia/Sydney", "2026-10-04", "2026-10-03T14:00:00.000Z"],
    ["Australia/Sydney", "2026-10-05", "2026-10-04T13:00:00.000Z"],
    ["Australia/Adelaide", "2026-07-01", "2026-06-30T14:30:00.000Z"],
    ["America/New_York", "2026-03-08", "2026-03-08T05:00:00.000Z"],
    ["UTC", "2026-02-28", "2026-02-28T00:00:00.000Z"],
  ] as const)
    expect([zone, day, startOfDay(zone, day).toISOString()]).toEqual([zone, day, utc]);
});

test("a moment by a zone's clocks names how far these are ahead, on both sides of a change of them", () => {
  const sydney = isoIn("Australia/Sydney");
  expect(sydney("2026-04-04T15:30:00.000Z")).toBe("2026-04-05T02:30:00+11:00");
  expect(sydney("2026-04-04T16:30:00.000Z")).toBe("2026-04-05T02:30:00+10:00");
  expect(isoIn("Australia/Adelaide")("2026-07-01T00:00:00Z")).toBe("2026-07-01T09:30:00+09:30");
  expect(isoIn("America/St_Johns")("2026-01-01T00:00:00Z")).toBe("2025-12-31T20:30:00-03:30");
  expect(isoIn("UTC")("2026-01-01T00:00:00Z")).toBe("2026-01-01T00:00:00+00:00");
});
