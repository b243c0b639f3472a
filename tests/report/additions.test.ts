import { Database } from "bun:sqlite";
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import fc from "fast-check";
import { DRAW } from "../../src/render/documents.ts";
import type { DataSet, Sale } from "../../src/report/data-set.ts";
import type { ReportOptions } from "../../src/report/options.ts";
import { buildReport } from "../../src/report/report.ts";
import { SECTION_NAMES } from "../../src/report/request/request.ts";
import { withPrograms } from "../programs.ts";
import { dataSet, options, sale } from "./data.ts";

/** What a request can add to a report, beside SQL over the raw rows, and what is shown of none, one, two, four and five sales. */

const AGENCIES = ["a", "b", "c", "d"];
const AGENTS = ["w", "x", "y", "z"];

/** Each on another property; all within the year. */
const rows = fc
  .array(
    fc.record({
      ago: fc.nat(364),
      price: fc.option(fc.integer({ min: 600_000, max: 2_400_000 }), { freq: 5 }),
      listed: fc.option(fc.nat(90)),
      ask: fc.option(fc.integer({ min: 700_000, max: 2_400_000 })),
      beds: fc.option(fc.nat(7)),
      category: fc.constantFrom("house" as const, "unit" as const),
      method: fc.constantFrom("auction" as const, "private_treaty" as const, "not_stated" as const),
      agencies: fc.uniqueArray(fc.constantFrom(...AGENCIES), { minLength: 1, maxLength: 3 }),
      agents: fc.uniqueArray(fc.constantFrom(...AGENTS), { maxLength: 3 }),
      suburb: fc.constantFrom(null, "Fairlight", "Mosman"),
      north: fc.option(fc.nat(40)),
    }),
    { maxLength: 40 },
  )
  .map((all) =>
    all.map((each, at): Sale & { readonly ago: number } => ({
      ...{ id: `r${at}`, address: `${at + 1} Kelp Street`, ago: each.ago },
      ...{ category: each.category, beds: each.beds, price: each.price, method: each.method, suburb: each.suburb },
      sold_date: day(each.ago),
      listed_date: each.listed === null ? null : day(each.ago + each.listed),
      first_ask: { from: each.ask },
      agency_ids: each.agencies,
      agents: each.agents.map((id, of) => ({ id, role: of === 0 ? ("lead" as const) : ("co" as const) })),
      ...(each.north === null ? {} : { lat: -33.8 + each.north * 0.001, lon: 151.285 }),
    })),
  );

const day = (ago: number) => new Date(Date.UTC(2026, 5, 30 - ago)).toISOString().slice(0, 10);

function dataOf(sales: readonly Sale[]): DataSet {
  return dataSet({
    agencies: AGENCIES.map((id) => ({ id, name: `Agency ${id}` })),
    agents: AGENTS.map((id) => ({ id, name: `Agent ${id}`, agency_id: "a" })),
    sales: sales.map(({ ...each }) => each),
  });
}

/** The raw rows in three tables. */
function database(sales: readonly (Sale & { readonly ago: number })[]): Database {
  const db = new Database(":memory:");
  db.run("CREATE TABLE s (id, price, days, ask, beds, category, method, suburb, lat)");
  db.run("CREATE TABLE agency (sale, id)");
  db.run("CREATE TABLE agent (sale, id, lead)");
  for (const each of sales) {
    const listed = each.listed_date
      ? (Date.parse(each.sold_date ?? "") - Date.parse(each.listed_date)) / 86_400_000
      : null;
    const values = [each.id, each.price ?? null, listed, each.first_ask?.from ?? null, each.beds ?? null];
    const rest = [each.category, each.method ?? null, each.suburb ?? null, each.lat ?? null];
    db.prepare("INSERT INTO s VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)").run(...values, ...rest);
    for (const id of each.agency_ids ?? []) db.prepare("INSERT INTO agency VALUES (?, ?)").run(each.id, id);
    for (const { id, role } of each.agents ?? [])
      db.prepare("INSERT INTO agent VALUES (?, ?, ?)").run(each.id, id, role === "lead" ? 1 : 0);
  }
  return db;
}

function open(sales: readonly (Sale & { readonly ago: number })[]) {
  const db = database(sales);
  const one = (sql: string, ...values: (string | number)[]): number | null =>
    (Object.values(db.prepare(sql).get(...values) as object)[0] as number | null) ?? null;
  return {
    one,
    count: (where: string, ...values: (string | number)[]) =>
      one(`SELECT count(*) FROM s WHERE ${where}`, ...values) ?? 0,
    /** The middle of an expression over sales, from `least` values on. */
    median(expression: string, where: string, values: readonly (string | number)[], least = 3): number | null {
      const sql = `WITH v AS (SELECT ${expression} AS x FROM s WHERE (${where}) AND ${expression} IS NOT NULL ORDER BY 1),
        n AS (SELECT count(*) AS n FROM v)
        SELECT CASE WHEN (SELECT n FROM n) < ${least} THEN NULL ELSE avg(x) END
        FROM (SELECT x FROM v LIMIT 2 - (SELECT n FROM n) % 2 OFFSET (SELECT (n - 1) / 2 FROM n))`;
      return one(sql, ...values);
    },
  };
}

