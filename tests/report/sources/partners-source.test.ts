import { afterEach, expect, test } from "bun:test";
import { createOutbound } from "../../../src/outbound/outbound.ts";
import type { DataSet } from "../../../src/report/data-set.ts";
import { confirms, readRows } from "../../../src/report/partners/responses.ts";
import { createPartnersSource, type PartnersOptions } from "../../../src/report/sources/partners.ts";
import { dataSet, sale } from "../data.ts";

const LOCALITY = { suburb: "Manly", state: "NSW", postcode: "2095" } as const;
const DATA: DataSet = dataSet({
  sales: [sale({ agents: [{ id: "x" }] }), sale({ agents: [{ id: "x" }, { id: "y", role: "co" }] })],
});

type Question = Readonly<Record<string, string>>;
let close = () => {};
afterEach(() => close());

/** The two webhooks of the old service at one address, as strict as they were. */
function hook(response: (question: Question) => unknown | Promise<unknown>, changes: Partial<PartnersOptions> = {}) {
  const requested: Question[] = [];
  const problem: string[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      if (request.method !== "POST" || request.headers.get("content-type") !== "application/json")
        return new Response("", { status: 400 });
      const question = (await request.json()) as Question;
      requested.push(question);
      const said = await response(question);
      return said instanceof Response ? said : Response.json(said);
    },
  });
  close = () => void server.stop(true);
  const source = createPartnersSource({
    url: `http://127.0.0.1:${server.port}/hook`,
    outbound: createOutbound({ allowHosts: [`127.0.0.1:${server.port}`], allowHttp: true }),
    draw: async (dataUri) => ({ picture: dataUri, pixels: 1 }),
    cacheMs: 60_000,
    onProblem: (reason) => problem.push(reason),
    ...changes,
  });
  const partners = async () =>
    (JSON.parse(await source.withPartners(JSON.stringify(DATA), LOCALITY)) as DataSet).partners;
  return { requested, problem, partners, address: `http://127.0.0.1:${server.port}` };
}

const ROW = {
  ...{ "Agent Name": "Ada Ash", Agency: "Alder", Tier: "Featured Plus", "Manual figures": "Yes" },
  ...{ "Total sales": "31", "Median sold price": "$1,250,000", "Total sales value": 40_000_000 },
};

test("the partners of a suburb and whether its agents are some are requested in the old way, once while they are cached", async () => {
  const { requested, partners } = hook((question) =>
    "agent_name" in question ? question.agent_name === "Yusuf" : [ROW, { "Agent Name": "" }],
  );
  expect(await partners()).toEqual([
    {
      ...{ id: "listed:adaash", agent: "Ada Ash", agency: "Alder", tier: "featured_plus", photo: null, logo: null },
      ...{ sales: 31, median_price: 1_250_000, sales_value: 40_000_000 },
    },
    { id: "asked:yusuf", agent: "Yusuf", tier: "standard" },
  ]);
  expect(requested).toEqual([
    { suburb: "Manly", state: "NSW" },
    { agent_name: "Xanthe", suburb: "Manly", state: "NSW" },
    { agent_name: "Yusuf", suburb: "Manly", state: "NSW" },
  ]);
  await partners();
  expect(requested).toHaveLength(3);
});

test("figures that are not entered manually are not taken, and an empty list is no partner", async () => {
  const { partners } = hook((question) => ("agent_name" in question ? false : [{ ...ROW, "Manual figures": false }]));
  expect((await partners())?.[0]).toMatchObject({
    agent: "Ada Ash",
    sales: null,
    median_price: null,
    sales_value: null,
  });
  const empty = hook((question) => ("agent_name" in question ? "false" : [{ name: "" }]));
  expect(await empty.partners()).toBeUndefined();
});

test("photos and logos are fetched from their addresses", async () => {
  const png = Buffer.from("89504e470d0a1a0a00", "hex");
  const pictures = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response(png) });
  const host = `127.0.0.1:${pictures.port}`;
  const own = hook((question) =>
    "agent_name" in question
      ? false
      : [{ ...ROW, "Agent photo": `http://${host}/a.png`, "Agency logo": "not an address" }],
  );
  const outbound = createOutbound({ allowHosts: [host, own.address.slice(7)], allowHttp: true });
  const source = createPartnersSource({
    url: `${own.address}/hook`,
    outbound,
    draw: async (picture) => ({ picture, pixels: 1 }),
    cacheMs: 0,
  });
  const { partners } = JSON.parse(await source.withPartners(JSON.stringify(DATA), LOCALITY)) as DataSet;
  pictures.stop(true);
  expect(partners?.[0]).toMatchObject({ photo: `data:image/jpeg;base64,${png.toString("base64")}`, logo: null });
});

