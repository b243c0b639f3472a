import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { DRAW } from "../../../src/render/documents.ts";
import { buildBrief } from "../../../src/report/brief.ts";
import { buildCommission } from "../../../src/report/commission/commission.ts";
import type { DataSet, Rental, Sale } from "../../../src/report/data-set.ts";
import type { DrawnKind } from "../../../src/report/documents.ts";
import { buildLeasing } from "../../../src/report/leasing/leasing.ts";
import type { ReportOptions } from "../../../src/report/options.ts";
import { buildReport } from "../../../src/report/report.ts";
import type { GatheredDataSet } from "../../../src/report/selection/surroundings.ts";
import { longDate } from "../../../src/report/wording.ts";
import { withPrograms } from "../../programs.ts";
import { options, sale } from "../data.ts";

/** A lagging source lacks its newest rows: the report must be the same as with all of them. */

setDefaultTimeout(30_000);
const TODAY = "2026-07-15";
const LAGS = { register: 84, portal: 10, crm: 0 } as const;
type SourceId = keyof typeof LAGS;
const IDS = Object.keys(LAGS) as SourceId[];

const iso = (daysAgo: number) => new Date(Date.parse(TODAY) - daysAgo * 86_400_000).toISOString().slice(0, 10);
const ago = (day: string) => (Date.parse(TODAY) - Date.parse(day)) / 86_400_000;

const row = fc.record({
  source: fc.constantFrom(...IDS),
  ago: fc.nat(900),
  property: fc.nat(25),
  price: fc.constantFrom<(number | null)[]>(null, 1, 900_000, 1_000_000, 1_300_000, 99_999_999),
  method: fc.constantFrom("auction" as const, "sold_after" as const, "private_treaty" as const),
  outcome: fc.constantFrom("sold" as const, "sold" as const, "passed_in" as const, "withdrawn" as const),
  agency: fc.constantFrom("a", "b"),
  category: fc.constantFrom("house" as const, "unit" as const),
  days: fc.option(fc.nat(60)),
  /** Is the row there yet, where its source lags that long? */
  isThere: fc.boolean(),
});
type Row = typeof row extends fc.Arbitrary<infer R> ? R : never;

/** Each source counts, and its newest row is from its newest day: both data sets end on the same. */
const rows = fc.array(row, { minLength: 5, maxLength: 40 }).map((some) => [
  ...some,
  ...IDS.flatMap((source, of) =>
    [0, 100, 115, 130, 145, 160, 175, 190, 205, 220, 235, 250].map((days, at): Row => {
      const base = { property: 100 + 20 * of + at, price: 900_000 + at, method: "auction" as const };
      const kind = { outcome: "sold" as const, agency: "a" as const, category: "house" as const, days: 9 };
      return { source, ago: days, ...base, ...kind, isThere: true };
    }),
  ),
]);

/** All rows, or those that the sources have by now. */
function dataOf(all: readonly Row[], isComplete: boolean): DataSet {
  const known = (each: Row) => isComplete || each.isThere || each.ago >= LAGS[each.source];
  const base = (each: Row, at: number) => ({
    id: `${at}`,
    address: `${each.property} Pine Street`,
    category: each.category,
    source: each.source,
    agency_ids: [each.agency],
    listed_date: each.days === null ? null : iso(each.ago + each.days),
  });
  const sales = all.map((each, at): Sale & { known: boolean } => ({
    ...base(each, at),
    ...{ sold_date: iso(each.ago), price: each.price, method: each.method, outcome: each.outcome, known: known(each) },
    agents: [{ id: each.agency === "a" ? "x" : "y" }],
  }));
  // What was let by then is known as let; what is let since, as on the market.
  const rentals = all.map((each, at): Rental => {
    const isLet = isComplete || each.ago >= LAGS[each.source];
    return {
      ...base(each, at),
      listed_date: iso(each.ago + (each.days ?? 0)),
      leased_date: isLet ? iso(each.ago) : null,
      status: isLet ? "leased" : "current",
      weekly_rent: 600 + each.property,
    };
  });
  return {
    sources: IDS.map((id) => ({ id, name: id.toUpperCase(), lag_days: LAGS[id], newest: TODAY })),
    sales: sales.filter(({ known: isKnown }) => isKnown).map(({ known: _, ...each }) => each),
    rentals: rentals.filter(({ listed_date }, at) => {
      const each = all[at];
      return isComplete || each === undefined || each.isThere || ago(listed_date ?? "") >= LAGS[each.source];
    }),
    agencies: ["a", "b"].map((id) => ({ id, name: `Agency ${id}` })),
    agents: [
      { id: "x", name: "Ada", agency_id: "a" },
      { id: "y", name: "Ben", agency_id: "b" },
    ],
  };
}