const AGENT = "id IN (SELECT sale FROM agent WHERE id = ?)";
const AGENCY = "id IN (SELECT sale FROM agency WHERE id = ?)";
/** Less than a tenth of an ask, or ten times it, is none: none here is. */
const DISCOUNT = "CASE WHEN method = 'private_treaty' THEN (ask - price) * 100.0 / ask END";
const close = (found: number | null | undefined, expected: number | null) =>
  expected === null ? expect(found).toBeNull() : expect(found ?? Number.NaN).toBeCloseTo(expected, 6);
/** The gazetteer is read with the first. */
setDefaultTimeout(30_000);
const runs = { numRuns: 80 };

describe.each([
  ["agents", AGENTS, AGENT, "agent"],
  ["agencies", AGENCIES, AGENCY, "agency"],
] as const)("%s side by side", (_, ids, where, table) => {
  test("two to four of them have the figures that SQL has of the raw rows", () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 2, max: 4 }), (sales, many) => {
        const db = open(sales);
        const beside = { named: ["Fairlight NSW 2094", "Mosman NSW 2088"], surroundings: false };
        const model = buildReport(dataOf(sales), options({ compare: ids.slice(0, many), beside }));
        const all = db.count("1");
        // Of sales without names it is not known whose they are.
        const isNamed = db.one(`SELECT count(*) FROM ${table}`) !== 0;
        const thirds = model.comparison?.columns.find(({ practice }) => practice?.tiers)?.practice?.tiers?.edges;
        if (thirds) {
          const below = db.count("price < ?", thirds[0]);
          const priced = db.count("price IS NOT NULL");
          // The limit is rounded as it is printed: prices next to it may be on either side.
          const near = db.count("price BETWEEN ? AND ?", thirds[0] * 0.99, thirds[0] * 1.01);
          expect(below).toBeGreaterThanOrEqual(Math.floor(priced / 3) - 1 - near);
          expect(below).toBeLessThanOrEqual(Math.ceil(priced / 3) + near);
        }
        expect(model.comparison?.columns.map(({ id }) => id)).toEqual(ids.slice(0, many));
        for (const column of model.comparison?.columns ?? []) {
          const own = db.count(where, column.id);
          expect(column.sales.value).toBe(isNamed ? own : null);
          close(column.median.value, db.median("price", where, [column.id]));
          close(column.daysOnMarket.value, db.median("days", where, [column.id]));
          close(column.vendorDiscount.value, db.median(DISCOUNT, where, [column.id]));
          close(column.saleToList.value, db.median("price * 100.0 / ask", where, [column.id], 5));
          if (isNamed) close(column.share.value, (own * 100) / all);
          close(column.value.value, db.one(`SELECT sum(price) FROM s WHERE ${where}`, column.id));
          if (table === "agent" && isNamed)
            expect(column.lead?.value).toBe(db.one("SELECT count(*) FROM agent WHERE id = ? AND lead", column.id));
          const joint = db.count(`${where} AND (SELECT count(*) FROM ${table} t WHERE t.sale = s.id) > 1`, column.id);
          expect(column.practice === null).toBe(own === 0);
          if (column.practice === null) continue;
          expect([column.practice.solo, column.practice.joint]).toEqual([own - joint, joint]);
          const stated = db.count(`${where} AND method <> 'not_stated'`, column.id);
          const shown: (string | number)[][] = column.practice.methods.map(({ method, n, of }) => [method, n, of]);
          const expected = ["auction", "private_treaty"]
            .map((method) => [method, db.count(`${where} AND method = ?`, column.id, method), stated])
            .filter(([, n]) => n !== 0);
          expect(shown.sort()).toEqual(stated < 3 ? [] : expected.sort());
          const { tiers } = column.practice;
          if (tiers === null) continue;
          expect(db.count("price IS NOT NULL")).toBeGreaterThanOrEqual(9);
          expect([...tiers.counts]).toEqual([
            db.count(`${where} AND price < ?`, column.id, tiers.edges[0]),
            db.count(`${where} AND price >= ? AND price < ?`, column.id, ...tiers.edges),
            db.count(`${where} AND price >= ?`, column.id, tiers.edges[1]),
          ]);
        }
      }),
      runs,
    );
  });
});

