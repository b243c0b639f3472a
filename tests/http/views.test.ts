import { expect, test } from "bun:test";
import { openApi } from "./api.ts";

const bearer = (secret: string) => ({ Authorization: `Bearer ${secret}` });

test("views are saved by name, one's own or for everybody, and removed by their owner or an admin", async () => {
  await using api = await openApi();
  const [anna, ben, boss, eyes] = (
    [
      ["anna", "submit"],
      ["ben", "submit"],
      ["boss", "admin"],
      ["eyes", "viewer"],
    ] as const
  ).map(([name, scope]) => api.keys.create({ name, scope, rate: null }).secret) as [string, string, string, string];
  const save = (secret: string, name: string, body: unknown) =>
    api.request(`/api/views/${encodeURIComponent(name)}`, {
      method: "PUT",
      headers: { ...bearer(secret), "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  const names = async (secret: string) =>
    (
      (await (await api.request("/api/views", { headers: bearer(secret) })).json()) as { views: { name: string }[] }
    ).views.map(({ name }) => name);
  const forget = (secret: string, name: string) =>
    api.request(`/api/views/${encodeURIComponent(name)}`, { method: "DELETE", headers: bearer(secret) });

  expect(await (await save(anna, "Failed in Manly", { query: "?status=failed&q=manly" })).json()).toMatchObject({
    name: "Failed in Manly",
    query: "status=failed&q=manly",
    shared: false,
    by: "anna",
  });
  await save(anna, "This week", { query: "since=7d", shared: true });
  expect(await names(anna)).toEqual(["Failed in Manly", "This week"]);
  for (const other of [ben, boss, eyes]) expect(await names(other)).toEqual(["This week"]);
  // Whatever the case it is one name; another's shared one is not replaced.
  await save(anna, "this WEEK", { query: "since=24h", shared: true });
  expect(await names(ben)).toEqual(["this WEEK"]);
  expect((await save(ben, "This week", { query: "", shared: true })).status).toBe(403);
  expect((await forget(ben, "This week")).status).toBe(403);
  expect((await save(eyes, "Mine", { query: "" })).status).toBe(403);
  for (const [name, body] of [
    ["a/b", { query: "" }],
    ["x".repeat(61), { query: "" }],
    ["x", { query: "colour=red" }],
    ["x", { query: "q=a", shared: "yes" }],
    ["x", { query: "q=a", more: 1 }],
    // Nine characters each, where it is stored.
    ["x", { query: `q=${"日".repeat(300)}` }],
    ["x", {}],
  ] as const)
    expect([name, body, (await save(anna, name, body)).status]).toEqual([name, body, 422]);
  expect((await forget(boss, "This week")).status).toBe(200);
  expect((await forget(anna, "failed in manly")).status).toBe(200);
  expect((await forget(anna, "failed in manly")).status).toBe(404);
  expect(await names(anna)).toEqual([]);
});
