import { expect, test } from "bun:test";
import { until } from "../until.ts";
import { openApi } from "./api.ts";
import { head, rawClient } from "./socket.ts";

const SALES = [
  {
    id: "s1",
    address: "1 Beach St",
    category: "house",
    sold_date: "2026-05-01",
    price: 2_000_000,
    suburb: "Manly",
    state: "NSW",
  },
  {
    id: "s2",
    address: "2 Beach St",
    category: "unit",
    sold_date: "2026-05-02",
    price: null,
    suburb: "Manly",
    state: "NSW",
  },
];
const MANLY = { suburb: "Manly", state: "NSW", postcode: "2095" } as const;

test("rows come in as JSON, NDJSON or CSV, and all three say the same", async () => {
  for (const [type, body] of [
    ["application/json", JSON.stringify(SALES)],
    ["application/x-ndjson", SALES.map((sale) => JSON.stringify(sale)).join("\n")],
    [
      "text/csv",
      `id,address,category,sold_date,price,suburb,state\n${SALES.map((sale) => Object.values(sale).join(",")).join("\n")}\n`,
    ],
  ] as const) {
    await using api = await openApi();
    const response = await api.request("/api/catalogue/sales", {
      method: "PUT",
      headers: { "Content-Type": type },
      body,
    });
    expect(await response.json()).toMatchObject({
      kind: "sales",
      rows: 2,
      warnings: [],
      changes: { sales: { new: 2 } },
    });
    const { sales } = JSON.parse(api.catalogue.dataSet(MANLY) ?? "{}") as {
      sales: { id: string; price?: number | null }[];
    };
    expect(sales.map(({ id }) => id).sort()).toEqual(["s1", "s2"]);
    expect(sales.find(({ id }) => id === "s1")?.price).toBe(2_000_000);
  }
});

test("a row of a form is the same in JSON and NDJSON as in CSV: empty is absent, numbers and lists are texts", async () => {
  const names =
    "id,address,category,beds,land_sqm,sold_date,price,price_disclosed,agency_ids,method,suburb,state,postcode";
  const cells = ["s1", " 1 Gull Rd ", "House", "3", "512.5", "2026-05-01T00:00:00Z", "$1,640,000", "Yes", "a;b", ""];
  const row = [...cells, "Darwin City", "NT", "800"];
  const asJson = Object.fromEntries(names.split(",").map((name, at) => [name, row[at]]));
  const csv = `${names}\n${row.map((cell) => `"${cell}"`).join(",")}\n`;
  const stored = [];
  for (const [type, body] of [
    ["application/json", JSON.stringify([asJson])],
    ["application/x-ndjson", JSON.stringify(asJson)],
    ["text/csv", csv],
  ] as const) {
    await using api = await openApi();
    const response = await api.request("/api/catalogue/sales", {
      method: "PUT",
      headers: { "Content-Type": type },
      body,
    });
    expect(await response.json()).toMatchObject({ kind: "sales", rows: 1, warnings: [] });
    stored.push(
      JSON.parse(api.catalogue.dataSet({ suburb: "Darwin City", state: "NT", postcode: "0800" }) ?? "{}").sales,
    );
  }
  const sale = { id: "s1", address: "1 Gull Rd", category: "house", beds: 3, land_sqm: 512.5, sold_date: "2026-05-01" };
  const expected = [{ ...sale, price: 1_640_000, price_disclosed: true, agency_ids: ["a", "b"] }];
  expect(stored).toEqual([expected, expected, expected]);
});

test("a row that comes again replaces the one with its id", async () => {
  await using api = await openApi();
  const put = (price: number) =>
    api.request("/api/catalogue/sales", {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify([{ ...SALES[0], price }]),
    });
  await put(1);
  expect((await put(2)).status).toBe(200);
  const { sales } = JSON.parse(api.catalogue.dataSet(MANLY) ?? "{}") as { sales: { price: number }[] };
  expect(sales.map(({ price }) => price)).toEqual([2]);
});

test("rows that name no suburb are of the one in the query", async () => {
  await using api = await openApi();
  const [{ suburb, state, ...row }] = SALES as [(typeof SALES)[0] & object];
  const response = await api.request(`/api/catalogue/sales?suburb=${suburb}&state=${state}`, {
    method: "PUT",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify([row]),
  });
  expect(response.status).toBe(200);
  expect(api.catalogue.dataSet(MANLY)).toContain("1 Beach St");
});

