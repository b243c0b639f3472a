import { expect, test } from "bun:test";
import { claimOne } from "../queue/builders.ts";
import { bearer, openApi } from "./api.ts";

test("targets and hosts of callbacks are shown to keys that see all jobs, and tested and sent again only by admins", async () => {
  const woken: (string | undefined)[] = [];
  await using api = await openApi({
    callbacks: {
      addressFor: (requested) => requested,
      wake: (address) => void woken.push(address),
      pausedUntil: () => null,
    },
  });
  const secrets = Object.fromEntries(
    (["read", "submit", "viewer", "admin"] as const).map((scope) => [
      scope,
      api.keys.create({ name: scope, scope, rate: null }).secret,
    ]),
  );
  await api.accept({ callback_url: "https://down.example.com/a" }, bearer(secrets.submit ?? ""));
  await api.queue.fail(await claimOne(api.queue), { code: "no_data", message: "no data" }, null);
  const [callback] = await api.queue.callbacks.due(1);
  const attempt = { startedAt: new Date().toISOString(), durationMs: 1, httpStatus: 503, response: null, error: "503" };
  const againAt = new Date(Date.now() + 60_000);
  await api.queue.callbacks.recordAttempt(callback?.id ?? "", attempt, { againAt });

  const body = JSON.stringify({ host: "down.example.com" });
  const json = { "Content-Type": "application/json" };
  const may = { read: [403, 403, 403], submit: [403, 403, 403], viewer: [200, 403, 403], admin: [200, 200, 200] };
  for (const [scope, statuses] of Object.entries(may)) {
    const headers = bearer(secrets[scope] ?? "");
    const calls = [
      await api.request("/api/deliveries", { headers }),
      await api.request("/api/deliveries/folder/test", { method: "POST", headers }),
      await api.request("/api/callbacks/resend", { method: "POST", headers: { ...headers, ...json }, body }),
    ];
    expect([scope, calls.map(({ status }) => status)]).toEqual([scope, statuses]);
    if (scope === "viewer")
      expect(await calls[0]?.json()).toMatchObject({
        targets: [{ target: "folder", problem: null }],
        callbacks: [{ host: null, pending: 1, failing: 1, error: "only an admin can see the reason" }],
      });
    if (scope !== "admin") continue;
    expect(await calls[0]?.json()).toMatchObject({
      callbacks: [{ host: "down.example.com", pending: 1, failing: 1, error: "503" }],
    });
    expect(await calls[1]?.json()).toEqual({ target: "folder", ok: true, problem: null });
    expect(await calls[2]?.json()).toEqual({ resent: 1 });
  }
  expect(woken).toContain("https://down.example.com/a");
  const headers = bearer(secrets.admin ?? "");
  expect((await api.request("/api/deliveries/tape/test", { method: "POST", headers })).status).toBe(404);
  expect((await api.post("/api/callbacks/resend", { host: 7 }, headers)).status).toBe(422);
}, 60_000);
