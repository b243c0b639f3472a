import { expect, test } from "bun:test";
import { fuzz } from "./fuzz.ts";

test("whatever is sent, no response is 5xx, none is late, and each is as the OpenAPI document says", async () => {
  const { requests, responses } = await fuzz({ requests: 2_000, seed: Date.now() % 1_000_000 });
  expect(requests).toBeGreaterThanOrEqual(2_000);
  const statuses = new Set([...responses.keys()].map((what) => Number(what.split(" ").at(-1))));
  // Neither all through nor all refused: the requests are near the edge.
  for (const status of [200, 400, 401, 403, 404, 405, 409, 415, 422]) expect(statuses).toContain(status);
}, 180_000);
