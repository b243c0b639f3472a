import { describe, expect, test } from "bun:test";
import type { FakeDomain } from "../../../fakes/domain.ts";
import { failureOf, MANLY, openWorld, retried, type WorldOptions } from "./world.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SOLD = "/v1/listingSearch";
const AGENCIES = "/v1/agencies";
const MARKET = "/v2/suburbPerformanceStatistics";

type Fault = FakeDomain["faults"][number];

/** Responds to calls to paths that begin so, so many times, with this. */
function fault(prefix: string, respond: () => Response | Promise<Response>, times = Number.POSITIVE_INFINITY): Fault {
  let left = times;
  return ({ path }) => (path.startsWith(prefix) && left-- > 0 ? respond() : null);
}

async function withWorld(work: (world: ReturnType<typeof openWorld>) => Promise<void>, options: WorldOptions = {}) {
  await using world = openWorld({ suburb: { sold: 24, current: 4, agencies: 3 }, ...options });
  await work(world);
  expect(world.domain.violations).toEqual([]);
}

describe("Domain's refusals", () => {
  test("401 waits with the reason that Domain gives, uses no attempt, and resumes when the key is right", () =>
    withWorld(async (world) => {
      const refusal = () =>
        Response.json({}, { status: 401, headers: { "X-Domain-Security-Reason": "Invalid API Key" } });
      world.domain.faults.push(fault("/v", refusal));
      const { code, message, options } = await failureOf(world);
      expect([code, options.uncounted]).toEqual(["domain_refused", true]);
      expect(message).toContain("Invalid API Key");
      expect(message).toContain("AGENTLINK_DOMAIN_KEY");
      expect(world.breaker.open()?.reason).toBe("credentials");
      world.domain.faults.length = 0;
      world.client.probeNow();
      expect((await retried(world))?.sales).toHaveLength(24);
    }));

  test("403 of a package leaves that out, is reported once in the log and under Coverage, and is not requested again that day", () =>
    withWorld(async (world) => {
      world.domain.packages.delete("market");
      world.domain.packages.delete("locations");
      const dataSet = await world.request();
      expect(dataSet?.sales).toHaveLength(24);
      expect(dataSet?.market).toEqual([]);
      expect(dataSet?.notes?.join(" ")).toContain(
        "the packages of the Domain key do not allow it: suburb performance, the suburb's profile.",
      );
      expect(world.refusals.map(({ kind, reason }) => [kind, reason]).sort()).toEqual([
        ["location", "Insufficient package"],
        ["market", "Insufficient package"],
      ]);
      const requested = world.domain.count(MARKET);
      expect(requested).toBeLessThanOrEqual(2);
      await world.request({ ...MANLY, postcode: null });
      expect([world.domain.count(MARKET), world.refusals.length]).toEqual([requested, 2]);
    }));

  test("403 of everything gives nothing, so that the next source is queried", () =>
    withWorld(async (world) => {
      world.domain.packages.clear();
      expect(await world.request()).toBeNull();
    }));

  test("403 with a page of HTML is no package's but an outage", () =>
    withWorld(async (world) => {
      const blocked = () =>
        new Response("<html>blocked</html>", { status: 403, headers: { "Content-Type": "text/html" } });
      world.domain.faults.push(fault("/v", blocked));
      expect((await failureOf(world)).options.uncounted).toBe(true);
      expect(world.refusals).toEqual([]);
    }));

  test("404 of a suburb is no data; 404 of an agency leaves the name that its listings have", () =>
    withWorld(async (world) => {
      world.domain.agencies.clear();
      expect((await world.request())?.agencies?.[0]?.name).toContain("Manly");
      expect(await world.request({ suburb: "Bronte", state: "NSW", postcode: "2024" })).toBeNull();
      world.domain.faults.push(fault("/v", () => Response.json({}, { status: 404 })));
      expect(await world.request({ suburb: "Mosman", state: "NSW", postcode: "2088" })).toBeNull();
    }));

  test("400 is reported with Domain's own words, and fails at once", () =>
    withWorld(async (world) => {
      world.domain.faults.push(
        fault(SOLD, () => Response.json({ detail: "soldFrom is not understood" }, { status: 400 })),
      );
      const { code, message, transient } = await failureOf(world);
      expect([code, transient, message.includes("soldFrom is not understood")]).toEqual([
        "domain_request",
        false,
        true,
      ]);
    }));
});

