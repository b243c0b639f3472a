import { expect, setDefaultTimeout } from "bun:test";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { box, drawing, yielding } from "../../src/render/charts/marks.ts";
import { DRAW } from "../../src/render/documents.ts";
import { writePdf } from "../../src/render/pdf.ts";
import type { DataSet, Rental } from "../../src/report/data-set.ts";
import type { DrawnKind } from "../../src/report/documents.ts";
import { withPrograms } from "../programs.ts";
import { PROPERTY_SEED } from "../property-seed.ts";
import { options } from "../report/data.ts";
import { type Dealing, dayOf, dealingsOf, recordsOf, TODAY } from "../report/dealings.ts";
import * as rented from "../report/rentals.ts";
import { dollars, middle, name, prices, truthOf } from "../report/truth.ts";
import { objectsOf } from "./pdf-objects.ts";

/**
 * The alternative text of every figure of a report, read from the PDF, and what it claims worked out again from what
 * happened. A text that no reader below knows fails the test.
 */

setDefaultTimeout(120_000);
const test = withPrograms("qpdf");
const folder = mkdtempSync(join(tmpdir(), "agentlink-alt-"));
const SETTINGS = { seed: PROPERTY_SEED, numRuns: 4, includeErrorInReport: true, endOnFailure: true };

/** Of the figures, in the order in which they are read. */
async function altsOf(kind: DrawnKind, data: DataSet): Promise<readonly string[]> {
  const path = join(folder, `${Bun.randomUUIDv7()}.pdf`);
  const { bytes } = await DRAW[kind](data, { ...options({ date: TODAY }), emptyIsPage: true }, () => {});
  await Bun.write(path, bytes);
  const { dictionaries } = await objectsOf(path);
  return dictionaries.filter((each) => each["/S"] === "/Figure").map((each) => String(each["/Alt"]).slice(2));
}

/** The last days of the quarters back from 30 June 2026, oldest first: "Jun 26", and where it begins and ends, in days ago. */
const QUARTERS = Array.from({ length: 12 }, (_, at) => {
  const back = 11 - at;
  const end = (quarters: number) => Date.UTC(2026, 6 - 3 * quarters, 0);
  const ago = (day: number) => (Date.UTC(2026, 5, 30) - day) / 86_400_000;
  const date = new Date(end(back));
  const month = date.toLocaleString("en-AU", { month: "short", timeZone: "UTC" }).slice(0, 3);
  return { month: `${month} ${String(date.getUTCFullYear()).slice(2)}`, from: ago(end(back + 1)), to: ago(end(back)) };
});

/** What is so in each quarter, and of how many; null where there are too few. */
interface Truth {
  readonly value: number | null;
  readonly n: number;
}

interface Series {
  readonly of: readonly Truth[];
  readonly print: (value: number) => string;
}

const SALES = "Number of sales";
const count = (value: number) => Math.round(value).toLocaleString("en-AU");
const percent = (value: number) => {
  const size = (Math.round(Number((Math.abs(value) * 10).toPrecision(12))) / 10).toLocaleString("en-AU");
  return `${value < 0 && size !== "0" ? "−" : ""}${size}%`;
};

/**
 * "…, 5 quarters, from 4 to 9, Mar 25 to Jun 26; lowest 1, highest 12; 2 rest on fewer than 10". `whole`: no quarter of
 * the records is missing, so all that is known is in it.
 */
function checkSeries(words: string, { of, print }: Series, whole: boolean): void {
  const claim =
    /^(\d+) (?:quarters|periods), (?:from (\S+) to (\S+)|(\S+) in (each|both|the first and the last)), (\w{3} \d\d) to (\w{3} \d\d)(?:; (.+))?$/.exec(
      words,
    );
  if (claim === null) throw new Error(`no reader for: ${words}`);
  const [, n, from = claim[4] ?? "", to = claim[4] ?? "", , where = "", first, last, rest = ""] = claim;
  // Only what changes is described from where to where.
  expect(where === "").toBe(from !== to);
  if (where === "each" || where === "both")
    expect([where, /lowest|highest/.test(rest)]).toEqual([n === "2" ? "both" : "each", false]);
  const [begin, end] = [first, last].map((month) => QUARTERS.findIndex((each) => each.month === month));
  const known = of.slice(begin, (end ?? 0) + 1).filter(({ value }) => value !== null);
  const printed = known.map(({ value }) => print(value ?? 0));
  expect([printed[0], printed.at(-1)]).toEqual([from, to]);
  expect(Number(n)).toBeLessThanOrEqual(known.length);
  if (whole)
    expect([Number(n), of.slice((end ?? 0) + 1).every(({ value }) => value === null)]).toEqual([known.length, true]);
  const few = known.filter(({ n: rests }) => rests > 0 && rests < 10).length;
  const said = new Map<string, string>();
  for (const part of rest === "" ? [] : rest.split(/; |, /)) {
    const [, what = "", value = ""] =
      /^(lowest|highest) (\S+)$/.exec(part) ?? /^()(\d+) rests? on fewer than 10$/.exec(part) ?? [];
    if (value === "") throw new Error(`no reader for: ${part}`);
    said.set(what, value);
    if (what !== "") expect(printed).toContain(value);
    else if (whole) expect(Number(value)).toBe(few);
  }
  if (!whole) return;
  for (const what of ["lowest", "highest"] as const) {
    const extreme = print((what === "lowest" ? Math.min : Math.max)(...known.map(({ value }) => value ?? 0)));
    expect(said.get(what) ?? (extreme === from ? from : to)).toBe(extreme);
  }
  if (of.some(({ n: rests }) => rests > 0)) expect(rest.includes("on fewer than 10")).toBe(few > 0);
}