test("bad rows are named with their lines and nothing is taken in", async () => {
  await using api = await openApi();
  const response = await api.request("/api/catalogue/sales", {
    method: "PUT",
    headers: { "Content-Type": "application/x-ndjson" },
    body: `${JSON.stringify(SALES[0])}\n{"id": 7}\nnot json\n${JSON.stringify(SALES[1])}`,
  });
  expect(response.status).toBe(422);
  const body = (await response.json()) as { code: string; problems: { line: number }[]; details: { count: number } };
  expect(body).toMatchObject({ code: "bad_rows", details: { count: 2 } });
  expect(body.problems.map(({ line }) => line)).toEqual([2, 3]);
  expect(api.catalogue.dataSet(MANLY)).toBeNull();
});

test("what cannot be read as rows is refused with the status that fits", async () => {
  await using api = await openApi();
  const put = async (kind: string, type: string, body: string | Uint8Array) => {
    const response = await api.request(`/api/catalogue/${kind}`, {
      method: "PUT",
      headers: { "Content-Type": type },
      body: body as BodyInit,
    });
    return [response.status, ((await response.json()) as { code: string }).code];
  };
  expect(await put("houses", "application/json", "[]")).toEqual([404, "not_found"]);
  expect(await put("sales", "application/xml", "<a/>")).toEqual([415, "unsupported_media_type"]);
  expect(await put("sales", "application/json", "{")).toEqual([400, "bad_json"]);
  // Letters in UTF-8, and then what is none.
  expect(await put("sales", "application/x-ndjson", new Uint8Array([0xc3, 0xa9, 0xff]))).toEqual([400, "not_utf8"]);
  expect(await put("sales", "text/csv", "")).toEqual([422, "bad_header"]);
});

test("an upload larger than a request may be is read as it comes", async () => {
  await using api = await openApi({ maxBodyBytes: 1_000 });
  const line = (at: number) => `${JSON.stringify({ ...SALES[0], id: `s${at}`, address: "x".repeat(200) })}\n`;
  let at = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(new TextEncoder().encode(line(at++)));
      if (at === 5_000) controller.close();
    },
  });
  const response = await api.request("/api/catalogue/sales", {
    method: "PUT",
    headers: { "Content-Type": "application/x-ndjson" },
    body,
  });
  expect(await response.json()).toMatchObject({ rows: 5_000 });
});

test("an upload whose client goes away in the middle changes nothing and delays no other", async () => {
  await using api = await openApi();
  const client = rawClient(api.port);
  client.send(head("PUT /api/catalogue/sales", "Content-Type: application/x-ndjson", "Content-Length: 100000"));
  client.send(`${JSON.stringify(SALES[0])}\n`);
  await Bun.sleep(20);
  client.socket.destroy();
  const response = await api.request("/api/catalogue/sales", {
    method: "PUT",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify([SALES[1]]),
  });
  expect(response.status).toBe(200);
  const { sales } = JSON.parse(api.catalogue.dataSet(MANLY) ?? "{}") as { sales: { id: string }[] };
  expect(sales.map(({ id }) => id)).toEqual(["s2"]);
});

test("two uploads of a client come in at once, the third must retry, and is accepted then", async () => {
  await using api = await openApi();
  const slow = () => {
    let go: () => void = () => undefined;
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode("id,name\n"));
        go = () => {
          controller.enqueue(new TextEncoder().encode("a1,Agency\n"));
          controller.close();
        };
      },
    });
    const headers = { "Content-Type": "text/csv" };
    return { response: api.request("/api/catalogue/agencies", { method: "PUT", headers, body }), go: () => go() };
  };
  const two = [slow(), slow()];
  const put = () =>
    api.request("/api/catalogue/agencies", {
      method: "PUT",
      headers: { "Content-Type": "text/csv" },
      body: "id,name\na2,Agency\n",
    });
  const refused = await until(async () => {
    const reply = await put();
    return reply.status === 503 && reply;
  });
  expect([refused.headers.get("retry-after"), await refused.json()]).toMatchObject(["10", { code: "catalogue_busy" }]);
  for (const { go } of two) go();
  for (const { response: result } of two) expect((await result).status).toBe(200);
  expect((await put()).status).toBe(200);
});