test.each([
  ["is away", () => new Response("", { status: 503 })],
  ["responds with what is no JSON", () => new Response("<html>")],
  ["responds with something else", () => ({ ok: true })],
  ["never responds", () => new Promise(() => {})],
  ["responds with more than is read", () => "x".repeat(2_000_000)],
] as const)("where it %s the data set is as it was", async (_, reply) => {
  const { partners } = hook(reply as () => unknown, { timeoutMs: 200 });
  expect(await partners()).toBeUndefined();
});

test("an address inside that the operator did not allow is not asked, and after a failure it is not called for a while", async () => {
  const refused = hook(() => [ROW], { outbound: createOutbound({ allowHosts: [], allowHttp: true }) });
  expect([await refused.partners(), refused.requested.length, refused.problem.length]).toEqual([undefined, 0, 1]);
  close();
  let at = 0;
  const broken = hook(() => new Response("", { status: 500 }), { now: () => new Date(at) });
  await broken.partners();
  const before = broken.requested.length;
  await broken.partners();
  expect(broken.requested).toHaveLength(before);
  at = 61_000;
  await broken.partners();
  expect(broken.requested.length).toBeGreaterThan(before);
});

/** The same two partners as people name the columns of their sheets, and as Make passes rows. */
const SPELLINGS: readonly (readonly [string, unknown])[] = [
  [
    "in snake case, with a status beside the tier",
    [
      {
        ...{ status: "active", agent_name: "Ada Ash", agency_name: "Alder", tier: "featured_plus", is_manual: true },
        ...{ total_sales: 31, median_sold_price: 1_250_000, total_sales_value: 40_000_000 },
        ...{ agency_logo_url: "https://example.com/logo.png", agent_photo_url: "https://example.com/ada.jpg" },
      },
    ],
  ],
  [
    "in camel case, within an object",
    {
      partners: [
        {
          ...{ type: "agent", fullName: "Ada Ash", realEstateAgency: "Alder", partnerTier: "FEATURED PLUS" },
          ...{ enteredManually: "yes", salesCount: "31", medianPrice: "$1,250,000", salesValue: "$40,000,000" },
          ...{ agencyImage: "https://example.com/logo.png", image: "https://example.com/ada.jpg" },
        },
      ],
    },
  ],
  [
    "as words with blanks, one row alone",
    {
      ...{ Name: " Ada Ash ", Agency: "Alder", Level: "Featured+", "Manual stats?": "TRUE", "Number of sales": "31" },
      ...{ "Median Sold Price": "1250000", "Total Sales Value": "40,000,000" },
      ...{ "Agency Logo": "https://example.com/logo.png", "Agent Headshot": "https://example.com/ada.jpg" },
    },
  ],
  ["as lists, in the old order", [rowInOrder()]],
  ["by the numbers of the columns", [Object.fromEntries(rowInOrder().map((value, index) => [String(index), value]))]],
];

function rowInOrder(): readonly unknown[] {
  const figures = [31, "$1,250,000", 40_000_000];
  const pictures = ["https://example.com/ada.jpg", "https://example.com/logo.png"];
  return ["Ada Ash", "Alder", "featured plus", "true", ...figures, ...pictures];
}

test.each(SPELLINGS)("a list %s says the same", (_, result) => {
  expect(readRows(result)).toEqual([
    {
      partner: {
        ...{ id: "listed:adaash", agent: "Ada Ash", agency: "Alder", tier: "featured_plus" },
        ...{ sales: 31, median_price: 1_250_000, sales_value: 40_000_000 },
      },
      photo: "https://example.com/ada.jpg",
      logo: "https://example.com/logo.png",
    },
  ]);
});

test("whether an agent is one may be a word, or the only one in an object or a list", () => {
  expect([true, "true", "Yes", 1, { partner: true }, [true], { result: "yes" }].map(confirms)).not.toContain(false);
  expect([false, "false", "", null, undefined, {}, [], { ok: true }, [true, false]].map(confirms)).not.toContain(true);
});