const within = (all: readonly Dealing[], { from, to }: (typeof QUARTERS)[number]) =>
  all.filter((each) => dayOf(each) < from && dayOf(each) >= to);
const least = (values: readonly number[]) => ({ value: middle(values), n: values.length });

/** The measures of a kind of property, by the names that figures give them. */
function seriesOf(all: readonly Dealing[], category: "house" | "unit"): Readonly<Record<string, Series>> {
  const { known } = truthOf(all);
  const own = known.filter((each) => each.category === category);
  const quarters = (of: (results: readonly Dealing[], sold: readonly Dealing[]) => Truth) =>
    QUARTERS.map((quarter) => {
      const results = within(own, quarter);
      const sold = results.filter(({ outcome }) => outcome === "sold");
      return of(results, sold);
    });
  const failed = known.some(({ outcome }) => outcome === "passed_in");
  return {
    [`Median ${category} price`]: { of: quarters((_, sold) => least(prices(sold))), print: dollars },
    [SALES]: { of: quarters((_, sold) => ({ value: sold.length, n: 0 })), print: count },
    [`Days on market, ${category}s`]: {
      of: quarters((_, sold) => least(sold.flatMap(({ days }) => days ?? []))),
      print: count,
    },
    [`Vendor discount, ${category}s`]: {
      of: quarters((_, sold) =>
        least(
          sold.flatMap(({ method, ask, price }) =>
            method === "private_treaty" && ask && price && ask * 10 >= price && ask <= price * 10
              ? [(1 - price / ask) * 100]
              : [],
          ),
        ),
      ),
      print: percent,
    },
    [`Clearance rate, ${category}s`]: {
      of: quarters((results, sold) => {
        const cleared = sold.filter(({ method }) => method !== "private_treaty").length;
        const n = cleared + results.length - sold.length;
        return { value: failed && n >= 3 ? (cleared / n) * 100 : null, n };
      }),
      print: percent,
    },
  };
}

/** The value below which that part of them lies, between the two nearest. */
function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const [low = 0, high = 0] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (high - low) * (at % 1);
}

function checkSpread(words: string, all: readonly Dealing[]): void {
  const claim =
    /^(house|unit)s, (\w{3} \d\d): half between (\S+) and (\S+?)(?:, nine in ten between (\S+) and (\S+?))?(, of fewer than 10)?$/.exec(
      words,
    );
  if (claim === null) throw new Error(`no reader for: ${words}`);
  const [, category, month, p25, p75, p5, p95, few] = claim;
  const quarter = QUARTERS.find((each) => each.month === month) ?? { month: "", from: 0, to: 0 };
  const paid = prices(within(truthOf(all).sold, quarter).filter((each) => each.category === category));
  expect(paid.length).toBeGreaterThanOrEqual(5);
  expect([p25, p75]).toEqual([0.25, 0.75].map((part) => dollars(quantile(paid, part))));
  expect([p5, p95]).toEqual(
    [0.05, 0.95].map((part) => (paid.length < 20 ? undefined : dollars(quantile(paid, part)))) as never,
  );
  expect(few !== undefined).toBe(paid.length < 10);
}

