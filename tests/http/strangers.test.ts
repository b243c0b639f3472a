import { afterAll, describe, expect, test } from "bun:test";
import { withPrograms } from "../programs.ts";
import { type RedisServer, startRedis } from "../queue/redis-server.ts";
import { openApi } from "./api.ts";
import { callsOf, withKey } from "./operations.ts";

let redis: RedisServer | null = null;
afterAll(async () => void (await redis?.remove()));

/** What of anna's no other client may read: in each text that a request takes, and in her name. */
const SECRET = "annas-own";
/** Paths that need no key: they contain nothing about jobs. */
const OPEN = new Set(["/livez", "/readyz"]);

describe.each(["SQLite", "Redis"])("%s", (backend) => {
  const run = backend === "Redis" ? withPrograms("redis-server") : test;

  run(
    "no operation of the API shows or changes what is another client's, whatever names it",
    async () => {
      if (backend === "Redis") redis ??= await startRedis();
      await using api = await openApi(backend === "Redis" ? { redisUrl: redis?.url } : {});
      const [anna, ben, eyes, prom] = (
        [
          [SECRET, "submit"],
          ["ben", "submit"],
          ["look", "read"],
          ["prom", "metrics"],
        ] as const
      ).map(([name, scope]) => api.keys.create({ name, scope, rate: null }).secret) as [string, string, string, string];
      const own = { Authorization: `Bearer ${anna}` };
      const words = { prepared_for: SECRET, metadata: { of: SECRET }, delivery: { filename: SECRET, folder: SECRET } };
      const done = await api.accept({ ...words, draft: true }, own);
      await api.finish();
      const jobs = [done, await api.accept(words, own)];
      await api.request(`/api/views/${SECRET}`, {
        method: "PUT",
        headers: { ...own, "Content-Type": "application/json" },
        body: JSON.stringify({ query: `q=${SECRET}` }),
      });
      await api.request(`/api/territories/${SECRET}`, {
        method: "PUT",
        headers: { ...own, "Content-Type": "application/json" },
        body: JSON.stringify({ suburbs: ["Manly NSW", "Bondi NSW"] }),
      });
      const stateOf = async () =>
        Promise.all(
          [...jobs.map((id) => `/api/job-status/${id}`), "/api/views", "/api/territories", "/api/usage"].map(
            async (path) => {
              const text = await (await api.request(path, withKey(anna))).text();
              expect([path, text.includes(SECRET) || path === "/api/usage"]).toEqual([path, true]);
              return text;
            },
          ),
        );
      const before = await stateOf();

      const calls = await callsOf(api, anna, jobs, SECRET);
      expect(calls.length).toBeGreaterThan(60);
      for (const [who, secret] of Object.entries({ ben, eyes, prom, nobody: null }))
        for (const { route, method, target } of calls) {
          // A selection of all, too: it is the caller's own.
          const bodies = method === "GET" || method === "DELETE" ? [undefined] : ["{}", JSON.stringify({ ids: jobs })];
          for (const body of bodies) {
            const headers = { ...withKey(secret).headers, ...(body && { "Content-Type": "application/json" }) };
            const response = await fetch(`${api.url}${target}`, { method, headers, ...(body && { body }) });
            const text = Buffer.from(await response.arrayBuffer()).toString("latin1");
            const isOpen = OPEN.has(route.replace("GET ", ""));
            if (who === "nobody" && !isOpen) expect([who, route, response.status]).toEqual([who, route, 401]);
            if (who === "prom" && !isOpen && route !== "GET /metrics")
              expect([who, route, response.status]).toEqual([who, route, 403]);
            // The path itself comes back in a problem's "instance", and the name of a view in its refusal.
            const said = text.replaceAll(/"instance":"[^"]*"/g, "");
            const isEcho = /\/api\/(views|territories)\/\{name\}/.test(route);
            expect([who, route, isEcho || !said.includes(SECRET)]).toEqual([who, route, true]);
            if (response.status < 300 && target.includes(done))
              expect([who, route, "own"]).toEqual([who, route, "other"]);
          }
        }
      expect(await stateOf()).toEqual(before);
    },
    60_000,
  );
});
