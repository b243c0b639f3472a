import { describe, expect, test } from "bun:test";
import type { Failure } from "../../../../src/failure.ts";
import { createQuota } from "../../../../src/report/sources/domain/quota.ts";
import { openWorld } from "./world.ts";

/** Noon in Sydney. */
const NOON = new Date("2026-07-20T02:00:00Z");
const seconds = (time: string) => String(Date.parse(time) / 1_000);

describe("what is left of the quota is read", () => {
  test.each([
    ["in Domain's spelling", { "X-Quota-PerDay-Remaining": "7", "X-Quota-PerDay-Limit": "500" }, 7, 500, null],
    ["with dashes", { "X-Quota-Per-Day-Remaining": "7", "X-Quota-Per-Minute-Remaining": "3" }, 7, null, 3],
    ["in a gateway's", { "X-RateLimit-Remaining-Day": "7", "X-RateLimit-Limit-Day": "500" }, 7, 500, null],
    ["of minutes, too", { "X-RateLimit-Remaining-Minute": "4", "X-RateLimit-PerDay-Remaining": "7" }, 7, null, 4],
    ["without a window", { "X-RateLimit-Remaining": "4", "X-RateLimit-Limit": "60" }, null, null, 4],
    [
      "until seconds from now",
      { "RateLimit-Remaining": "7", "RateLimit-Limit": "500", "RateLimit-Reset": "7200" },
      7,
      500,
      null,
    ],
    [
      "until a time",
      { "X-Rate-Limit-Remaining": "4", "X-Rate-Limit-Reset": seconds("2026-07-20T02:00:30Z") },
      ...[null, null, 4],
    ],
    ["with what drafts add", { "RateLimit-Remaining": "4;w=60" }, null, null, 4],
    ["less than nothing as nothing", { "X-Quota-PerDay-Remaining": "-3" }, 0, null, null],
    ["and no word as a number", { "X-Quota-PerDay-Remaining": "many", "X-Quota-Remaining": "" }, null, null, null],
  ] as [string, Record<string, string>, number | null, number | null, number | null][])(
    "%s",
    (_, headers, dayLeft, dayLimit, minuteLeft) => {
      const quota = createQuota(() => NOON);
      quota.read(new Headers(headers), NOON);
      const state = quota.state();
      expect([state.dayLeft, state.dayLimit, state.minuteLeft]).toEqual([dayLeft, dayLimit, minuteLeft]);
    },
  );

  test.each([
    ["2026-07-20T23:59:59Z", "2026-07-21T00:00:00.000Z"],
    ["2026-07-21T00:00:00Z", "2026-07-22T00:00:00.000Z"],
    // Sydney's clocks go forward on 4 October 2026 and back on 5 April 2026; Domain's day follows Brisbane's.
    ["2026-10-03T15:59:00Z", "2026-10-04T00:00:00.000Z"],
    ["2026-10-03T16:01:00Z", "2026-10-04T00:00:00.000Z"],
    ["2026-04-04T16:01:00Z", "2026-04-05T00:00:00.000Z"],
    ["2026-12-31T23:00:00Z", "2027-01-01T00:00:00.000Z"],
  ])("a day that is spent at %s resets at %s, whatever the clocks of the states do", (at, until) => {
    const quota = createQuota(() => new Date(at));
    quota.spend(new Date(at));
    expect(quota.wait()?.until.toISOString()).toBe(until);
    expect(quota.wait()?.message).toEndWith("it resets at 10:00 AEST");
  });

  test("a shorter window of a gateway's is waited for to its own end, and reported", () => {
    const quota = createQuota(() => NOON);
    quota.read(new Headers({ "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "3600" }), NOON);
    expect(quota.wait()?.until.toISOString()).toBe("2026-07-20T03:00:00.000Z");
    expect(quota.wait()?.message).toContain("resets at 2026-07-20T03:00:00.000Z");
  });
});

test("a job waits for what another spelling says is spent, and makes no call until then", async () => {
  await using world = openWorld({ suburb: { sold: 24, current: 4, agencies: 3 } });
  world.domain.faults.push(async (_, usual) => {
    const response = usual();
    response.headers.set("X-RateLimit-Remaining-Day", String(Math.max(0, 3 - world.domain.count())));
    return response;
  });
  const failure = (await world.request().then(
    () => null,
    (error: unknown) => error,
  )) as Failure;
  expect([failure.code, failure.options.uncounted]).toEqual(["domain_quota", true]);
  const requested = world.domain.count();
  await world.request().catch(() => {});
  expect(world.domain.count()).toBe(requested);
});
