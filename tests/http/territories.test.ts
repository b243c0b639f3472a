import { expect, test } from "bun:test";
import { openApi } from "./api.ts";

const bearer = (secret: string) => ({ Authorization: `Bearer ${secret}` });

test("a territory is a named list of suburbs, one's own or for everybody, that reports are asked for by", async () => {
  await using api = await openApi();
  const [anna, ben, boss, eyes] = (
    [
      ["anna", "submit"],
      ["ben", "submit"],
      ["boss", "admin"],
      ["eyes", "viewer"],
    ] as const
  ).map(([name, scope]) => api.keys.create({ name, scope, rate: null }).secret) as [string, string, string, string];
  const path = (name: string) => `/api/territories/${encodeURIComponent(name)}`;
  const save = (secret: string, name: string, body: unknown) =>
    api.request(path(name), {
      method: "PUT",
      headers: { ...bearer(secret), "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  const listed = async (secret: string) =>
    (
      (await (await api.request("/api/territories", { headers: bearer(secret) })).json()) as {
        territories: { name: string; suburbs: { suburb: string; state: string; postcode: string }[] }[];
      }
    ).territories;

  // A suburb in any of the ways that a request may name one; each once.
  const ours = await save(anna, "Our territory", {
    suburbs: ["manly nsw", "bondi nsw 2026", "Manly NSW 2095", "Fairlight, NSW"],
  });
  expect(await ours.json()).toMatchObject({
    name: "Our territory",
    suburbs: [
      { suburb: "Manly", state: "NSW", postcode: "2095" },
      { suburb: "Bondi", state: "NSW", postcode: "2026" },
      { suburb: "Fairlight", state: "NSW", postcode: "2094" },
    ],
    shared: false,
    by: "anna",
  });
  for (const other of [ben, boss, eyes]) expect(await listed(other)).toEqual([]);
  await save(anna, "Our territory", { suburbs: ["Manly NSW", "Fairlight NSW"], shared: true });
  await api.request(path("our TERRITORY"), { method: "DELETE", headers: bearer(anna) });
  expect((await listed(ben)).map(({ name, suburbs }) => [name, suburbs.length])).toEqual([["Our territory", 2]]);
  expect((await save(ben, "our territory", { suburbs: ["Manly NSW"], shared: true })).status).toBe(403);
  expect((await api.request(path("our territory"), { method: "DELETE", headers: bearer(ben) })).status).toBe(403);
  expect((await save(eyes, "Mine", { suburbs: ["Manly NSW"] })).status).toBe(403);

  // What it lists is a batch's requests as it stands.
  const [territory] = await listed(ben);
  const requested = await api.request("/api/generate-agents-reports", {
    method: "POST",
    headers: { ...bearer(ben), "Content-Type": "application/json" },
    body: JSON.stringify({ reports: territory?.suburbs }),
  });
  expect([requested.status, ((await requested.json()) as { jobs: unknown[] }).jobs.length]).toEqual([200, 2]);

  for (const [body, words] of [
    [{ suburbs: ["Manly NSW", "Manlyy NSW", "Perth Road"] }, ["suburbs/1", "Manlyy", "suburbs/2", "Perth Road"]],
    [{ suburbs: [] }, ["1 to 500"]],
    [{ suburbs: "Manly NSW" }, ["1 to 500"]],
    [{ suburbs: [7, ""] }, ["suburbs/0", "suburbs/1"]],
    [{ suburbs: Array.from({ length: 501 }, () => "Manly NSW") }, ["1 to 500"]],
    [{ suburbs: ["Manly NSW"], colour: "red" }, ["colour"]],
    [{ suburbs: ["Manly NSW"], shared: "yes" }, ["shared"]],
    [null, ["suburbs"]],
  ] as const) {
    const refused = await save(anna, "x", body);
    const { detail } = (await refused.json()) as { detail: string };
    expect([body, refused.status]).toEqual([body, 422]);
    for (const word of words) expect(detail).toContain(word);
  }
  expect((await save(anna, "a/b", { suburbs: ["Manly NSW"] })).status).toBe(422);
  expect((await listed(anna)).map(({ name }) => name)).toEqual(["Our territory"]);
  expect((await api.request(path("Our territory"), { method: "DELETE", headers: bearer(boss) })).status).toBe(200);
  expect(await listed(anna)).toEqual([]);
  expect((await api.request(path("Our territory"), { method: "DELETE", headers: bearer(boss) })).status).toBe(404);
});