test("several suburbs in one report: each has its own rows, and together they are all", () => {
  fc.assert(
    fc.property(rows, (sales) => {
      const db = open(sales);
      const beside = { named: ["Fairlight NSW 2094", "Mosman NSW 2088"], surroundings: false };
      const model = buildReport(dataOf(sales), options({ beside }));
      expect(model.suburbs.map(({ name }) => name)).toEqual(["Manly", "Fairlight", "Mosman"]);
      for (const { name, sales: n, median, daysOnMarket } of model.suburbs) {
        const where = name === "Manly" ? "suburb IS NULL" : `suburb = '${name}'`;
        expect(n).toBe(db.count(where));
        close(median.value, db.median("price", where, []));
        close(daysOnMarket.value, db.median("days", where, []));
      }
      expect(model.agencies.totalSales).toBe(db.count("1"));
      for (const { id, ownSales } of model.agencies.rows)
        expect(ownSales).toBe(db.count(`${AGENCY} AND suburb IS NULL`, id));
      // Alone, the suburb has its own only, and Method states how many are elsewhere.
      const single = buildReport(dataOf(sales), options());
      expect(single.agencies.totalSales).toBe(db.count("suburb IS NULL"));
    }),
    runs,
  );
});

test("medians by bedrooms, comparable sales and points on the map are those that SQL finds", () => {
  fc.assert(
    fc.property(rows, fc.nat(6), fc.integer({ min: 1, max: 4 }), (all, bedrooms, radius_km) => {
      const sales = all.map((each) => ({ ...each, suburb: null }));
      const db = open(sales);
      const price = 1_200_000;
      const subject = { address: "99 Ocean Road", bedrooms, price, lat: -33.78, lon: 151.285, radius_km };
      const model = buildReport(dataOf(sales), options({ subject }));
      for (const { category, bedrooms: sizes } of model.market) {
        for (const { bedrooms: n, orMore, sales: count, median, daysOnMarket } of sizes) {
          const where = `category = '${category}' AND beds ${orMore ? ">=" : "="} ${n}`;
          expect(count.value).toBe(db.count(where));
          close(median.value, db.median("price", where, []));
          close(daysOnMarket.value, db.median("days", where, []));
        }
        if (sizes.length === 0)
          for (const n of [0, 1, 2, 3, 4])
            expect(db.median("price", `category = '${category}' AND beds = ${n}`, [])).toBeNull();
      }
      const alike = "abs(beds - ?) <= 1 AND price BETWEEN 900000 AND 1500000 AND abs(lat + 33.78) * 111.195 <= ?";
      const found = model.comparables;
      expect(found?.total).toBe(db.count(alike, bedrooms, radius_km));
      close(found?.median.value, db.median("price", alike, [bedrooms, radius_km]));
      expect(found?.lower.value === null).toBe((found?.total ?? 0) < 5);
      expect(model.locator?.sales).toHaveLength(db.count("lat IS NOT NULL"));
    }),
    runs,
  );
});

describe("of few sales is shown what these can say", () => {
  const model = (n: number) =>
    buildReport(
      dataSet({
        sales: Array.from({ length: n }, (_, at) =>
          sale({
            ...{ beds: 3, method: "private_treaty", first_ask: { from: 2_200_000 }, price: 2_000_000 + at },
            agents: [{ id: "x" }, { id: "z", role: "co" }],
            agency_ids: ["a", "b"],
          }),
        ),
      }),
      options({ compare: ["x", "z"], subject: { address: "99 Ocean Road", bedrooms: 3 } }),
    );
  test.each([
    [0, { bedrooms: 0, median: false, discount: false, list: false, methods: 0, middle: false, total: 0 }],
    [1, { bedrooms: 0, median: false, discount: false, list: false, methods: 0, middle: false, total: 1 }],
    [2, { bedrooms: 0, median: false, discount: false, list: false, methods: 0, middle: false, total: 2 }],
    [4, { bedrooms: 1, median: true, discount: true, list: false, methods: 1, middle: false, total: 4 }],
    [5, { bedrooms: 1, median: true, discount: true, list: true, methods: 1, middle: true, total: 5 }],
  ])("%d", (n, shown) => {
    const { market, comparison, comparables, verdict } = model(n);
    const [column] = comparison?.columns ?? [];
    expect({
      bedrooms: market[0]?.bedrooms.length ?? 0,
      median: (column?.median.value ?? null) !== null,
      discount: (column?.vendorDiscount.value ?? null) !== null,
      list: (column?.saleToList.value ?? null) !== null,
      methods: column?.practice?.methods.length ?? 0,
      middle: (comparables?.lower.value ?? null) !== null,
      total: comparables?.total ?? 0,
    }).toEqual(shown);
    // Nine prices make thirds, so many none.
    expect(column?.practice?.tiers ?? null).toBeNull();
    expect(verdict.sentences.join(" ")).not.toMatch(/NaN|undefined|\b1 sales\b/);
  });
});

