import { expect, test } from "bun:test";
import { serve, WAYS } from "../../bench/routing-server.ts";

const JSON_BODY = { method: "POST", body: JSON.stringify({ suburb: "" }) };

test("the routes that are compared in docs/router.md get the same responses from both routers", async () => {
  const answers = await Promise.all(
    WAYS.map(async (way) => {
      const server = serve(way);
      const ask = async (path: string, init?: RequestInit) => {
        const response = await fetch(new URL(path, server.url), init);
        return [response.status, response.headers.get("allow"), await response.text()];
      };
      const all = [
        await ask("/jobs", JSON_BODY),
        await ask("/jobs", { method: "POST", body: "{" }).then(([status]) => status),
        await ask("/jobs/7"),
        await ask("/jobs/7", { method: "HEAD" }),
        await ask("/jobs/7", { method: "POST" }),
        await ask("/nowhere"),
        await ask("/events"),
      ];
      await server.stop(true);
      return all;
    }),
  );
  expect(answers[0]).toEqual(answers[1] ?? []);
  expect(answers[0]?.[4]).toEqual([405, "GET", expect.stringContaining("/jobs/7 does not support POST. Use GET.")]);
});
