import { expect, test } from "bun:test";
import { writeXlsx } from "hucre/xlsx";
import { BUILT_IN_MAPS } from "../../src/import/columns/built-in-maps.ts";
import { until } from "../until.ts";
import { openApi } from "./api.ts";

const EXPORT =
  "Street Address;Suburb;State;Property Type;Sale Date;Sale Price;Agency;Agent\n12 Pine St;Manly;NSW;Townhouse;14/06/2026;$2.45m;Gull Realty;Ann Lee\n14 Pine St;Manly;NSW;Apartment;15/06/2026;Contact agent;Gull Realty;Bob Roe\n";

test("an export is sent as it is, checked first, imported, shown and undone", async () => {
  await using api = await openApi();
  const put = (query: string) =>
    api.request(`/api/catalogue/sales?name=export.csv${query}`, {
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
  const attempted = await (await put("&dry_run=true")).json();
  expect(attempted).toMatchObject({ ...understood, dry_run: true, import_id: null });
  expect(attempted.columns).toContainEqual({ column: "Sale Date", field: "sold_date" });
  expect(attempted.rules.map(({ rule }: { rule: string }) => rule)).toContain("dates with the day first");
  expect(attempted.first[0]).toMatchObject({ address: "12 Pine St", sold_date: "2026-06-14", price: 2_450_000 });
  expect((await api.request("/api/catalogue/localities/NSW/Manly")).status).toBe(404);

  expect(await (await put("")).json()).toMatchObject({ ...understood, dry_run: false, import_id: 1 });
  expect(await (await put("")).json()).toMatchObject({
    import_id: 2,
    changes: { sales: { new: 0, changed: 0, unchanged: 2 } },
  });
  expect(await (await api.request("/api/catalogue/localities/nsw/manly")).json()).toMatchObject({
    suburb: "Manly",
    sales: 2,
    agents: 2,
    newest: "2026-06-15",
    report: "thin",
  });
  expect(await (await api.request("/api/catalogue?q=manly")).json()).toMatchObject({
    total: 1,
    next: null,
    totals: { sales: 2 },
    localities: [{ postcode: "2095" }],
  });
  const { imports } = await (await api.request("/api/catalogue/imports")).json();
  expect(imports).toMatchObject([
    { id: 2 },
    { id: 1, files: ["export.csv"], actor: expect.any(String), undone_at: null },
  ]);

  const undo = (id: string) => api.request(`/api/catalogue/imports/${id}/undo`, { method: "POST" });
  expect(await (await undo("1")).json()).toEqual({ id: 1, removed: 5, restored: 0, remaining: 0 });
  expect([(await undo("1")).status, (await undo("99")).status, (await undo("x")).status]).toEqual([409, 404, 404]);
  expect(await (await api.request("/api/catalogue")).json()).toMatchObject({ total: 0, localities: [] });
});

test("a map is saved by name and used by it", async () => {
  await using api = await openApi();
  const table = "Wo,Wann,Suburb,State,Was\n1 Pine St,14/06/2026,Manly,NSW,Laube\n";
  const put = (query: string) =>
    api.request(`/api/catalogue/sales${query}`, {
      method: "PUT",
      headers: { "Content-Type": "text/csv" },
      body: table,
    });
  expect(await (await put("")).json()).toMatchObject({ code: "bad_header" });
  expect(await (await put("?map=mine")).json()).toMatchObject({
    code: "invalid_request",
    detail: expect.stringContaining('no map "mine". Saved maps: none.'),
  });
  const save = (body: unknown, name = "mine") =>
    api.request(`/api/catalogue-maps/${name}`, {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  expect(await (await save({ colums: {} })).json()).toMatchObject({ code: "bad_map" });
  for (const wrong of [
    ...[{ columns: { price: {} } }, { columns: { price: null } }, { columns: [] }, { ignore: "x" }, { ignore: [1] }],
    ...[{ values: { category: { Farmlet: null } } }, { values: { category: "x" } }, { date: 1 }, { header_row: -1 }],
    ...[{ sheet: [] }],
  ])
    expect(await (await save(wrong)).json()).toMatchObject({ status: 422, code: "bad_map" });
  const map = {
    columns: { address: "Wo", sold_date: "Wann", category: "Was" },
    values: { category: { Laube: "house" } },
  };
  expect((await save(map)).status).toBe(200);
  const maps = async () =>
    (
      (await (await api.request("/api/catalogue-maps")).json()) as {
        readonly maps: readonly { readonly name: string }[];
      }
    ).maps;
  expect(await maps()).toMatchObject([
    { name: "mine", built_in: false, map },
    ...Object.entries(BUILT_IN_MAPS).map(([name, each]) => ({ name, built_in: true, saved_at: null, map: each })),
  ]);
  expect((await save(map, "rex-csv")).status).toBe(200);
  expect((await maps()).filter(({ name }) => name === "rex-csv")).toMatchObject([{ built_in: false, map }]);
  expect(await (await put("?map=mine")).json()).toMatchObject({
    rows: 1,
    first: [{ address: "1 Pine St", category: "house" }],
  });
  expect((await api.request("/api/catalogue-maps/mine", { method: "DELETE" })).status).toBe(200);
  expect((await api.request("/api/catalogue-maps/mine", { method: "DELETE" })).status).toBe(404);
});

test("rows and suburbs are removed by address, and restored", async () => {
  await using api = await openApi();
  const body =
    "id,address,category,sold_date,suburb,state\na/b,1 Pine St,house,2026-06-01,Manly,NSW\nc,2 Pine St,house,2026-06-02,Manly,NSW\n";
  await api.request("/api/catalogue/sales", { method: "PUT", headers: { "Content-Type": "text/csv" }, body });
  const sales = async () =>
    ((await (await api.request("/api/catalogue")).json()) as { totals: { sales: number } }).totals.sales;
  const remove = (path: string) => api.request(path, { method: "DELETE" });
  expect(await (await remove("/api/catalogue/sales/a%2Fb")).json()).toEqual({ removed: 1, import_id: 2 });
  expect((await remove("/api/catalogue/sales/nope")).status).toBe(404);
  expect(await (await remove("/api/catalogue/localities/NSW/Manly")).json()).toEqual({ removed: 1, import_id: 3 });
  expect(await sales()).toBe(0);
  for (const id of [3, 2]) await api.request(`/api/catalogue/imports/${id}/undo`, { method: "POST" });
  expect(await sales()).toBe(2);
  expect(await (await remove("/api/catalogue/sales")).json()).toEqual({ removed: 2, import_id: null });
});

test("a large upload is imported in a thread, and requests get their responses during it", async () => {
  await using api = await openApi();
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
  const upload = api.request("/api/catalogue/sales", { method: "PUT", headers, body: bytes as BodyInit });
  let responded = 0;
  let done = false;
  const end = () => {
    done = true;
  };
  // Also where it fails: the response is examined below.
  void upload.then(end, end);
  // With pauses: requests without end would take the processor from the thread that they are to be served beside.
  const isOver = async () => {
    if (done) return true;
    expect((await api.request("/api/suburbs?q=manly")).status).toBe(200);
    responded += 1;
    return false;
  };
  await until(isOver, 120_000, "the upload to end");
  expect(await (await upload).json()).toMatchObject({ rows: 5_000, changes: { sales: { new: 5_000 } } });
  expect(responded).toBeGreaterThan(1);
}, 180_000);

test("a REAXML feed is posted by an admin, and reports the result", async () => {
  await using api = await openApi();
  const feed = (body: string, query = "", type = "application/xml") =>
    api.request(`/api/import/reaxml${query}`, { method: "POST", headers: { "Content-Type": type }, body });
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
  expect((await api.request("/api/catalogue/localities/NSW/Manly")).status).toBe(404);
  expect(await (await feed(current)).json()).toMatchObject({
    listings: 1,
    for_sale: 1,
    sold: 0,
    bad: [expect.stringContaining("listing 2")],
    import_id: 1,
  });
  expect(await (await api.request("/api/catalogue/localities/NSW/Manly")).json()).toMatchObject({ listings: 1 });
  expect((await feed("<rss/>")).status).toBe(422);
  expect((await feed("a,b\n1,2\n")).status).toBe(422);
  expect((await feed(current, "", "text/plain")).status).toBe(415);
  const asTable = await api.request("/api/catalogue/sales", {
    method: "PUT",
    headers: { "Content-Type": "text/csv" },
    body: current,
  });
  expect(asTable.status).toBe(422);
});

const SALES = `address,suburb,state,category,sold_date,price,price_disclosed,agency,agent
1 Pine St,Manly,NSW,house,2026-06-01,1500000,yes,Gull Realty,Ann Lee
2 Pine St,Manly,NSW,house,2026-06-03,1600000,no,Gull Realty,Ann Lee
3 Pine St,Manly,NSW,unit,2026-06-02,900000,yes,Tern Homes,Bob Roe
`;

test("one route takes any file and says what it took it for", async () => {
  await using api = await openApi();
  const send = (name: string, body: string, query = "", type = "application/octet-stream") =>
    api.request(`/api/import?name=${encodeURIComponent(name)}${query}`, {
      method: "POST",
      headers: { "Content-Type": type },
      body,
    });
  const attempt = await (await send("from our CRM.csv", EXPORT, "&dry_run=true")).json();
  expect(attempt).toMatchObject({
    dry_run: true,
    import_id: null,
    rows: { sales: 2, agencies: 1, agents: 2 },
    feed: null,
    table: { kind: "sales", kind_by: "columns", format: "csv", separator: "semicolons", bad: 0 },
    changes: { sales: { new: 2 } },
  });
  expect(attempt.table.columns).toContainEqual({ column: "Sale Price", field: "price", by: "synonym" });
  expect(attempt.table.fields).toEqual(expect.arrayContaining(["address", "sold_date", "agent", "street_name"]));
  expect((await api.request("/api/catalogue/localities/NSW/Manly")).status).toBe(404);

  // JSON is known by its beginning; a data set as well.
  const rows = [{ id: "a-1", name: "Ann Lee", agency: "Gull Realty" }];
  expect(await (await send("x", JSON.stringify(rows), "&kind=agents&dry_run=1")).json()).toMatchObject({
    table: { kind: "agents", kind_by: "request", format: "json" },
  });
  const dataSet = { suburb: { name: "Manly", state: "NSW", postcode: "2095" }, agencies: [{ id: "g", name: "Gull" }] };
  expect(await (await send("manly.json", JSON.stringify(dataSet), "&dry_run=1")).json()).toMatchObject({
    table: null,
    feed: null,
    rows: { agencies: 1 },
  });
  const xml = `<propertyList><residential modTime="2026-05-02-09:00:00" status="current"><agentID>A</agentID><uniqueID>P-1</uniqueID><address><streetNumber>2</streetNumber><street>Pine St</street><suburb>Manly</suburb><state>NSW</state></address></residential></propertyList>`;
  expect(await (await send("feed.xml", xml, "&dry_run=1")).json()).toMatchObject({
    table: null,
    feed: { listings: 1, for_sale: 1 },
  });

  // What is not known is requested, with what there is to choose from.
  expect(await (await send("x.csv", "Wo,Wann\n1 Pine St,1/6/2026\n")).json()).toMatchObject({
    code: "unknown_kind",
    details: { columns: ["Wo", "Wann"] },
  });
  expect(await (await send("x.csv", "Wo,Wann\n1 Pine St,1/6/2026\n", "&kind=sales")).json()).toMatchObject({
    code: "bad_header",
    details: { columns: ["Wo", "Wann"], fields: expect.arrayContaining(["address"]) },
  });
  const map = encodeURIComponent(JSON.stringify({ columns: { address: "Wo", sold_date: "Wann" } }));
  const mapped = await send(
    "x.csv",
    "Wo,Wann\n1 Pine St,1/6/2026\n",
    `&kind=sales&suburb=Manly&state=NSW&map=${map}&dry_run=1`,
  );
  expect(await mapped.json()).toMatchObject({
    table: { columns: [{ column: "Wo", field: "address", by: "map" }, { field: "sold_date" }] },
  });
  expect((await send("x.csv", "a,b\n", "&map=%7Bnope")).status).toBe(422);
  expect((await send("x.csv", "a,b\n", "&kind=nope")).status).toBe(422);
  expect((await send("x.csv", "a,b\n", "", "text/html")).status).toBe(415);

  // Bad rows refuse the file, or are skipped and named.
  const bad = `${SALES}4 Pine St,Nowhere,NSW,house,2026-06-01,1,yes,,\n`;
  expect(await (await send("sales.csv", bad)).json()).toMatchObject({ code: "bad_rows" });
  expect(await (await send("sales.csv", bad, "&skip_bad=true")).json()).toMatchObject({
    import_id: 1,
    table: { kind_by: "name", bad: 1, bad_rows: [{ line: 5, row: 4, reason: expect.stringContaining("Nowhere") }] },
  });
});

test("a suburb's sales, agents and agencies are listed; what no report prints is for keys that see all", async () => {
  await using api = await openApi();
  const keyOf = (scope: "admin" | "viewer" | "read") => {
    const { secret } = api.keys.create({ name: `a-${scope}`, scope, rate: null });
    return { Authorization: `Bearer ${secret}` };
  };
  const [boss, viewer, reader] = [keyOf("admin"), keyOf("viewer"), keyOf("read")];
  await api.request("/api/import?name=from-the-office.csv&kind=sales", {
    method: "POST",
    headers: { ...boss, "Content-Type": "text/csv" },
    body: SALES,
  });
  const get = async (path: string, headers: Record<string, string>) => (await api.request(path, { headers })).json();
  const address = "/api/catalogue/localities/NSW/Manly";
  const first = await get(`${address}/sales?limit=2`, viewer);
  expect(first).toMatchObject({
    total: 3,
    next: "2",
    rows: [
      { row: { address: "2 Pine St", price: 1_600_000 }, agents: ["Ann Lee"], agencies: ["Gull Realty"], import_id: 1 },
      { row: { address: "3 Pine St" } },
    ],
  });
  expect(await get(`${address}/sales?after=2`, viewer)).toMatchObject({
    next: null,
    rows: [{ row: { address: "1 Pine St" } }],
  });
  expect(await get(`${address}/people`, viewer)).toMatchObject({
    agents: [
      { name: "Ann Lee", agency: "Gull Realty", sales: 2, newest: "2026-06-03", hidden: false },
      { name: "Bob Roe", sales: 1 },
    ],
    agencies: [{ name: "Gull Realty", sales: 2, agency: null }, { name: "Tern Homes" }],
  });
  expect((await get(`${address}/sales`, reader)).rows[0].row).toEqual(
    expect.not.objectContaining({ price: expect.anything() }),
  );
  expect((await get(`${address}/sales`, reader)).rows[1].row).toMatchObject({ price: 900_000 });
  const [agent] = (await get(`${address}/people`, viewer)).agents as { id: string; name: string }[];
  await api.request("/api/catalogue/agents", {
    method: "PUT",
    headers: { ...boss, "Content-Type": "application/json" },
    body: JSON.stringify([{ id: agent?.id, name: "Ann Lee", hidden: true }]),
  });
  expect((await get(`${address}/people`, viewer)).agents).toContainEqual(expect.objectContaining({ hidden: true }));
  expect((await get(`${address}/people`, reader)).agents).toMatchObject([{ name: "Bob Roe" }]);
  // The names of importers and of their files are no other client's business.
  expect((await get("/api/catalogue/imports", viewer)).imports.at(-1)).toMatchObject({
    actor: "a-admin",
    files: ["from-the-office.csv"],
  });
  expect((await get("/api/catalogue/imports", reader)).imports.at(-1)).toMatchObject({
    actor: "another client",
    files: [],
  });
  expect((await api.request(`${address}/market`, { headers: viewer })).status).toBe(404);
  expect((await api.request(`${address}/sales?after=x`, { headers: viewer })).status).toBe(422);
  const post = await api.request("/api/import?kind=sales", {
    method: "POST",
    headers: { ...viewer, "Content-Type": "text/csv" },
    body: SALES,
  });
  expect(post.status).toBe(403);
});

test("what a removal would take is counted before", async () => {
  await using api = await openApi();
  await api.request("/api/import?kind=sales", { method: "POST", headers: { "Content-Type": "text/csv" }, body: SALES });
  const { rows } = (await (await api.request("/api/catalogue/localities/NSW/Manly/sales?limit=1")).json()) as {
    rows: { id: string }[];
  };
  const remove = async (path: string) => (await api.request(path, { method: "DELETE" })).json();
  for (const [path, removed] of [
    ["/api/catalogue/localities/NSW/Manly", 3],
    [`/api/catalogue/sales/${encodeURIComponent(rows[0]?.id ?? "")}`, 1],
    ["/api/catalogue/sales", 3],
    ["/api/catalogue/all", 7],
  ] as const)
    expect([path, await remove(`${path}?dry_run=true`)]).toEqual([path, { removed, import_id: null }]);
  expect(await remove("/api/catalogue/all?dry_run=maybe")).toMatchObject({ code: "invalid_request" });
  expect(await remove("/api/catalogue/all?dryrun=true")).toMatchObject({ code: "invalid_request" });
  expect((await (await api.request("/api/catalogue")).json()).totals.sales).toBe(3);
  expect(await remove("/api/catalogue/all")).toMatchObject({ removed: 7 });
});

test("an agency has its brand, and the suburbs where it sold are its territory, the most sales first", async () => {
  await using api = await openApi();
  const put = (kind: string, rows: readonly object[]) =>
    api.request(`/api/catalogue/${kind}`, {
      method: "PUT",
      headers: { "Content-Type": "application/x-ndjson" },
      body: rows.map((row) => JSON.stringify(row)).join("\n"),
    });
  await put("agencies", [
    { id: "gull", name: "Gull Realty", colour: "#17494d", phone: "02 9000 0000", suburb: "Manly", state: "NSW" },
    { id: "pine", name: "Pine Property", suburb: "Manly", state: "NSW" },
  ]);
  const sale = (number: number, suburb: string, postcode: string, agency: string) => ({
    ...{ id: `s-${number}`, suburb, state: "NSW", postcode, address: `${number} Pine Street` },
    ...{ sold_date: "2026-05-01", price: 1_000_000 + number, property_type: "House", agency_ids: [agency] },
  });
  const sales = [
    sale(1, "Manly", "2095", "gull"),
    sale(2, "Manly", "2095", "gull"),
    sale(3, "Bondi", "2026", "gull"),
    sale(4, "Fairlight", "2094", "pine"),
  ];
  expect((await put("sales", sales)).status).toBe(200);
  expect(await (await api.request("/api/agencies/gull")).json()).toEqual({
    ...{ id: "gull", name: "Gull Realty", colour: "#17494d", logo: null, contact: "02 9000 0000" },
    territory: [
      { suburb: "Manly", state: "NSW", postcode: "2095", sales: 2 },
      { suburb: "Bondi", state: "NSW", postcode: "2026", sales: 1 },
    ],
  });
  expect((await api.request("/api/agencies/nobody")).status).toBe(404);
});
