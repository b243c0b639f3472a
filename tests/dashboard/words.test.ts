import { expect, test } from "bun:test";
import { resolve } from "node:path";

const WORDS = resolve(import.meta.dir, "../../src/dashboard/client/words.ts");

/** What the pages say of two times, to somebody who looks at this moment in this zone. */
async function said(zone: string, at: string, now: string): Promise<readonly string[]> {
  const code = `import { hourAndMinute, timeOfDay } from ${JSON.stringify(WORDS)};
const now = Date.parse(${JSON.stringify(now)});
console.log(JSON.stringify([timeOfDay(${JSON.stringify(at)}, now), hourAndMinute(${JSON.stringify(at)}, now)]));`;
  const env = { PATH: process.env.PATH, TZ: zone, LANG: "en_AU.UTF-8" };
  const child = Bun.spawn([process.execPath, "-e", code], { env, stdout: "pipe" });
  return JSON.parse(await new Response(child.stdout).text()) as readonly string[];
}

test("a time has its day as soon as it is not today's any more, by the calendar of who looks", async () => {
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