const OPTIONS = options({ date: TODAY, preparedFor: "a", compare: ["Ada", "Ben"], homeOwnerPricing: "$1m-$1.5m" });
/** The same records in another suburb, too. */
const withFairlight = (data: DataSet): GatheredDataSet => ({
  ...data,
  around: [{ suburb: "Fairlight", state: "NSW", data }],
});
const BUILD: Readonly<Record<string, (data: DataSet) => object>> = {
  "the agents report": (data) => buildReport(data, OPTIONS),
  "the agents report of some suburbs": (data) =>
    buildReport(withFairlight(data), {
      ...OPTIONS,
      beside: { named: ["Fairlight NSW 2094"], surroundings: false },
    }),
  "the brief edition": (data) => buildBrief(data, OPTIONS),
  "the agency report": (data) => buildLeasing(data, OPTIONS, true),
  "the commission document": (data) => {
    const { date: _, ...model } = buildCommission(data, OPTIONS);
    return model;
  },
};

describe.each(Object.entries(BUILD))("%s", (_, build) => {
  test("says of lagged data what it says of complete data as of the same day", () => {
    fc.assert(
      fc.property(rows, (all) => {
        const lagged = build(dataOf(all, false));
        const day = "asOf" in lagged ? { as_of: String(lagged.asOf) } : {};
        expect(build({ ...dataOf(all, true), ...day })).toEqual(lagged);
      }),
      { numRuns: 80 },
    );
  });
});

/** Beside the others a source of which there is hardly a record, and whose newest ones are missing. */
function withGazette(data: DataSet, agos: readonly number[], isComplete: boolean): DataSet {
  const known = agos.filter((days) => isComplete || days >= 30);
  const base = (days: number) => ({
    ...{ id: `gazette${days}`, address: `${days} Gazette Street`, category: "house" as const, source: "gazette" },
    agency_ids: ["b"],
  });
  return {
    ...data,
    sources: [...(data.sources ?? []), { id: "gazette", name: "The Gazette", lag_days: 30, newest: TODAY }],
    sales: [
      ...(data.sales ?? []),
      ...known.map((days) => sale({ ...base(days), sold_date: iso(days), price: 800_000 })),
    ],
    rentals: [...(data.rentals ?? []), ...known.map((days) => ({ ...base(days), listed_date: iso(days) }))],
  };
}

test.each(Object.entries(BUILD))("%s counts a small source until its own end, and says so", (_, build) => {
  const crm = (isComplete: boolean, agos: readonly number[]) => {
    const all = Array.from({ length: 120 }, (_, at): Row => {
      const base = { property: at, price: 900_000 + at, method: "auction" as const, isThere: true, days: 9 };
      const kind = { outcome: "sold" as const, agency: "a" as const, category: "house" as const };
      return { ...base, ...kind, source: "crm", ago: at * 3 };
    });
    return withGazette(dataOf(all, true), agos, isComplete);
  };
  for (const agos of [[200, 29, 5], [40], [250, 31, 30, 0]]) {
    const lagged = build(crm(false, agos));
    expect(build(crm(true, agos))).toEqual(lagged);
    if ("asOf" in lagged) expect(lagged.asOf).toBe(TODAY);
    if ("method" in lagged)
      expect(JSON.stringify(lagged.method)).toContain(`covers the days up to ${longDate(iso(30))}. Its later`);
  }
});

