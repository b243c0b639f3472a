import { expect, test } from "bun:test";
import { writeXlsx } from "hucre/xlsx";
import { openDoor } from "./door.ts";

const EXPORT =
  "Street Address;Suburb;State;Property Type;Sale Date;Sale Price;Agency;Agent\n12 Pine St;Manly;NSW;Townhouse;14/06/2026;$2.45m;Gull Realty;Ann Lee\n14 Pine St;Manly;NSW;Apartment;15/06/2026;Contact agent;Gull Realty;Bob Roe\n";

test("an export is sent as it is, tried first, taken in, seen and taken back", async () => {
  await using door = await openDoor();
  const put = (query: string) =>
    door.ask(`/api/catalogue/sales?name=export.csv${query}`, {
      method: "PUT",
      headers: { "Content-Type": "text/csv" },
      body: EXPORT,
    });
  const understood = {
    kind: "sales",
    rows: 2,
    made: { agencies: 1, agents: 2 },
    left_out: 0,
    changes: { sales: { new: 2 }, agencies: { new: 1 }, agents: { new: 2 } },
  };
  const tried = await (await put("&dry_run=true")).json();
  expect(tried).toMatchObject({ ...understood, dry_run: true, import_id: null });
  expect(tried.columns).toContainEqual({ column: "Sale Date", field: "sold_date" });
  expect(tried.rules.map(({ rule }: { rule: string }) => rule)).toContain("dates with the day first");
  expect(tried.first[0]).toMatchObject({ address: "12 Pine St", sold_date: "2026-06-14", price: 2_450_000 });
  expect((await door.ask("/api/catalogue/places/NSW/Manly")).status).toBe(404);

  expect(await (await put("")).json()).toMatchObject({ ...understood, dry_run: false, import_id: 1 });
  expect(await (await put("")).json()).toMatchObject({
    import_id: 2,
    changes: { sales: { new: 0, changed: 0, unchanged: 2 } },
  });
  expect(await (await door.ask("/api/catalogue/places/nsw/manly")).json()).toMatchObject({
    suburb: "Manly",
    sales: 2,
    agents: 2,
    newest: "2026-06-15",
    report: "thin",
  });
  expect(await (await door.ask("/api/catalogue?q=manly")).json()).toMatchObject({
    total: 1,
    next: null,
    totals: { sales: 2 },
    places: [{ postcode: "2095" }],
  });
  const { imports } = await (await door.ask("/api/catalogue/imports")).json();
  expect(imports).toMatchObject([
    { id: 2 },
    { id: 1, files: ["export.csv"], actor: expect.any(String), undone_at: null },
  ]);

  const undo = (id: string) => door.ask(`/api/catalogue/imports/${id}/undo`, { method: "POST" });
  expect(await (await undo("1")).json()).toEqual({ id: 1, removed: 5, restored: 0, kept: 0 });
  expect([(await undo("1")).status, (await undo("99")).status, (await undo("x")).status]).toEqual([409, 404, 404]);
  expect(await (await door.ask("/api/catalogue")).json()).toMatchObject({ total: 0, places: [] });
});

