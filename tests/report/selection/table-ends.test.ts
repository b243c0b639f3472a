import { describe, expect, test } from "bun:test";
import type { DataSet } from "../../../src/report/data-set.ts";
import { toDay, toIso } from "../../../src/report/figures/days.ts";
import { buildLeasing } from "../../../src/report/leasing/leasing.ts";
import { buildReport } from "../../../src/report/report.ts";
import type { CatalogueKind } from "../../../src/report/sources/catalogue.ts";
import { complete } from "../../../src/report/sources/domain/merge.ts";
import { gatherDataSet } from "../../../src/report/sources/gather.ts";
import type { DataSetSource } from "../../../src/report/sources/source.ts";
import { options } from "../data.ts";
import { bytes, MANLY, newCatalogueWorld } from "../sources/catalogue-world.ts";

/**
 * A quiet suburb in a table that ends on 30 June is covered to 30 June, though its own newest sale is older; and no
 * further than the tables that it is in.
 */

const OPTIONS = options({ date: "2026-08-20" });
const sold = (suburb: string, ...days: readonly string[]) =>
  days.map((day, at) => ({
    ...{ id: `${suburb}${day}${at}`, address: `${at + 1} Pine Street`, category: "house" as const, sold_date: day },
    ...{ price: 900_000, agency_ids: ["a"], suburb, state: "NSW" as const },
  }));
const let_ = (suburb: string, day: string) => ({
  ...{ id: `${suburb}${day}`, address: "1 Pine Street", category: "unit", listed_date: day, weekly_rent: 600 },
  ...{ suburb, state: "NSW" },
});
const csv = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).join("\n");

describe("posted rows of several suburbs", () => {
  const endOf = (data: object) => buildReport(data, OPTIONS).period.to;
  const rows = [...sold("Manly", "2026-05-12", "2026-02-01"), ...sold("Bondi", "2026-06-30")];

  test("show how far the data goes, with and without a source", () => {
    expect(endOf({ sales: rows })).toBe("2026-06-30");
    const sources = [{ id: "crm", name: "CRM" }];
    expect(endOf({ sources, sales: rows.map((row) => ({ ...row, source: "crm" })) })).toBe("2026-06-30");
    const lagging = [{ id: "crm", name: "CRM", lag_days: 30 }];
    expect(endOf({ sources: lagging, sales: rows.map((row) => ({ ...row, source: "crm" })) })).toBe("2026-05-31");
  });

  test("do not with a day after today, with rows of another source, or where nothing is of elsewhere", () => {
    expect(endOf({ sales: [...rows, ...sold("Bondi", "2026-12-01")] })).toBe("2026-06-30");
    const sources = ["crm", "gazette"].map((id) => ({ id, name: id }));
    const mixed = rows.map((row) => ({ ...row, source: row.suburb === "Manly" ? "crm" : "gazette" }));
    expect(endOf({ sources, sales: mixed })).toBe("2026-05-12");
    expect(endOf({ sales: sold("Manly", "2026-05-12") })).toBe("2026-05-12");
    expect(endOf({ sales: sold("Manly", "2026-05-12"), newest: "2026-06-30" })).toBe("2026-06-30");
  });

  test("do so for rental listings, too, each kind for itself", () => {
    const rentals = [let_("Manly", "2026-05-12"), let_("Bondi", "2026-06-28")] as never;
    expect(buildLeasing({ rentals, sales: sold("Bondi", "2026-07-30") }, OPTIONS).period.to).toBe("2026-06-28");
  });
});