function checkScatter(words: string, all: readonly Dealing[]): void {
  const claim =
    /^(\d+) agents: (?:(\d+) to (\d+) sales|(\d+) sales? each), medians (?:from (\S+) to (\S+)|of (\S+))\. First: (.+?)(?:; (\d+) rests? on fewer than 10)?$/.exec(
      words,
    );
  if (claim === null) throw new Error(`no reader for: ${words}`);
  const [, n, fewest, most, each, low, high, alike, first = "", few] = claim;
  const { agents, now } = truthOf(all);
  const points = [...agents].flatMap(([id, sales]) => {
    const paid = prices(now.filter(({ agents: of }) => of.includes(id)));
    const median = middle(paid);
    return median === null ? [] : [{ name: name(id), sales, median, n: paid.length }];
  });
  expect(Number(n)).toBe(points.length);
  const sales = points.map((point) => point.sales);
  expect([Number(fewest ?? each), Number(most ?? each)]).toEqual([Math.min(...sales), Math.max(...sales)]);
  const medians = points.map((point) => point.median);
  expect([low ?? alike, high ?? alike] as unknown[]).toEqual([
    dollars(Math.min(...medians)),
    dollars(Math.max(...medians)),
  ]);
  for (const part of first.split(", "))
    expect(points.map((point) => `${point.name} ${point.sales} at ${dollars(point.median)}`)).toContain(part);
  expect(Number(few ?? 0)).toBe(points.filter(({ n: rests }) => rests < 10).length);
}

/** "0, 3, not known, 5": of one of the agents, to the newest quarter. */
function checkColumns(words: string, all: readonly Dealing[], whole: boolean): void {
  const [, first, last, sales = ""] = /^(\w{3} \d\d) to (\w{3} \d\d): (.+)$/.exec(words) ?? [];
  const said = sales.split(", ");
  expect([first, last]).toEqual([QUARTERS.at(-said.length)?.month, QUARTERS.at(-1)?.month]);
  const { sold } = truthOf(all);
  const truths = [...new Set(sold.flatMap(({ agents }) => agents))].map((id) =>
    QUARTERS.slice(-said.length).map(
      (quarter) => within(sold, quarter).filter(({ agents }) => agents.includes(id)).length,
    ),
  );
  const fits = truths.some((truth) =>
    said.every((value, at) => value === String(truth[at]) || (value === "not known" && !whole)),
  );
  if (!fits) throw new Error(`no agent has ${words}`);
}

function checkMap(words: string, all: readonly Dealing[]): void {
  const claim =
    /^Manly and its nearest neighbours: ([^.]+(?:\.\d km [^.]+)+)(?:\. A dot for (?:each of )?(\d+) sales?)?(?:\. Beyond the map: (\d+) sales?)?$/.exec(
      words,
    );
  if (claim === null) throw new Error(`no reader for: ${words}`);
  const [, localities = "", drawn = "0", beyond = "0"] = claim;
  for (const locality of localities.split(", "))
    expect(locality).toMatch(/^[A-Z][A-Za-z ]+ \d+\.\d km (?:north|south|east|west)(?:-(?:east|west))?$/);
  expect(localities).toContain("Fairlight ");
  expect(localities.split(", ")).toHaveLength(8);
  const known = truthOf(all).now.filter(({ km }) => km !== null);
  expect(Number(drawn) + Number(beyond)).toBe(known.length);
  // The farthest neighbour is a few kilometres away, and so is the edge of the map.
  expect(Number(drawn)).toBeGreaterThanOrEqual(known.filter(({ km }) => Math.abs(km ?? 0) < 1).length);
}

function check(alts: readonly string[], all: readonly Dealing[], whole: boolean): void {
  const [houses, units] = [seriesOf(all, "house"), seriesOf(all, "unit")];
  const of = { house: houses, unit: units };
  for (const alt of alts) checkOne(alt, of, all, whole);
}

function checkOne(
  alt: string,
  of: Readonly<Record<"house" | "unit", ReturnType<typeof seriesOf>>>,
  all: readonly Dealing[],
  whole: boolean,
): void {
  const measures = { ...of.house, ...of.unit };
  const parts = /^(?:Median (?:house|unit) price|Number of sales), /.test(alt)
    ? alt.replace(/\.$/, "").split(". ")
    : [alt];
  for (const part of parts) {
    const [, spread] = /^Spread of prices, (.+)$/.exec(part) ?? [];
    const [, scattered] = /^Sales and median price of (.+)$/.exec(part) ?? [];
    const [, columns] = /^Sales per quarter, (.+)$/.exec(part) ?? [];
    const [, map] = /^Map: (.+)$/.exec(part) ?? [];
    if (spread !== undefined) checkSpread(spread, all);
    else if (scattered !== undefined) checkScatter(scattered, all);
    else if (columns !== undefined) checkColumns(columns, all, whole);
    else if (map !== undefined) checkMap(map, all);
    else {
      const what = Object.keys(measures).find((each) => part.startsWith(`${each}, `)) ?? "";
      const kinds = what === SALES ? kindsOf(alt).map((kind) => of[kind][what]) : [measures[what]];
      const words = part.slice(what.length + 2);
      firstThatHolds(kinds, (own) => {
        if (own === undefined) throw new Error(`no reader for: ${part}`);
        checkSeries(words, own, whole);
      });
    }
  }
}