withPrograms("pdftotext")(
  "methods that tie for the most are all named; sales with others have several agents",
  async () => {
    const sales = Array.from({ length: 12 }, (_, at) =>
      sale({
        method: at % 4 < 2 ? "auction" : "private_treaty",
        agents: [{ id: at % 2 ? "x" : "z" }, ...(at < 4 ? [{ id: at % 2 ? "z" : "x", role: "co" as const }] : [])],
      }),
    );
    const compared = options({ compare: ["x", "z"], sections: ["comparison", "cards"] });
    const { bytes } = await DRAW.agents(dataSet({ sales }), compared, () => {});
    const text = (await Bun.$`pdftotext -layout - - < ${Buffer.from(bytes)}`.text()).replace(/\s+/g, " ");
    expect(text).toContain("With others 4 4");
    expect(text).toMatch(/Main method Auction and private treaty, 50%\*? each Auction and private treaty, 50%\*? each/);
    expect(text).toMatch(/4 alone, 4 with others · 50%\*? auction · 50%\*? private treaty/);
  },
);

describe("who lives there", () => {
  const suburb = { name: "Manly", state: "NSW" as const, postcode: "2095" };
  const localityOf = (known: object) =>
    buildReport(dataSet({ suburb: { ...suburb, ...known }, sales: [sale()] }), options()).locality;

  test("is as the source has it, and unknown is not 0", () => {
    const all = { population: 16_296, dwellings: 8_412, owner_pct: 48.6, renter_pct: 44.1, age: "30 to 39" };
    expect(localityOf(all)).toMatchObject({ population: 16_296, owners: 48.6, tenants: 44.1, age: "30 to 39" });
    expect(localityOf({})).toMatchObject({ population: null, dwellings: null, owners: null, tenants: null, age: null });
    expect(localityOf({ owner_pct: 0 })).toMatchObject({ owners: 0, tenants: null });
    // More than all homes: one of the two is wrong, and it is unknown which.
    expect(localityOf({ owner_pct: 80, renter_pct: 60 })).toMatchObject({ owners: null, tenants: null });
  });

  withPrograms("pdftotext")(
    "is never all or none by rounding, and of the suburb itself where others count",
    async () => {
      const data = dataSet({
        suburb: { ...suburb, population: 900, owner_pct: 99.7, renter_pct: 0.2 },
        sales: [sale()],
      });
      const textOf = async (beside: NonNullable<ReportOptions["beside"]> | null) => {
        const { bytes } = await DRAW.agents(data, options({ beside }), () => {});
        return (await Bun.$`pdftotext -raw - - < ${Buffer.from(bytes)}`.text()).replace(/\s+/g, " ");
      };
      expect(await textOf(null)).toContain(" Population 900. Owner-occupied 99%. Rented 1%.");
      const wide = await textOf({ named: ["Mosman NSW 2088"], surroundings: false });
      expect(wide).toContain("Manly itself: Population 900. Owner-occupied 99%. Rented 1%.");
      expect(wide).toContain("Mosman – – –");
    },
  );
});

describe("the parts of a report are those that the request chooses", () => {
  const test = withPrograms("pdftotext");
  const TITLES: Readonly<Record<string, string>> = {
    market: "The market",
    agencies: "The agencies",
    agents: "The agents",
    cards: "The top agents",
    comparison: "Side by side",
    comparables: "Comparable sales",
    "price-bands": "Price bands",
    sales: "Recent sales",
  };

  test.each([[["market"]], [["comparison", "comparables"]], [["agents", "cards", "sales"]]])("%p", async (sections) => {
    const sales = Array.from({ length: 12 }, (_, at) =>
      sale({ beds: 3, agents: [{ id: at % 2 === 0 ? "x" : "z" }], agency_ids: [at % 2 === 0 ? "a" : "b"] }),
    );
    const compared = options({
      ...{ compare: ["x", "z"], subject: { address: "99 Ocean Road", bedrooms: 3 } },
      sections: SECTION_NAMES.filter((name) => sections.includes(name)),
    });
    const { bytes } = await DRAW.agents(dataSet({ sales }), compared, () => {});
    const text = (await Bun.$`pdftotext - - < ${Buffer.from(bytes)}`.text()).replace(/\s+/g, " ");
    const contents = text.slice(0, text.indexOf("The verdict", text.indexOf("Method")));
    for (const [name, title] of Object.entries(TITLES))
      expect([title, contents.includes(title)]).toEqual([title, sections.includes(name)]);
    expect(contents).toContain("Method");
  });
});
