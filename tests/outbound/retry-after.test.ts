import { expect, test } from "bun:test";
import { parseRetryAfter, RETRY_AFTER_CAP_MS } from "../../src/outbound/retry-after.ts";

const NOW = new Date("2026-07-01T09:00:00Z");

test.each([
  ["seconds", "120", 120_000],
  ["a part of a second", "0.5", 500],
  ["none to wait", "0", 0],
  ["seconds between blanks", " 7 ", 7_000],
  ["a date", "Wed, 01 Jul 2026 09:01:00 GMT", 60_000],
  ["a date of RFC 850", "Wednesday, 01-Jul-26 09:01:00 GMT", 60_000],
  ["a date of asctime", "Wed Jul  1 09:01:00 2026", 60_000],
  ["a date of ISO 8601", "2026-07-01T09:01:00Z", 60_000],
  ["a date that is over", "Wed, 01 Jul 2026 08:00:00 GMT", 0],
  ["a year", "31536000", RETRY_AFTER_CAP_MS],
  ["milliseconds since 1970", "1782896460000", RETRY_AFTER_CAP_MS],
  ["more digits than a number holds", "9".repeat(400), RETRY_AFTER_CAP_MS],
  ["the year 9999", "Fri, 31 Dec 9999 23:59:59 GMT", RETRY_AFTER_CAP_MS],
  ["a negative number", "-5", undefined],
  ["a negative date", "-2026-07-01", undefined],
  ["an exponent", "1e3", undefined],
  ["words", "soon", undefined],
  ["words with a number", "5 minutes", undefined],
  ["a date of no calendar", "Wed, 99 Foo 2026 09:01:00 GMT", undefined],
  ["nothing", "", undefined],
  ["no header", null, undefined],
])("%s (%p)", (_, text, ms) => {
  expect(parseRetryAfter(text, NOW)).toBe(ms as number);
});

test("a date that names no zone is Greenwich's, wherever the machine is", async () => {
  const file = JSON.stringify(new URL("../../src/outbound/retry-after.ts", import.meta.url).pathname);
  const code = `import { parseRetryAfter } from ${file};
console.log(parseRetryAfter("Wed Jul  1 09:01:00 2026", new Date("2026-07-01T09:00:00Z")));`;
  for (const TZ of ["Australia/Sydney", "America/Los_Angeles"]) {
    const child = Bun.spawn([process.execPath, "-e", code], { env: { PATH: process.env.PATH, TZ }, stdout: "pipe" });
    expect([TZ, (await new Response(child.stdout).text()).trim()]).toEqual([TZ, "60000"]);
  }
});