/** The median beside the sales shows their type; alone, they may be of either. */
function kindsOf(alt: string): readonly ("house" | "unit")[] {
  if (!alt.includes("Median")) return ["house", "unit"];
  return [alt.includes("house") ? "house" : "unit"];
}

/** @throws what the check of the last one threw, where it is true for none. */
function firstThatHolds<T>(all: readonly T[], holds: (one: T) => void): void {
  for (const [at, one] of all.entries())
    try {
      holds(one);
      return;
    } catch (error) {
      if (at === all.length - 1) throw error;
    }
}

/** Evenly, so that no quarter is left out for lack of records. */
const DENSE = dealingsOf(160, 600, 140).map((all) =>
  all.map((each, at): Dealing => {
    const category = at % 2 === 0 ? "house" : "unit";
    return { ...each, category, ago: at * 4, records: each.records.map((how) => ({ ...how, late: 0 })) };
  }),
);

test("each figure's text says what happened, where no record is missing", async () => {
  await fc.assert(
    fc.asyncProperty(DENSE, async (all) => {
      const alts = await altsOf("agents", recordsOf(all));
      expect(alts.length).toBeGreaterThan(8);
      check(alts, all, true);
    }),
    SETTINGS,
  );
});

const WITH_HOLES = fc.oneof(
  dealingsOf(60, 760),
  dealingsOf(40, 60),
  dealingsOf(120, 1_090, 60).map((all) => all.filter(({ ago }) => ago % 300 > 90)),
);

test("and where records are missing it says nothing else", async () => {
  await fc.assert(
    fc.asyncProperty(WITH_HOLES, async (all) => {
      check(await altsOf("agents", recordsOf(all)), all, false);
    }),
    SETTINGS,
  );
});

/** The same of rental listings. */
function rentSeries(rows: readonly Rental[]): Readonly<Record<string, Series>> {
  const dayOfRow = (row: Rental) => row.listed_date ?? row.leased_date ?? "2026-06-30";
  const ago = (row: Rental) => (Date.parse("2026-06-30") - Date.parse(dayOfRow(row))) / 86_400_000;
  const quarters = (of: (own: readonly Rental[]) => Truth) =>
    QUARTERS.map(({ from, to }) => of(rows.filter((row) => ago(row) < from && ago(row) >= to)));
  const rents = (category: "house" | "unit") =>
    quarters((own) => least(own.flatMap((row) => (row.category === category ? row.weekly_rent || [] : []))));
  const dollarsAWeek = (value: number) => `$${count(value)}`;
  return {
    "Rental listings per quarter": { of: quarters((own) => ({ value: own.length, n: 0 })), print: count },
    "Median rent, houses": { of: rents("house"), print: dollarsAWeek },
    "Median rent, units": { of: rents("unit"), print: dollarsAWeek },
  };
}

test("each figure of the agency report, too", async () => {
  await fc.assert(
    fc.asyncProperty(rented.rentals, async (rows) => {
      const measures = rentSeries(rows);
      for (const alt of await altsOf("agency", rented.dataSet(rows))) {
        const what = Object.keys(measures).find((each) => alt.startsWith(`${each}, `) || alt === `${each}: not known`);
        const own = measures[what ?? ""];
        if (what === undefined || own === undefined) throw new Error(`no reader for: ${alt}`);
        const rest = alt.slice(what.length + 2);
        const [, month, value] = /^(\w{3} \d\d): (\S+?)(?:, of fewer than 10)?$/.exec(rest) ?? [];
        if (rest === "not known") continue;
        if (month === undefined) checkSeries(rest, own, false);
        else
          expect(own.print(own.of[QUARTERS.findIndex((each) => each.month === month)]?.value ?? -1)).toBe(value ?? "");
      }
    }),
    SETTINGS,
  );
});

test("a chart that is drawn lower to fit on its page says in words what it then shows", async () => {
  const chart = yielding({ most: 90, least: 40 }, (height) => ({
    ...drawing(60, height, [box(1, 4, 20, height - 4, "#336699")]),
    tag: { alt: `${height} points` },
  }));
  const path = join(folder, "lower.pdf");
  const lines = Array.from({ length: 7 }, () => ({ text: "above" }));
  const page = { pageSize: { width: 200, height: 200 }, pageMargins: 20, defaultStyle: { font: "Sans", fontSize: 10 } };
  const content = [...lines, { stack: [chart, { text: "below" }], unbreakable: true }];
  await Bun.write(path, await writePdf({ ...page, content }, null, () => {}));
  const { dictionaries } = await objectsOf(path);
  const [height = 0] = dictionaries.flatMap(
    (each) => /[\d.]+(?= points)/.exec(String(each["/Alt"]))?.map(Number) ?? [],
  );
  expect([height >= 40, height < 90]).toEqual([true, true]);
});
