import { expect, test } from "bun:test";
import fc from "fast-check";
import { createMeter } from "../../src/access/rate.ts";
import { bearer, openApi } from "../http/api.ts";
import { codeOf, make } from "./callers.ts";

test("each key has its own rate, reported in every response; above it, 429 says when to come back", async () => {
  await using api = await openApi();
  const limited = api.keys.create({ name: "a", scope: "read", rate: { requests: 3, windowS: 3_600 } }).secret;
  const free = make(api, "a", "read");
  const request = (secret: string) => api.request("/api/jobs", { headers: bearer(secret) });
  for (const left of [2, 1, 0]) {
    const response = await request(limited);
    expect(response.status).toBe(200);
    expect(response.headers.get("ratelimit-policy")).toBe('"key";q=3;w=3600');
    expect(response.headers.get("ratelimit")).toStartWith(`"key";r=${left};t=`);
  }
  const refused = await request(limited);
  expect([refused.status, await codeOf(refused)]).toEqual([429, "rate_limited"]);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(1_000);
  expect(refused.headers.get("ratelimit")).toStartWith('"key";r=0;t=');
  const other = await request(free);
  expect([other.status, other.headers.get("ratelimit")]).toEqual([200, null]);
});

test("a key without a rate of its own has that of all such keys", async () => {
  await using api = await openApi({ keyRate: { requests: 3, windowS: 3_600 } });
  const plain = make(api, "plain");
  const own = api.keys.create({ name: "own", scope: "read", rate: { requests: 5, windowS: 3_600 } }).secret;
  const statuses = async (secret: string, times: number) => {
    const responses = [];
    for (let n = 0; n < times; n += 1) responses.push(await api.request("/api/jobs", { headers: bearer(secret) }));
    return responses;
  };
  const replies = await statuses(plain, 4);
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
  expect(replies[0]?.headers.get("ratelimit-policy")).toBe('"key";q=3;w=3600');
  expect(Number(replies[3]?.headers.get("retry-after"))).toBeGreaterThan(0);
  expect((await statuses(own, 6)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429]);
}, 60_000);

test("however requests are spread, no stretch of time lets through more than the rate and what had been saved", () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 4_000 }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), gaps, (requests, waits) => {
      let now = 0;
      let admitted = 0;
      const meter = createMeter(() => now);
      for (const wait of waits) {
        now += wait;
        const { admitted: ok, nextInMs } = meter.take("k", { requests, windowS: 10 });
        if (ok) admitted++;
        else expect(nextInMs).toBeGreaterThan(0);
      }
      expect(admitted).toBeLessThanOrEqual(requests + (now / 10_000) * requests + 1e-6);
    }),
  );
});