describe("Domain's quota", () => {
  test("spent for the day: the job waits to 10:00 AEST, and what was read is not requested again", () =>
    withWorld(async (world) => {
      world.domain.quota = { minute: 100, day: 4 };
      const { code, message, options } = await failureOf(world);
      expect([code, options.uncounted]).toEqual(["domain_quota", true]);
      expect(message).toBe("Domain's daily quota is used up; it resets at 10:00 AEST");
      // From noon in Sydney, which is 02:00 in Greenwich.
      expect(options.retryAfterMs).toBe(22 * HOUR);
      const requested = world.domain.count();
      expect(requested).toBeLessThanOrEqual(8);
      expect((await failureOf(world)).code).toBe("domain_quota");
      expect(world.domain.count()).toBe(requested);
      world.domain.quota = { minute: 100, day: 500 };
      world.advance(22 * HOUR);
      expect((await world.request())?.sales).toHaveLength(24);
    }));

  test("spent for the minute: it waits for no more than that, as often as it takes", () =>
    withWorld(async (world) => {
      const { domain } = world;
      domain.quota = { minute: 3, day: 500 };
      domain.faults.push(() => {
        // A minute of Domain's has gone by since the last attempt.
        if (domain.quota !== null && domain.quota.minute <= 0) domain.quota = { ...domain.quota, minute: 3 };
        return null;
      });
      const dataSet = await retried(world);
      expect(dataSet?.sales).toHaveLength(24);
      expect(dataSet?.market?.length).toBeGreaterThan(0);
      const questions = domain.calls.map(({ path, query, body }) => JSON.stringify([path, query, body]));
      expect(new Set(questions).size).toBe(questions.length);
    }));

  test.each([
    ["with Retry-After", { "Retry-After": "30" }, 30_000],
    ["without Retry-After", {}, 5_000],
    ["with one that cannot be read", { "Retry-After": "soon" }, 5_000],
  ])("429 %s pauses all calls, uses no attempt, and resumes after it", (_, headers, pauseMs) =>
    withWorld(async (world) => {
      world.domain.faults.push(fault("/v", () => Response.json({}, { status: 429, headers }), 1));
      const { code, options } = await failureOf(world);
      expect([code, options.uncounted]).toEqual(["domain_quota", true]);
      expect(options.retryAfterMs).toBeGreaterThanOrEqual(Math.min(pauseMs, 5_000));
      expect(world.breaker.open()?.reason).toBe("rate limit");
      expect((await retried(world))?.sales).toHaveLength(24);
    }),
  );

  test("429 of the day's quota waits to 10:00 AEST, whatever Retry-After says", () =>
    withWorld(async (world) => {
      const headers = { "X-Quota-Exceeded": "PerDay", "Retry-After": "1" };
      world.domain.faults.push(fault(SOLD, () => Response.json({}, { status: 429, headers })));
      expect((await failureOf(world)).options.retryAfterMs).toBe(22 * HOUR);
      expect(world.client.wait()?.until.toISOString()).toBe("2026-07-21T00:00:00.000Z");
    }));
});

const HTML = () => new Response("<!doctype html><p>Welcome</p>", { headers: { "Content-Type": "text/html" } });
const CUT = () => new Response('{"results":[{"type":"Prop', { headers: { "Content-Type": "application/json" } });

/** Bytes that contradict the header. */
const NO_GZIP = () =>
  new Response('{"results":[]}', { headers: { "Content-Type": "application/json", "Content-Encoding": "gzip" } });
const NOTHING = () => new Response("", { headers: { "Content-Type": "application/json" } });
const ERROR_AS_200 = () => Response.json({ message: "Internal server error" });

