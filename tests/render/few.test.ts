import { describe, expect, setDefaultTimeout } from "bun:test";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seriesInWords } from "../../src/render/charts/in-words.ts";
import { trend } from "../../src/render/charts/trend.ts";
import { DRAW } from "../../src/render/documents.ts";
import { palette } from "../../src/render/style/theme.ts";
import type { DataSet, Rental, Sale } from "../../src/report/data-set.ts";
import type { DrawnKind } from "../../src/report/documents.ts";
import type { ReportOptions } from "../../src/report/options.ts";
import { withPrograms } from "../programs.ts";
import { OPTIONS } from "./data-sets.ts";

/** What rests on fewer than ten is marked wherever it appears: in tiles, sentences, tables, cards and charts. */

setDefaultTimeout(30_000);
const test = withPrograms("pdftotext");
const folder = mkdtempSync(join(tmpdir(), "agentlink-few-"));

/** A number of prices, half below and half above the median, so that no row has the value of the median itself. */
function dataOf(n: number): DataSet {
  const half = <T>(at: number, low: T, high: T): T => (at % 2 === 0 ? low : high);
  const row = (at: number) => ({
    id: `r${at}`,
    address: `${at + 1} Pine Street`,
    category: "house" as const,
    beds: 3,
    agency_ids: ["a"],
  });
  const sales = Array.from(
    { length: n },
    (_, at): Sale => ({
      ...row(at),
      sold_date: "2026-06-20",
      listed_date: half(at, "2026-05-14", "2026-05-10"),
      price: half(at, 1_130_000, 1_330_000),
      method: "private_treaty",
      first_ask: { from: 1_370_000 },
      agents: [{ id: "x" }],
    }),
  );
  const rentals = Array.from(
    { length: n },
    (_, at): Rental => ({
      ...row(at),
      listed_date: half(at, "2026-04-14", "2026-04-10"),
      leased_date: "2026-05-21",
      weekly_rent: half(at, 613, 633),
    }),
  );
  return {
    as_of: "2026-06-30",
    sales,
    rentals,
    agencies: [{ id: "a", name: "Alder" }],
    agents: [
      { id: "x", name: "Ada", agency_id: "a" },
      { id: "y", name: "Ben", agency_id: "a" },
    ],
  };
}

async function textOf(kind: DrawnKind, data: DataSet, options: Partial<ReportOptions>): Promise<string> {
  const path = join(folder, "report.pdf");
  await Bun.write(path, (await DRAW[kind](data, { ...OPTIONS, preparedFor: null, ...options }, () => {})).bytes);
  return (await Bun.$`pdftotext -raw ${path} -`.text()).replace(/\s+/g, " ");
}

const KINDS: readonly (readonly [name: string, kind: DrawnKind, options: Partial<ReportOptions>, least: number])[] = [
  [
    "the agents report, with a comparison and comparable sales",
    "agents",
    { compare: ["Ada", "Ben"], subject: { address: "99 Elm Street", bedrooms: 3 } },
    12,
  ],
  ["its brief edition", "agents_brief", {}, 1],
  ["the agency report", "agency", {}, 6],
  ["the brief edition of that", "agency", { edition: "brief" }, 2],
];

/** The median price, the days on market and to lease, and the rent, as no row has them. */
const ESTIMATES = /\$1\.23m|\b39(?= |\*)(?! of)(?! in)|\$623/g;
/** How few there are is beside it: in a note of a tile, in a sentence, or as the mark. */
const SAID =
  /^(?: days)?(?:\*| (?:n \d[^$*]{0,60}: too few to rely on|a week, n \d: too few|median, n \d|\(only|a week for houses \(only))/;

describe.each(KINDS)("%s", (_, kind, options, least) => {
  test.each([4, 8])("says of each figure that rests on %d that it does", async (n) => {
    const text = await textOf(kind, dataOf(n), options);
    const found = Array.from(text.matchAll(ESTIMATES), (match) =>
      text.slice(match.index + match[0].length).slice(0, 90),
    );
    const silent = found.filter((after) => !SAID.test(after) && !/^ (?:a week from|days or less)/.test(after));
    expect(silent).toEqual([]);
    expect(text.split("*").length - 1).toBeGreaterThanOrEqual(least);
    expect(text).toContain("* n below 10: too few to rely on.");
  });

  test("marks nothing where all rests on 10", async () => {
    const text = await textOf(kind, dataOf(10), options);
    expect(text.match(ESTIMATES)).not.toBeNull();
    expect(text).not.toMatch(/\*|too few to rely on|\(only|[Hh]ollow/);
  });
});

test("a point of a chart that rests on few is hollow, and the words for the chart say how many are", () => {
  const points = [12, 9, 3, null].map((rests, at) => ({
    periodEnd: `202${at}-06-30`,
    value: 1_000_000 + at,
    rests,
  }));
  const colours = palette(null);
  const options = { width: 200, height: 90, palette: colours, measure: "count" as const, as: "line" as const };
  const { drawn } = trend(points, options) as unknown as { drawn: { marks: { kind: string; fill: string | null }[] } };
  expect(drawn.marks.filter(({ kind }) => kind === "circle").map(({ fill }) => fill)).toEqual([
    ...[colours.accent, "#ffffff", "#ffffff", colours.accent],
  ]);
  expect(seriesInWords("Median", points, String)).toEndWith("; 2 rest on fewer than 10");
});