describe("the catalogue", () => {
  const world = newCatalogueWorld();
  const put = (kind: CatalogueKind, rows: readonly object[]) => world.put(kind, "ndjson", csv(rows));
  const end = () => buildReport(world.read(), OPTIONS).period.to;
  const leasingEnd = () =>
    buildLeasing(JSON.parse(world.catalogue.dataSet(MANLY, "rentals") ?? "{}"), OPTIONS).period.to;
  const quiet = sold("Manly", "2026-05-12", "2026-02-01");

  test("ends a quiet suburb where its table ends, also when the same table comes again with later rows", async () => {
    await put("sales", [...quiet, ...sold("Bondi", "2026-06-30")]);
    expect(end()).toBe("2026-06-30");
    await put("sales", [...quiet, ...sold("Bondi", "2026-06-30", "2026-07-31")]);
    expect(end()).toBe("2026-07-31");
    await put("sales", sold("Bondi", "2026-08-10"));
    expect(end()).toBe("2026-07-31");
  });

  test("ends it with its own newest sale where a table that goes further has nothing of it", async () => {
    await put("sales", quiet);
    await put("sales", sold("Bondi", "2026-06-30"));
    expect(end()).toBe("2026-05-12");
  });

  test("takes two files of one import for two tables, and drops what is staged again", async () => {
    const session = world.catalogue.startImport();
    const staged = (rows: readonly object[]) => session.read("sales", "ndjson", bytes(csv(rows)));
    await staged([...quiet, ...sold("Bondi", "2026-05-20")]);
    await staged(sold("Bondi", "2026-06-30"));
    const mark = session.mark();
    await staged([...quiet, ...sold("Bondi", "2026-07-30")]);
    session.resetTo(mark);
    await session.commit();
    expect(end()).toBe("2026-05-20");
  });

  test("forgets how far a table went with an undo, a removal and a clearing", async () => {
    await put("sales", quiet);
    const far = [...quiet, ...sold("Bondi", "2026-06-30")];
    await put("sales", far);
    const [latest] = world.catalogue.imports(1);
    await world.catalogue.undo(latest?.id ?? 0);
    expect(end()).toBe("2026-05-12");
    await put("sales", far);
    await world.catalogue.remove(
      { locality: { ...MANLY, kind: "delivery", latitude: 0, longitude: 0 } as never },
      "test",
    );
    await put("sales", quiet);
    expect(end()).toBe("2026-05-12");
    await put("sales", far);
    await world.catalogue.clear("sales");
    await put("sales", quiet);
    expect(end()).toBe("2026-05-12");
  });

  test("knows it of a source that is named, too: listed or not, as stated, and of rentals by rentals", async () => {
    const from = (source: string, rows: readonly object[]) => rows.map((row) => ({ ...row, source }));
    await put("sales", from("crm", [...quiet, ...sold("Bondi", "2026-06-30")]));
    expect(end()).toBe("2026-06-30");
    await put("sources", [{ id: "crm", name: "CRM" }]);
    expect(end()).toBe("2026-06-30");
    await put("rentals", from("crm", [let_("Manly", "2026-05-12"), let_("Bondi", "2026-05-30")]));
    expect(leasingEnd()).toBe("2026-05-30");
    await put("sources", [{ id: "crm", name: "CRM", newest: "2026-07-10" }]);
    expect([end(), leasingEnd()]).toEqual(["2026-07-10", "2026-07-10"]);
  });

  test("ends rentals without a source where their table ends, and not where that of the sales does", async () => {
    await put("rentals", [let_("Manly", "2026-05-12"), let_("Bondi", "2026-05-30")]);
    await put("sales", [...quiet, ...sold("Bondi", "2026-06-30")]);
    expect(leasingEnd()).toBe("2026-05-30");
  });

  test("brings it along where its rows are beside Domain's", async () => {
    await put("sales", [...quiet, ...sold("Bondi", "2026-06-30")]);
    const joined = complete(
      { suburb: { name: "Manly", state: "NSW" }, sources: [{ id: "domain", name: "Domain" }] },
      world.read(),
    );
    expect(joined.newest).toBeUndefined();
    expect(buildReport(joined, OPTIONS).period.to).toBe("2026-06-30");
  });
});