describe("each source that lags", () => {
  const by = (source: Partial<Record<SourceId, number>>): DataSet => ({
    sources: IDS.map((id) => ({ id, name: id.toUpperCase(), lag_days: LAGS[id] })),
    agencies: [{ id: "a", name: "Alder" }],
    sales: Object.entries(source).flatMap(([id, n]) =>
      Array.from({ length: n }, (_, at) =>
        sale({
          id: `${id}${at}`,
          address: `${at} ${id} Street`,
          sold_date: iso(at * 5),
          source: id,
          agency_ids: ["a"],
        }),
      ),
    ),
  });

  /** Of one source two hundred sales of other years, of the CRM those of the last. */
  function archive(): DataSet {
    const data = by({ crm: 60 });
    const old = Array.from({ length: 200 }, (_, at) =>
      sale({ id: `old${at}`, address: `${at} Old Street`, sold_date: iso(900 + at), source: "portal" }),
    );
    return { ...data, sales: [...old, ...(data.sales ?? [])] };
  }

  test.each<[string, DataSet, number]>([
    ["one without a lag", by({ crm: 60 }), 0],
    ["one of ten days", by({ portal: 60 }), 10],
    ["the register", by({ register: 60 }), 84],
    ["the register and a CRM: the one that lags most", by({ register: 60, crm: 60 }), 84],
    ["a CRM and hardly a row of the register", by({ register: 1, crm: 60 }), 0],
    ["a CRM and so few of the register that a hundredth may be missing", by({ register: 24, crm: 70 }), 84],
    ["the register, as read on a day that the data states", { ...by({ register: 60 }), as_of: TODAY }, 84],
    [
      "the register, in a period that the data states",
      { ...by({ register: 60 }), period: { from: iso(364), to: TODAY } },
      84,
    ],
    ["a day that the data states, where none lags", { ...by({ crm: 60 }), as_of: iso(-1) }, 0],
    ["a day that the data states before the register's end", { ...by({ register: 60 }), as_of: iso(100) }, 100],
    ["a CRM, and a large archive that ended years ago", archive(), 0],
  ])("ends the 12 months: %s", (_, data, lag) => {
    expect(buildReport(data, options({ date: TODAY })).period.to).toBe(iso(lag));
  });

  test("sales after that day are in no figure, row, rank or ratio, and only lagging ones leave something to report", () => {
    const late = (change: Partial<Sale>) =>
      sale({ source: "register", sold_date: iso(20), agency_ids: ["late"], agents: [{ id: "late" }], ...change });
    const data = by({ register: 60 });
    const model = buildReport({ ...data, sales: [...(data.sales ?? []), late({ outcome: "passed_in" })] }, OPTIONS);
    expect(JSON.stringify(model)).not.toContain('"late"');
    expect(model.market[0]?.clearance.value ?? null).toBeNull();
    const onlyLate = buildReport({ ...data, agencies: [], sales: [late({ agency_ids: [], agents: [] })] }, OPTIONS);
    expect(onlyLate.verdict.sentences[0]).toStartWith("The data lists no sales in Manly in the 12 months to");
  });
});

describe("the newest quarter of a source that lags", () => {
  const test = withPrograms("pdftotext");
  const folder = mkdtempSync(join(tmpdir(), "agentlink-lag-"));
  const textOf = async (kind: DrawnKind, lag: number, changes: Partial<ReportOptions> = {}, series = false) => {
    const numbers = Array.from({ length: 100 }, (_, at) => at);
    const base = (at: number) => ({
      id: `${at}`,
      address: `${at} Pine Street`,
      category: "house" as const,
      source: "register",
      agency_ids: ["a"],
    });
    const points = [0, 3, 6, 9].map((back) => ({
      period_end: iso(15 + 30.4 * back).replace(/\d\d$/, "30"),
      ...{ period_months: 3, number_sold: 40, median_sold_price: 1_000_000 + back },
    }));
    const data: DataSet = {
      sources: [{ id: "register", name: "The Register", lag_days: lag }],
      agencies: [{ id: "a", name: "Alder" }],
      agents: [{ id: "x", name: "Ada", agency_id: "a" }],
      ...(series
        ? { market: [{ category: "house", source: "register", series: points }] }
        : {
            sales: numbers.map((at) => sale({ ...base(at), sold_date: iso(at * 8), agents: [{ id: "x" }] })),
            rentals: numbers.map((at) => ({ ...base(at), listed_date: iso(at * 8), weekly_rent: 600 })),
          }),
    };
    const path = join(folder, "report.pdf");
    await Bun.write(path, (await DRAW[kind](data, options({ date: TODAY, ...changes }), () => {})).bytes);
    return (await Bun.$`pdftotext -raw ${path} -`.text()).replace(/\s+/g, " ");
  };
  const KINDS: readonly (readonly [string, DrawnKind, Partial<ReportOptions>, boolean, readonly RegExp[]])[] = [
    [
      "in the agents report: tile, chart, tables, method",
      ...(["agents", {}, false] as const),
      [
        /; newest records provisional/,
        /\w{3} 26 \(p\)/,
        /Sales, 12 months \(p\)/,
        /newest quarter is provisional \(p\)/,
      ],
    ],
    [
      "of a source's own series",
      ...(["agents", {}, true] as const),
      [/; newest records provisional/, /\w{3} 26 \(p\)/, /The Register by 84 days/],
    ],
    ["in its brief edition", "agents_brief", {}, false, [/The newest quarter is provisional/]],
    ["in the agency report", "agency", {}, false, [/; newest records provisional/, /\w{3} 26 \(p\)/, /by 84 days/]],
    ["in the brief edition of that", "agency", { edition: "brief" }, false, [/The newest quarter is provisional/]],
  ];

  test.each(KINDS)("is marked %s", async (_, kind, changes, series, marks) => {
    const [late, prompt] = [await textOf(kind, 84, changes, series), await textOf(kind, 0, changes, series)];
    for (const mark of marks) expect(late).toMatch(mark);
    expect(prompt).not.toMatch(/provisional|\(p\)/);
  });
});
