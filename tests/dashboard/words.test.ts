import { expect, test } from "bun:test";
import { resolve } from "node:path";
import fc from "fast-check";
import { ageOf, changeWords } from "../../src/dashboard/client/catalogue/words.ts";
import { problemsOf } from "../../src/dashboard/client/overview/problems.ts";
import type { ShownOverview } from "../../src/dashboard/client/responses.ts";
import { startOfDay } from "../../src/dashboard/client/time-zone.ts";
import { hourAndMinute, timeOfDay, zoneName } from "../../src/dashboard/client/words.ts";

const WORDS = resolve(import.meta.dir, "../../src/dashboard/client/words.ts");

/** How the pages describe two times, to a reader at this moment in this zone. */
async function said(zone: string, at: string, now: string): Promise<readonly string[]> {
  const code = `import { hourAndMinute, timeOfDay } from ${JSON.stringify(WORDS)};
const now = Date.parse(${JSON.stringify(now)});
console.log(JSON.stringify([timeOfDay(${JSON.stringify(at)}, now), hourAndMinute(${JSON.stringify(at)}, now)]));`;
  const env = { PATH: process.env.PATH, TZ: zone, LANG: "en_AU.UTF-8" };
  const child = Bun.spawn([process.execPath, "-e", code], { env, stdout: "pipe" });
  return JSON.parse(await new Response(child.stdout).text()) as readonly string[];
}

test("a time has its day as soon as it is not today's any more, by the viewer's calendar", async () => {
  // 20 seconds apart, midnight between them in one zone and in no other.
  for (const [zone, at, now] of [
    ["Australia/Sydney", "2026-11-25T12:59:50Z", "2026-11-25T13:00:10Z"],
    ["UTC", "2026-11-25T23:59:50Z", "2026-11-26T00:00:10Z"],
    ["America/Los_Angeles", "2026-11-26T07:59:50Z", "2026-11-26T08:00:10Z"],
    // The night in which summer time ends.
    ["Australia/Sydney", "2026-04-04T12:59:50Z", "2026-04-04T13:00:10Z"],
  ] as const) {
    const day = String(
      Number(new Intl.DateTimeFormat("en-AU", { day: "numeric", timeZone: zone }).format(new Date(at))),
    );
    const hasDay = new RegExp(`\\b${day}\\b.*\\b(Apr|Nov)\\b|\\b(Apr|Nov)\\b.*\\b${day}\\b`);
    for (const words of await said(zone, at, now))
      expect([zone, hasDay.test(words), words]).toEqual([zone, true, words]);
    for (const words of await said(zone, at, at))
      expect([zone, /Apr|Nov/.test(words), words]).toEqual([zone, false, words]);
    for (const words of await said(zone, now, now)) expect(words).not.toMatch(/Apr|Nov/);
  }
});

test("a time is shown by the clock that was chosen, on both sides of a change of it, with its name where requested", () => {
  const hour = (at: string, timeZone: string) => {
    const said = timeOfDay(at, Date.parse(at), { timeZone, named: false });
    return new Date(`2026-01-01 ${said}`).toTimeString().slice(0, 5);
  };
  // Sydney's clocks go forward at 16:00 UTC, and back at 16:00 UTC; Brisbane's stay.
  expect([hour("2026-10-03T15:59:00Z", "Australia/Sydney"), hour("2026-10-03T16:00:00Z", "Australia/Sydney")]).toEqual([
    "01:59",
    "03:00",
  ]);
  expect([hour("2026-04-04T15:59:00Z", "Australia/Sydney"), hour("2026-04-04T16:00:00Z", "Australia/Sydney")]).toEqual([
    "02:59",
    "02:00",
  ]);
  expect(hour("2026-10-03T16:00:00Z", "Australia/Brisbane")).toBe("02:00");
  expect(hour("2026-10-03T16:00:00Z", "Australia/Eucla")).toBe("00:45");
  // The two hours with the same clock time at the end of summer time have different names.
  const named = { timeZone: "Australia/Sydney", named: true };
  const names = ["2026-04-04T15:30:00Z", "2026-04-04T16:30:00Z"].map((at) => zoneName(Date.parse(at), named));
  expect(new Set(names).size).toBe(2);
  const twice = ["2026-04-04T15:30:00Z", "2026-04-04T16:30:00Z"].map((at) => hourAndMinute(at, Date.parse(at), named));
  expect(new Set(twice).size).toBe(2);
  expect(twice.map((said, at) => said.endsWith(names[at] ?? "-"))).toEqual([true, true]);
});