describe("a report of several suburbs", () => {
  const world = newCatalogueWorld();
  const put = (rows: readonly object[], kind: CatalogueKind = "sales") => world.put(kind, "ndjson", csv(rows));
  const beside = { named: ["Fairlight NSW", "Freshwater NSW"], surroundings: false };
  const gathered = async (sources: readonly DataSetSource[], of: "sales" | "rentals" = "sales") =>
    JSON.parse((await gatherDataSet(sources, MANLY, beside, of)) ?? "{}") as DataSet;
  const report = async (source: DataSetSource = world.catalogue) =>
    buildReport(await gathered([source]), { ...OPTIONS, beside });
  /** Sales, one in each week to that day. */
  const weekly = (suburb: string, to: string, n: number) =>
    sold(suburb, ...Array.from({ length: n }, (_, at) => toIso(toDay(to) - 7 * at)));

  test("ends where the first of their tables ends, and of one that is hardly of any at its own end", async () => {
    await put(weekly("Manly", "2026-07-31", 20));
    await put([...weekly("Fairlight", "2026-05-12", 10), ...sold("Bondi", "2026-06-30")]);
    expect((await report()).period.to).toBe("2026-06-30");
    await put([...weekly("Freshwater", "2026-07-20", 10)]);
    const first = await report();
    expect(first.period.to).toBe("2026-06-30");
    expect(first.method.coverage).toContain(
      "The 12 months end on 30 June 2026, as the data on Fairlight covers no later day; other data continues to 31 July 2026.",
    );
    // The file that has Fairlight comes again.
    await put([...weekly("Fairlight", "2026-05-12", 10), ...sold("Bondi", "2026-08-02")]);
    expect((await report()).period.to).toBe("2026-07-20");
  });

  test("goes on where an older table has hardly a sale of it, which Method states, and not where two have some", async () => {
    await put(weekly("Manly", "2026-07-31", 40));
    await put(weekly("Fairlight", "2026-05-12", 3));
    const { period, method } = await report();
    expect(period.to).toBe("2026-07-31");
    expect(method.coverage.join(" ")).toContain(
      "The data on Fairlight, with 3 of the 43 sales, has nothing after 12 May 2026; the period does not end there.",
    );
    await put(weekly("Freshwater", "2026-06-05", 3));
    expect((await report()).period.to).toBe("2026-06-05");
  });

  test("does so with a listed source, which is one, and with rentals by rentals", async () => {
    const from = (rows: readonly object[]) => rows.map((row) => ({ ...row, source: "crm" }));
    await put(from(weekly("Manly", "2026-07-31", 20)));
    await put([{ id: "crm", name: "CRM" }], "sources");
    await put(from(weekly("Fairlight", "2026-05-12", 10)));
    expect((await report()).period.to).toBe("2026-07-31");
    await put([let_("Manly", "2026-07-28"), let_("Manly", "2026-07-01")], "rentals");
    await put([let_("Fairlight", "2026-05-20")], "rentals");
    const rentals = await gathered([world.catalogue], "rentals");
    expect(buildLeasing(rentals, { ...OPTIONS, beside }).period.to).toBe("2026-05-20");
  });

  test("does so where the tables are beside Domain's sales", async () => {
    await put(weekly("Manly", "2026-07-31", 20));
    await put(weekly("Fairlight", "2026-05-12", 10));
    const domain = (rows: DataSet["sales"] = []): DataSet => ({
      sources: [{ id: "domain", name: "Domain", newest: "2026-08-20" }],
      sales: rows.map(({ suburb: _, ...row }) => ({ ...row, id: `d${row.id}`, source: "domain" })),
    });
    const both: DataSetSource = {
      dataSet: (locality) => {
        const own = world.catalogue.dataSet(locality);
        return own && JSON.stringify(complete(domain(weekly("Manly", "2026-03-01", 9)), JSON.parse(own) as DataSet));
      },
    };
    expect((await report(both)).period.to).toBe("2026-05-12");
  });

  test("takes the responses of a data service that state no end for one table, and others at their word", async () => {
    const service = (ends: Readonly<Record<string, Partial<DataSet>>>): DataSetSource => ({
      dataSet: ({ suburb }) =>
        JSON.stringify({
          ...ends[suburb],
          sales: weekly(suburb, suburb === "Manly" ? "2026-07-31" : "2026-05-12", 20).map(
            ({ suburb: _, state: __, ...row }) => row,
          ),
        }),
    });
    const end = async (ends: Readonly<Record<string, Partial<DataSet>>>) => (await report(service(ends))).period.to;
    expect(await end({})).toBe("2026-07-31");
    expect(await end({ Fairlight: { newest: "2026-05-20" } })).toBe("2026-05-20");
    expect(await end({ Manly: { as_of: "2026-07-31" }, Fairlight: { as_of: "2026-06-30" } })).toBe("2026-06-30");
    expect(await end({ Manly: { as_of: "2026-06-15" }, Fairlight: { as_of: "2026-06-30" } })).toBe("2026-06-15");
    const all = { as_of: "2026-06-30" };
    expect(await end({ Manly: all, Fairlight: all, Freshwater: all })).toBe("2026-06-30");
  });
});
