import { describe, expect, test } from "bun:test";
import type { Failure } from "../../../src/failure.ts";
import { createOutbound } from "../../../src/outbound/outbound.ts";
import type { DataSet } from "../../../src/report/data-set.ts";
import { withPictures } from "../../../src/report/pictures/picture.ts";
import { checkDataSet } from "../../../src/report/sources/checked-data-set.ts";
import { createHttpSource, createSourceBreaker, sourceAddress } from "../../../src/report/sources/http.ts";
import type { DataSetSource, ReportLocality } from "../../../src/report/sources/source.ts";
import { hurryingClock } from "../../fakes/clock.ts";
import { png } from "../../render/pictures.ts";

const MANLY: ReportLocality = { suburb: "Manly", state: "NSW", postcode: "2095" };
const MINUTE = 60_000;
const dataSet = (changes: Record<string, unknown> = {}) => ({
  schema_version: 1,
  suburb: { name: "MANLY", state: "NSW", postcode: "2095", population: null },
  agents: [{ id: "a1", name: "Søren O'Brien" }],
  ...changes,
});

interface Requested {
  readonly path: string;
  readonly headers: Headers;
}

/** A service that responds for suburbs, and a source that calls it. */
function open(response: (requested: Requested, nth: number) => Response | Promise<Response>, cacheMs = 10 * MINUTE) {
  let time = Date.parse("2026-07-01T09:00:00Z");
  const requested: Requested[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      const { pathname, search } = new URL(request.url);
      const one = { path: pathname + search, headers: new Headers(request.headers) };
      return response(one, requested.push(one) - 1);
    },
  });
  const clock = hurryingClock();
  const breaker = createSourceBreaker({ clock });
  const source: DataSetSource = createHttpSource({
    breaker,
    url: `http://127.0.0.1:${server.port}/suburbs/{state}/{suburb}?postcode={postcode}`,
    headers: { Authorization: "Bearer k" },
    cacheMs,
    outbound: createOutbound({ allowHosts: [`127.0.0.1:${server.port}`], allowHttp: false }),
    check: checkDataSet,
    now: () => new Date(time),
  });
  return {
    requested,
    request: async (locality: ReportLocality = MANLY) => source.dataSet(locality),
    async fails(): Promise<Failure> {
      return Promise.resolve(source.dataSet(MANLY)).then(
        () => Promise.reject(new Error("it did not fail")),
        (error) => error,
      );
    },
    breaker,
    advance(ms: number) {
      time += ms;
      clock.advance(ms);
    },
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}