test("a map is saved by name and used by it", async () => {
  await using door = await openDoor();
  const table = "Wo,Wann,Suburb,State,Was\n1 Pine St,14/06/2026,Manly,NSW,Laube\n";
  const put = (query: string) =>
    door.ask(`/api/catalogue/sales${query}`, { method: "PUT", headers: { "Content-Type": "text/csv" }, body: table });
  expect(await (await put("")).json()).toMatchObject({ code: "bad_header" });
  expect(await (await put("?map=mine")).json()).toMatchObject({
    code: "invalid_request",
    detail: expect.stringContaining('no map "mine" (none is saved)'),
  });
  const save = (body: unknown, name = "mine") =>
    door.ask(`/api/catalogue-maps/${name}`, {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  expect(await (await save({ colums: {} })).json()).toMatchObject({ code: "bad_map" });
  const map = {
    columns: { address: "Wo", sold_date: "Wann", category: "Was" },
    values: { category: { Laube: "house" } },
  };
  expect((await save(map)).status).toBe(200);
  expect(await (await door.ask("/api/catalogue-maps")).json()).toMatchObject({ maps: [{ name: "mine", map }] });
  expect(await (await put("?map=mine")).json()).toMatchObject({
    rows: 1,
    first: [{ address: "1 Pine St", category: "house" }],
  });
  expect((await door.ask("/api/catalogue-maps/mine", { method: "DELETE" })).status).toBe(200);
  expect((await door.ask("/api/catalogue-maps/mine", { method: "DELETE" })).status).toBe(404);
});

test("rows and places are removed by address, and brought back", async () => {
  await using door = await openDoor();
  const body =
    "id,address,category,sold_date,suburb,state\na/b,1 Pine St,house,2026-06-01,Manly,NSW\nc,2 Pine St,house,2026-06-02,Manly,NSW\n";
  await door.ask("/api/catalogue/sales", { method: "PUT", headers: { "Content-Type": "text/csv" }, body });
  const sales = async () =>
    ((await (await door.ask("/api/catalogue")).json()) as { totals: { sales: number } }).totals.sales;
  const remove = (path: string) => door.ask(path, { method: "DELETE" });
  expect(await (await remove("/api/catalogue/sales/a%2Fb")).json()).toEqual({ removed: 1, import_id: 2 });
  expect((await remove("/api/catalogue/sales/nope")).status).toBe(404);
  expect(await (await remove("/api/catalogue/places/NSW/Manly")).json()).toEqual({ removed: 1, import_id: 3 });
  expect(await sales()).toBe(0);
  for (const id of [3, 2]) await door.ask(`/api/catalogue/imports/${id}/undo`, { method: "POST" });
  expect(await sales()).toBe(2);
  expect(await (await remove("/api/catalogue/sales")).json()).toEqual({ removed: 2, import_id: null });
});

test("a large upload is imported in a thread, and requests are answered meanwhile", async () => {
  await using door = await openDoor();
  const rows = Array.from({ length: 5_000 }, (_, n) => [
    `${n + 1} Pine St`,
    "Manly",
    "NSW",
    `${1 + (n % 28)}/6/2026`,
    900_000 + n,
    "Gull Realty",
  ]);
  const bytes = await writeXlsx({
    sheets: [{ name: "Sold", rows: [["Address", "Suburb", "State", "Sold Date", "Price", "Agency"], ...rows] }],
  });
  const headers = { "Content-Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" };
  const upload = door.ask("/api/catalogue/sales", { method: "PUT", headers, body: bytes as BodyInit });
  let answered = 0;
  let done = false;
  void upload.then(() => {
    done = true;
  });
  while (!done) {
    expect((await door.ask("/api/suburbs?q=manly")).status).toBe(200);
    answered += 1;
  }
  expect(await (await upload).json()).toMatchObject({ rows: 5_000, changes: { sales: { new: 5_000 } } });
  expect(answered).toBeGreaterThan(1);
}, 60_000);

test("a REAXML feed is posted by an admin, and says what came of it", async () => {
  await using door = await openDoor();
  const feed = (body: string, query = "", type = "application/xml") =>
    door.ask(`/api/import/reaxml${query}`, { method: "POST", headers: { "Content-Type": type }, body });
  const listing = (status: string, more: string) =>
    `<propertyList><residential modTime="2026-05-02-09:00:00" status="${status}"><agentID>ABCDEF</agentID><uniqueID>P-1</uniqueID>${more}</residential><residential status="x"/></propertyList>`;
  const current = listing(
    "current",
    "<address><streetNumber>2</streetNumber><street>Pine St</street><suburb>Manly</suburb><state>NSW</state></address>",
  );
  expect(await (await feed(current, "?dry_run=true")).json()).toMatchObject({
    listings: 1,
    for_sale: 1,
    import_id: null,
  });
  expect((await door.ask("/api/catalogue/places/NSW/Manly")).status).toBe(404);
  expect(await (await feed(current)).json()).toMatchObject({
    listings: 1,
    for_sale: 1,
    sold: 0,
    bad: [expect.stringContaining("listing 2")],
    import_id: 1,
  });
  expect(await (await door.ask("/api/catalogue/places/NSW/Manly")).json()).toMatchObject({ listings: 1 });
  expect((await feed("<rss/>")).status).toBe(422);
  expect((await feed("a,b\n1,2\n")).status).toBe(422);
  expect((await feed(current, "", "text/plain")).status).toBe(415);
  const asTable = await door.ask("/api/catalogue/sales", {
    method: "PUT",
    headers: { "Content-Type": "text/csv" },
    body: current,
  });
  expect(asTable.status).toBe(422);
});
