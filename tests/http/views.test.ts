import { expect, test } from "bun:test";
import { openApi } from "./api.ts";
import { keysOfOffice, namedRecords } from "./named-records.ts";

test("views are saved by name, one's own or shared, and removed by their owner or an admin", async () => {
  await using api = await openApi();
  const { anna, ben, boss, eyes } = keysOfOffice(api);
  const { list, save, remove } = namedRecords(api, "/api/views");
  const names = async (secret: string) => (await list(secret)).views.map(({ name }: { name: string }) => name);

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
  expect((await remove(ben, "This week")).status).toBe(403);
  expect((await save(eyes, "Mine", { query: "" })).status).toBe(403);
  for (const [name, body] of [
    ["a/b", { query: "" }],
    ["x".repeat(61), { query: "" }],
    ["x", { query: "colour=red" }],
    ["x", { query: "status=done" }],
    ["x", { query: "since=2d" }],
    ["x", { query: "from=2026-02-30" }],
    ["x", { query: "document=letter" }],
    ["x", { query: "draft=perhaps" }],
    ["x", { query: "order=up" }],
    ["x", { query: "q=a", shared: "yes" }],
    ["x", { query: "q=a", more: 1 }],
    // Nine characters each, where it is stored.
    ["x", { query: `q=${"日".repeat(300)}` }],
    ["x", {}],
  ] as const)
    expect([name, body, (await save(anna, name, body)).status]).toEqual([name, body, 422]);
  expect((await remove(boss, "This week")).status).toBe(200);
  expect((await remove(anna, "failed in manly")).status).toBe(200);
  expect((await remove(anna, "failed in manly")).status).toBe(404);
  expect(await names(anna)).toEqual([]);
});