describe("the HTTP source", () => {
  test("returns the checked data set of the suburb, requested with the operator's headers", async () => {
    await using service = open(() => Response.json(dataSet()));
    const reply = JSON.parse((await service.request()) ?? "");
    expect(reply).toMatchObject({ suburb: { name: "MANLY" }, agents: [{ name: "Søren O'Brien" }] });
    expect(service.requested[0]?.path).toBe("/suburbs/NSW/Manly?postcode=2095");
    expect(service.requested[0]?.headers.get("authorization")).toBe("Bearer k");
  });

  test("a picture that cannot be drawn is left out, and named under Coverage; the report is made", async () => {
    const agents = Array.from({ length: 8 }, (_, at) => ({ name: `Agent ${at}`, photo: png({ broken: at > 0 }) }));
    const text = JSON.stringify(dataSet({ agents }));
    const checked = JSON.parse((await withPictures(() => checkDataSet(text))).text) as DataSet;
    expect(checked.agents?.map(({ photo }) => photo?.slice(0, 15) ?? null)).toEqual([
      "data:image/jpeg",
      ...Array(7).fill(null),
    ]);
    expect(checked.notes).toHaveLength(6);
    expect(checked.notes?.[0]).toMatch(/^A picture is left out: \/agents\/1\/photo is damaged.*Agent 1/);
    expect(checked.notes?.at(-1)).toBe("2 more pictures cannot be drawn and were left out.");
  });

  test("the names of a locality lead nowhere but to their position in the address", () => {
    const locality = { suburb: "../x?y=1#z&a/Ü %2f", state: "NSW", postcode: null } as const;
    const address = sourceAddress("https://data.example.com/{state}/{suburb}/{postcode}?q={suburb}", locality);
    const url = new URL(address);
    expect(url.host).toBe("data.example.com");
    expect(url.pathname.split("/")).toHaveLength(4);
    expect(decodeURIComponent(url.pathname.split("/")[2] ?? "")).toBe(locality.suburb);
    expect(url.searchParams.get("q")).toBe(locality.suburb);
  });

  test.each([204, 404, 410])("%d means that it has no data", async (status) => {
    await using service = open(() => new Response(null, { status }));
    expect(await service.request()).toBeNull();
  });

  test("a response is used for its time, then requested by its ETag, and fetched when it has changed", async () => {
    const agents = (name: string) => Response.json(dataSet({ agents: [{ name }] }), { headers: { ETag: `"${name}"` } });
    await using service = open(({ headers }, nth) => {
      if (nth < 2)
        return headers.get("if-none-match") === '"Ann"' ? new Response(null, { status: 304 }) : agents("Ann");
      return agents("Bob");
    });
    const first = await service.request();
    service.advance(10 * MINUTE - 1);
    expect(await service.request()).toBe(first);
    expect(service.requested).toHaveLength(1);
    service.advance(1);
    expect(await service.request()).toBe(first);
    expect(await service.request()).toBe(first);
    expect(service.requested.map(({ headers }) => headers.get("if-none-match"))).toEqual([null, '"Ann"']);
    service.advance(10 * MINUTE);
    expect(await service.request()).toContain("Bob");
  });

  test("suburbs are cached apart, and many jobs for one cause one request", async () => {
    await using service = open(({ path }) =>
      path.includes("Manly") ? Response.json(dataSet()) : new Response(null, { status: 404 }),
    );
    const responses = await Promise.all(Array.from({ length: 20 }, () => service.request()));
    expect(new Set(responses).size).toBe(1);
    expect(service.requested).toHaveLength(1);
    expect(await service.request({ suburb: "Mosman", state: "NSW", postcode: "2088" })).toBeNull();
    expect(await service.request({ suburb: "Manly West", state: "QLD", postcode: "4179" }).catch(() => "refused")).toBe(
      "refused",
    );
  });

  test("with a cache time of zero every job causes a request", async () => {
    await using service = open(() => Response.json(dataSet()), 0);
    await service.request();
    await service.request();
    expect(service.requested).toHaveLength(2);
  });

  test("the cache is bounded: the longest unused is fetched again", async () => {
    const sources = Array.from({ length: 40 }, (_, at) => ({ id: `s${at}`, name: "x", disclaimer: "y".repeat(2_000) }));
    await using service = open(({ path }) => {
      const suburb = decodeURIComponent(path.split("/")[3]?.split("?")[0] ?? "");
      return Response.json({ suburb: { name: suburb, state: "NSW" }, sources });
    });
    const send = (suburb: string) => service.request({ suburb, state: "NSW", postcode: null });
    const others = Math.ceil(32_000_000 / ((await send("Suburb used")) ?? "").length);
    await send("Suburb unused");
    for (let at = 2; at < others; at++) {
      await send(`Suburb ${at}`);
      await send("Suburb used");
    }
    expect(service.requested).toHaveLength(others);
    await send("Suburb last");
    await send("Suburb used");
    expect(service.requested).toHaveLength(others + 1);
    await send("Suburb unused");
    expect(service.requested).toHaveLength(others + 2);
  });

  test.each([408, 425, 429, 500, 502, 503])("%d is retried, when it says so", async (status) => {
    await using service = open((_, nth) =>
      nth === 0 ? new Response("x", { status, headers: { "Retry-After": "90" } }) : Response.json(dataSet()),
    );
    expect(await service.fails()).toMatchObject({
      code: "source_unavailable",
      transient: true,
      options: { uncounted: true, retryAfterMs: 90_000 },
    });
    expect(await service.fails()).toMatchObject({ code: "source_unavailable" });
    expect(service.requested).toHaveLength(1);
    service.advance(90_000);
    expect(await service.request()).toContain("Søren");
  });

  test("400 is not retried, and says where to find the cause", async () => {
    await using service = open(() => new Response("no", { status: 400 }));
    expect(await service.fails()).toMatchObject({
      code: "source_refused",
      transient: false,
      message: expect.stringContaining("AGENTLINK_SOURCE_URL"),
    });
    expect(service.breaker.open()).toBeNull();
  });

  test.each([401, 403])("%d is a setting's fault: all wait, and resume when it is right", async (status) => {
    let good = false;
    await using service = open(() => (good ? Response.json(dataSet()) : new Response("no", { status })));
    expect(await service.fails()).toMatchObject({
      code: "source_refused",
      options: { transient: true, uncounted: true },
      message: expect.stringContaining("AGENTLINK_SOURCE_HEADERS"),
    });
    expect(service.breaker.open()?.reason).toBe("credentials");
    good = true;
    service.advance(MINUTE);
    expect(await service.request()).toContain("Søren");
    expect(service.breaker.open()).toBeNull();
  });

  test.each([
    ["503", () => new Response("away", { status: 503 })],
    ["a year of Retry-After", () => new Response("", { status: 503, headers: { "Retry-After": "31536000" } })],
    [
      "a page of the year 9999",
      () => new Response("", { status: 429, headers: { "Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT" } }),
    ],
  ])("while it is away (%s) no attempt counts, it gets no calls, and all resume by themselves", async (_, away) => {
    let up = false;
    await using service = open(() => (up ? Response.json(dataSet()) : away()), 0);
    for (let minute = 0; minute < 60; minute += 1) {
      expect((await service.fails()).options).toMatchObject({ transient: true, uncounted: true });
      service.advance(MINUTE);
    }
    expect(service.requested.length).toBeWithin(10, 40);
    expect(service.breaker.open()).not.toBeNull();
    up = true;
    service.advance(6 * MINUTE);
    expect(await service.request()).toContain("Søren");
    expect(service.breaker.open()).toBeNull();
  });

  test("while it is unavailable a locality that it had nothing for is read from the catalogue, for a day; any other waits", async () => {
    let up = true;
    await using service = open(({ path }) =>
      up && path.includes("Mosman") ? new Response(null, { status: 404 }) : new Response("away", { status: 503 }),
    );
    const mosman = { suburb: "Mosman", state: "NSW", postcode: "2088" } as const;
    expect(await service.request(mosman)).toBeNull();
    up = false;
    while (service.breaker.open() === null) await service.fails();
    const requested = service.requested.length;
    expect(await service.request(mosman)).toBeNull();
    expect((await service.fails()).options.uncounted).toBe(true);
    expect(service.requested).toHaveLength(requested);
    service.advance(24 * 60 * MINUTE);
    expect(await service.request(mosman).catch((error) => error.code)).toBe("source_unavailable");
  });

  test("a locality for which alone it breaks fails in the end, and delays no other", async () => {
    await using service = open(({ path }) =>
      path.includes("Manly") ? new Response("", { status: 500 }) : new Response(null, { status: 404 }),
    );
    const counted: boolean[] = [];
    for (let attempt = 0; attempt < 5; attempt += 1) {
      counted.push((await service.fails()).options.uncounted !== true);
      expect(await service.request({ suburb: "Mosman", state: "NSW", postcode: "2088" })).toBeNull();
      service.advance(MINUTE);
    }
    expect(counted).toEqual([false, false, true, true, true]);
    expect(service.breaker.open()).toBeNull();
  });

  test.each([
    ["no JSON", () => new Response("<html>"), /not JSON/],
    ["a wrong data set", () => Response.json(dataSet({ agents: [{ name: 7 }] })), /\/agents\/0\/name/],
    [
      "the data set of another locality",
      () => Response.json(dataSet({ suburb: { name: "Manly", state: "QLD" } })),
      /about Manly QLD/,
    ],
    ["a 304 that nobody asked for", () => new Response(null, { status: 304 }), /304/],
  ])("%s is not retried, and says what is wrong", async (_, result, reason) => {
    await using service = open(result);
    const failure = await service.fails();
    expect(failure).toMatchObject({ code: "source_answer", transient: false });
    expect(failure.message).toMatch(reason);
  });

  test("a response without an end is given up", async () => {
    const chunk = new Uint8Array(1_000_000).fill(32);
    await using service = open(() => new Response(new ReadableStream({ pull: (stream) => stream.enqueue(chunk) })));
    expect(await service.fails()).toMatchObject({ code: "too_large", transient: false });
  });

  test("a redirect into the inside is not followed", async () => {
    await using service = open(() => Response.redirect("http://169.254.169.254/latest/meta-data/", 302));
    const failure = await service.fails();
    expect(failure).toMatchObject({ code: "address_refused", options: { uncounted: true } });
    expect(service.breaker.open()?.reason).toBe("settings");
    expect(failure.message).toStartWith("the data source: ");
  });
});
