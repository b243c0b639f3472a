import { describe, expect, test } from "bun:test";
import { readResults } from "../../../../src/report/sources/domain/results.ts";
import { openWorld, TODAY } from "./world.ts";

const AGENTS = "/v1/agents/";
const HOUR = 3_600_000;
const SATURDAY = "2026-07-18";

describe("positions of agents", () => {
  test("are requested of those who sold most, twelve at most, once a week", async () => {
    await using world = openWorld({ suburb: { sold: 120, agencies: 12 } });
    const dataSet = await world.request();
    expect(world.domain.violations).toEqual([]);
    expect(world.domain.count(AGENTS)).toBe(12);
    const titles = dataSet?.agents?.flatMap(({ title }) => title ?? []) ?? [];
    expect(titles).toContain("Director & Licensee in Charge");
    expect(titles).toContain("Sales Consultant");
    expect(titles).not.toContain("");
    world.advance(25 * HOUR);
    await world.request();
    expect(world.domain.count(AGENTS)).toBe(12);
  });

  test("that Domain does not give are left out, and nothing else is", async () => {
    for (const response of [
      () => new Response("", { status: 404 }),
      () => new Response("", { status: 503 }),
      () => new Response("<html>busy</html>", { status: 200 }),
      () => Response.json({ agentId: "x", jobPosition: { a: 1 } }),
      () => Response.json({ title: "Forbidden" }, { status: 403 }),
    ]) {
      await using world = openWorld({ suburb: { sold: 24, agencies: 3 } });
      world.domain.faults.push(({ path }) => (path.startsWith(AGENTS) ? response() : null));
      const dataSet = await world.request();
      expect(dataSet?.sales).toHaveLength(24);
      expect(dataSet?.agents?.length).toBeGreaterThan(3);
      expect(dataSet?.agents?.flatMap(({ title }) => title ?? [])).toEqual([]);
    }
  });
});

describe("a Saturday's auctions", () => {
  const rows = (ids: readonly unknown[]) =>
    ["AUSD", "AUSP", "AUSA", "AUPI", "AUVB", "AUWD", "AUXX", null].map((result, at) => ({
      id: ids[at] ?? 9_000 + at,
      suburb: "MANLY",
      state: "NSW",
      streetNumber: String(at + 1),
      streetName: "Pine",
      result,
    }));

  test("are named under Coverage, which states how its sales were made; they make no rate", async () => {
    await using world = openWorld({ suburb: { sold: 24, agencies: 3 } });
    const before = await world.request();
    world.advance(25 * HOUR);
    world.domain.auctions = {
      day: SATURDAY,
      results: {
        Sydney: [...rows(world.domain.listings.map(({ id }) => id)), { id: 1, suburb: "Mosman", result: "AUPI" }],
      },
    };
    const dataSet = await world.request();
    expect(world.domain.violations).toEqual([]);
    expect(dataSet?.notes?.join(" ")).toContain(
      `Auctions of 18 July 2026 in Manly, as Domain reported them: 1 another result (AUXX), 1 not reported, 2 passed in, 1 sold after, 1 sold at auction, 1 sold before, 1 withdrawn. They cover only one week, so unsold results are not included in any rate.`,
    );
    const methods = world.domain.listings
      .slice(0, 3)
      .map(({ id }) => dataSet?.sales?.find((sale) => sale.id === `domain-${id}`)?.method);
    expect(methods).toEqual(["auction", "sold_prior", "sold_after"]);
    expect(dataSet?.sales?.filter(({ outcome }) => outcome !== "sold")).toEqual(
      before?.sales?.filter(({ outcome }) => outcome !== "sold") ?? [],
    );
  });

  test("are one city's for all its suburbs, and of the five cities' states alone", async () => {
    await using world = openWorld({ suburb: { sold: 24, agencies: 3 } });
    await world.request();
    await world.request({ suburb: "Fairlight", state: "NSW", postcode: "2094" });
    await world.request({ suburb: "Hobart", state: "TAS", postcode: "7000" });
    expect(world.domain.count("/v1/salesResults")).toBe(2);
  });

  test("that a package does not allow are left out and named", async () => {
    await using world = openWorld({ suburb: { sold: 24, agencies: 3 } });
    world.domain.packages.delete("salesresults");
    expect((await world.request())?.notes?.join(" ")).toContain("do not allow it: results of auctions.");
  });

  test("say the same in any order and repetition, and of anything at all nothing", () => {
    const locality = { suburb: "Manly", state: "NSW" } as const;
    const all = rows([]);
    const once = readResults(locality, { auctionedDate: TODAY }, all);
    expect(readResults(locality, { auctionedDate: TODAY }, [...all, ...all].reverse())).toEqual({
      ...once,
      methods: expect.any(Map),
    });
    for (const odd of [null, [], [{}], [{ suburb: 1 }], [{ suburb: "Manly", result: {} }]])
      expect(readResults(locality, { auctionedDate: "soon" }, odd).note).toBeNull();
  });
});

describe("a part of Domain that is down for all, and for long", () => {
  const down =
    (prefix: string) =>
    ({ path }: { readonly path: string }) =>
      path.startsWith(prefix) ? new Response("", { status: 502 }) : null;

  test.each([
    ["/v1/agencies", "agencies and their agents"],
    ["/v1/agents", "agents' positions"],
    ["/v2/suburbPerformanceStatistics", "suburb performance"],
    ["/v1/listings/", "current listings, rental listings"],
    ["/v1/disclaimers", "disclaimers"],
    ["/v1/addressLocators", "the suburb's profile"],
    ["/v1/salesResults", "results of auctions"],
  ])(
    "%s: reports are made without it and say so, again and again, and have it when it is back",
    async (prefix, name) => {
      await using world = openWorld({ suburb: { sold: 60, agencies: 8 } });
      world.domain.auctions = { day: SATURDAY, results: { Sydney: [] } };
      const fault = down(prefix);
      world.domain.faults.push(fault);
      for (let hours = 0; hours < 3; hours += 1) {
        const dataSet = await world.request();
        expect(dataSet?.sales).toHaveLength(60);
        expect(dataSet?.notes?.join(" ")).toContain(`because Domain did not return it this time: ${name}.`);
        expect(world.breaker.open()).toBeNull();
        world.advance(HOUR + 1);
      }
      world.domain.faults.length = 0;
      expect((await world.request())?.notes?.join(" ")).not.toContain("this time");
      expect(world.domain.violations).toEqual([]);
    },
  );

  test("of one that is down few calls are sent", async () => {
    await using world = openWorld({ suburb: { sold: 200, agencies: 40 } });
    world.domain.faults.push(down("/v1/agencies"));
    await world.request();
    // Eight at once, twice each, and those in flight when it was known.
    expect(world.domain.count("/v1/agencies")).toBeLessThanOrEqual(40);
    expect(await world.request()).not.toBeNull();
  });
});
