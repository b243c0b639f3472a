import { expect, test } from "bun:test";
import { bearer, openApi } from "./api.ts";
import { keysOfOffice, namedRecords } from "./named-records.ts";

test("a territory is a named list of suburbs, one's own or shared, that reports are requested by", async () => {
  await using api = await openApi();
  const { anna, ben, boss, eyes } = keysOfOffice(api);
  const { list, save, remove } = namedRecords(api, "/api/territories");
  interface Territory {
    readonly name: string;
    readonly suburbs: readonly { readonly suburb: string; readonly state: string; readonly postcode: string }[];
  }
  const listed = async (secret: string): Promise<readonly Territory[]> => (await list(secret)).territories;

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
  await remove(anna, "our TERRITORY");
  expect((await listed(ben)).map(({ name, suburbs }) => [name, suburbs.length])).toEqual([["Our territory", 2]]);
  expect((await save(ben, "our territory", { suburbs: ["Manly NSW"], shared: true })).status).toBe(403);
  expect((await remove(ben, "our territory")).status).toBe(403);
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
  expect((await remove(boss, "Our territory")).status).toBe(200);
  expect(await listed(anna)).toEqual([]);
  expect((await remove(boss, "Our territory")).status).toBe(404);
});