describe("Domain's outages", () => {
  test.each([
    ["500", () => new Response("", { status: 500 })],
    ["504", () => new Response("", { status: 504 })],
    ["a page of HTML", HTML],
    ["cut JSON", CUT],
    ["what claims to be gzip and is not", NO_GZIP],
    ["an empty response", NOTHING],
    ["an error with the status 200", ERROR_AS_200],
  ])("%s once is sent again at once, without a trace", (_, respond) =>
    withWorld(async (world) => {
      world.domain.faults.push(fault(SOLD, respond, 1));
      expect((await world.request())?.sales).toHaveLength(24);
      expect(world.breaker.open()).toBeNull();
    }),
  );

  test.each([
    ["503", () => new Response("", { status: 503 })],
    ["a redirect", () => Response.redirect("http://127.0.0.1:9/elsewhere", 302)],
    ["a page of HTML", HTML],
    ["cut JSON", CUT],
    ["what claims to be gzip and is not", NO_GZIP],
    ["an empty response", NOTHING],
    ["an error with the status 200", ERROR_AS_200],
  ])("%s for all calls opens the circuit; jobs wait without using attempts, and resume", (_, respond) =>
    withWorld(async (world) => {
      world.domain.faults.push(fault("/v", respond));
      for (let attempt = 0; world.breaker.open() === null && attempt < 3; attempt++)
        expect((await failureOf(world)).options.uncounted).toBe(true);
      expect(world.breaker.open()?.reason).toBe("outage");
      world.domain.faults.length = 0;
      expect((await retried(world))?.sales).toHaveLength(24);
    }),
  );

  test("of one part leave that out for an hour, while all else works, and Coverage says so", () =>
    withWorld(async (world) => {
      const [broken] = world.domain.agencies.keys();
      world.domain.faults.push(fault(`${AGENCIES}/${broken}`, () => new Response("", { status: 500 }), 2));
      const dataSet = await world.request();
      expect(dataSet?.sales).toHaveLength(24);
      expect(dataSet?.notes?.join(" ")).toContain("Domain did not return it this time: agencies and their agents.");
      world.advance(HOUR + 1);
      expect((await world.request())?.notes?.join(" ")).not.toContain("this time");
    }));

  test("a slow response delays no other", () =>
    withWorld(async (world) => {
      const order: string[] = [];
      const release = Promise.withResolvers<void>();
      world.domain.faults.push(async ({ path }, usual) => {
        if (path.startsWith(MARKET)) await release.promise;
        else if (path.startsWith("/v1/disclaimers")) release.resolve();
        order.push(path);
        return usual();
      });
      expect((await world.request())?.market?.length).toBeGreaterThan(0);
      expect(order.findIndex((path) => path.startsWith(MARKET))).toBeGreaterThan(0);
    }));
});

describe("calls are saved:", () => {
  test("many jobs for one suburb cause one request, and none within a day", () =>
    withWorld(async (world) => {
      const texts = await Promise.all(Array.from({ length: 20 }, () => world.source.dataSet(MANLY)));
      expect(new Set(texts).size).toBe(1);
      const requested = world.domain.count();
      const questions = world.domain.calls.map(({ path, query, body }) => JSON.stringify([path, query, body]));
      expect(new Set(questions).size).toBe(requested);
      world.advance(24 * HOUR - MINUTE);
      expect(await world.source.dataSet(MANLY)).toBe(texts[0] ?? "");
      expect(world.domain.count()).toBe(requested);
    }));

  test("after a day the new sales and the listings are requested, and neither closed months nor agencies", () =>
    withWorld(async (world) => {
      await world.request();
      world.domain.calls.length = 0;
      world.advance(24 * HOUR);
      await world.request();
      const bodies = world.domain.calls.map(({ path, body }) => [path, body?.listingType, body?.soldTo !== undefined]);
      expect(bodies.filter(([, type]) => type === "Sold").every(([, , closed]) => closed === false)).toBe(true);
      expect(bodies.some(([, type]) => type === "Sale")).toBe(true);
      expect(world.domain.count(AGENCIES) + world.domain.count(MARKET)).toBe(0);
    }));

  test("two suburbs of the same agencies request each once", async () => {
    await using world = openWorld({ suburb: { sold: 24, current: 4, agencies: 3 } });
    const twin = world.domain.listings.map((listing) => ({
      ...listing,
      id: listing.id + 50_000,
      propertyDetails: { ...(listing.propertyDetails as object), suburb: "FAIRLIGHT", postcode: "2094" },
    }));
    world.domain.listings.push(...twin);
    await Promise.all([world.request(), world.request({ suburb: "Fairlight", state: "NSW", postcode: "2094" })]);
    expect(world.domain.count(AGENCIES)).toBe(3);
  });
});