test("a day begins at midnight of the clock that was chosen, and is as long as it is there", () => {
  for (const [timeZone, from, to] of [
    // The day on which the clocks go forward has 23 hours.
    ["Australia/Sydney", "2026-10-03T14:00:00.000Z", "2026-10-04T13:00:00.000Z"],
    ["UTC", "2026-10-04T00:00:00.000Z", "2026-10-05T00:00:00.000Z"],
    ["America/New_York", "2026-10-04T04:00:00.000Z", "2026-10-05T04:00:00.000Z"],
    ["Australia/Adelaide", "2026-10-03T14:30:00.000Z", "2026-10-04T13:30:00.000Z"],
    ["Australia/Lord_Howe", "2026-10-03T13:30:00.000Z", "2026-10-04T13:00:00.000Z"],
  ] as const) {
    const day = [0, 1].map((plus) => startOfDay("2026-10-04", plus, { timeZone, named: false })?.toISOString());
    expect([timeZone, ...day]).toEqual([timeZone, from, to]);
  }
  expect(startOfDay("2026-10-xx", 0, { timeZone: "UTC", named: false })).toBeNull();
});

test("an age of data is never more or less than its unit's rounding, in the singular where it is one, and never falls", () => {
  const day = "2020-01-01";
  const atDay = (days: number) => ageOf(day, Date.parse(day) + days * 86_400_000 + 1);
  expect([atDay(0), ageOf(null, 0), ageOf("2020-01-02", Date.parse(day))]).toEqual(["today", "no sales", "today"]);
  let before = 0;
  for (let days = 1; days < 4_000; days++) {
    const [, n = "", unit = "", s] = /^(\d+) (day|week|month|year)(s?)$/.exec(atDay(days)) ?? [];
    const [length = 0, slack = 0] = { day: [1, 0], week: [7, 3.5], month: [30.4, 15.3], year: [365, 365] }[unit] ?? [];
    expect([days, s]).toEqual([days, n === "1" ? "" : "s"]);
    expect(Math.abs(Number(n) * length - days)).toBeLessThanOrEqual(slack);
    // Of years only whole ones count.
    if (unit === "year") expect(Number(n) * length).toBeLessThanOrEqual(days);
    expect(Number(n) * length).toBeGreaterThanOrEqual(before - 3.5);
    before = Number(n) * length;
  }
});

test("what an import changed is reported kind by kind: each number once, and no kind that it left as it was", () => {
  const counts = fc.record({ new: fc.nat(3), changed: fc.nat(3), removed: fc.nat(3), unchanged: fc.nat(3) });
  const kinds = ["agents", "sales", "market", "commission_rates", "elsewhere"];
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...kinds), counts), (changes) => {
      const said = changeWords(changes as Parameters<typeof changeWords>[0]);
      const expected = Object.entries(changes).flatMap(([kind, each]) => {
        const parts = (["new", "changed", "removed"] as const).flatMap((what) =>
          each[what] === 0 ? [] : [`${each[what]} ${what}`],
        );
        const [one, more] = {
          ...{ agents: ["agent", "agents"], sales: ["sale", "sales"], market: ["market figure", "market figures"] },
          ...{ commission_rates: ["commission rate", "commission rates"], elsewhere: ["elsewhere", "elsewhere"] },
        }[kind] ?? ["", ""];
        const last = parts.at(-1);
        const listed = parts.length < 2 ? last : `${parts.slice(0, -1).join(", ")} and ${last}`;
        return parts.length === 0 ? [] : [`${listed} ${each.new + each.changed + each.removed === 1 ? one : more}`];
      });
      expect((said ?? "").length).toBe(expected.join(", ").length);
      for (const part of expected) expect(said).toContain(part);
    }),
  );
});

test("a target's problem is reported once, though its next attempt was named at another moment", () => {
  const reason = (next: string) =>
    `the bucket does not respond (outage since 2026-11-26T11:56:06.000Z, next attempt ${next})`;
  const overview = {
    ready: { problems: [`nothing is delivered to s3: ${reason("2026-11-26T11:57:28.000Z")}`] },
    deliveries: [
      { target: "s3", ok: false, problem: reason("2026-11-26T11:57:31.000Z"), failures: 3 },
      { target: "folder", ok: false, problem: "the folder cannot be written", failures: 1 },
    ],
    ...{ memory: { used_bytes: 1, limit_bytes: 9 }, disk: { total_bytes: 9, free_bytes: 9 } },
    ...{ callbacks: { failing: 0, failed: 0 }, counts: { waiting: 0 }, catalogue: { state: "filled" } },
    ...{ failed_last_hour: 0, event_loop_lag_ms: 1 },
  } as unknown as ShownOverview;
  expect(problemsOf(overview)).toEqual([
    expect.stringMatching(/^nothing is delivered to s3/),
    "folder: the folder cannot be written",
  ]);
});
