import { expect, test } from "bun:test";
import { serve, WAYS } from "../../bench/routing-server.ts";

const JSON_BODY = { method: "POST", body: JSON.stringify({ suburb: "" }) };

test("the routes that are compared in docs/router.md get the same responses from both routers", async () => {
  const responses = await Promise.all(
    WAYS.map(async (way) => {
      const server = serve(way);
      const request = async (path: string, init?: RequestInit) => {
        const response = await fetch(new URL(path, server.url), init);
        return [response.status, response.headers.get("allow"), await response.text()];
      };
      const all = [
        await request("/jobs", JSON_BODY),
        await request("/jobs", { method: "POST", body: "{" }).then(([status]) => status),
        await request("/jobs/7"),
        await request("/jobs/7", { method: "HEAD" }),
        await request("/jobs/7", { method: "POST" }),
        await request("/nowhere"),
        await request("/events"),
      ];
      await server.stop(true);
      return all;
    }),
  );
  expect(responses[0]).toEqual(responses[1] ?? []);
  expect(responses[0]?.[4]).toEqual([405, "GET", expect.stringContaining("/jobs/7 does not support POST. Use GET.")]);
});
