import { expect, setDefaultTimeout } from "bun:test";
import { join } from "node:path";
import fc from "fast-check";
import { DRAW } from "../../src/render/documents.ts";
import type { DataSet } from "../../src/report/data-set.ts";
import { temporaryFolder } from "../e2e/binary.ts";
import { withPrograms } from "../programs.ts";
import { PROPERTY_SEED } from "../property-seed.ts";
import { dataSet, OPTIONS } from "./data-sets.ts";

/**
 * The contents of a job's warnings are recomputed from the data and read from the page: each is true of the document, and
 * none is missing.
 */

setDefaultTimeout(120_000);
const testPdf = withPrograms("pdftotext");
const folder = temporaryFolder();
const UNCOVERED = "ᐃᓄᒃ Diallo";
const LEFT_OUT = "A picture is left out: pictures.example sent no picture that can be drawn (the photo of Mia 1).";

/** Another seed has other sales and rents. */
const [drawn] = fc.sample(
  fc.record({
    agents: fc.integer({ min: 3, max: 6 }),
    sales: fc.integer({ min: 16, max: 70 }),
    priced: fc.double({ min: 0.5, max: 1, noNaN: true }),
    rentals: fc.integer({ min: 2, max: 7 }).map((thirds) => thirds * 3),
    rent: fc.integer({ min: 45, max: 80 }).map((tens) => tens * 10),
    supplied: fc.integer({ min: 31, max: 45 }).map((hundreds) => hundreds * 100),
  }),
  { seed: PROPERTY_SEED, numRuns: 1 },
);
if (drawn === undefined) throw new Error("nothing was drawn");
const { agents, sales, priced: share, rentals: listed, rent, supplied } = drawn;

const base = (names: readonly string[]): DataSet => ({
  ...dataSet({ agents, agencies: 2, sales, priced: share, agentName: (index) => names[index] ?? `Mia ${index}` }),
  rentals: Array.from({ length: listed }, (_, at) => ({
    ...{ id: `r${at}`, address: `${at + 1} Tern Street`, category: "unit" as const, listed_date: "2026-05-04" },
    ...{ weekly_rent: rent + 10 * at, agency_ids: ["y0"], agent_ids: ["a0"] },
  })),
});
const swapped = (data: DataSet): DataSet => ({
  ...data,
  agencies: (data.agencies ?? []).map((agency, at) => ({ ...agency, name: `Mia ${"OPQ"[at % 3]}onnor` })),
  agents: (data.agents ?? []).map((agent) => ({ ...agent, name: "Gull Realty" })),
});
const monthly = (data: DataSet): DataSet => ({
  ...data,
  rentals: (data.rentals ?? []).map((rental) => ({
    ...rental,
    weekly_rent: Math.round(((rental.weekly_rent ?? 0) * 52) / 12),
  })),
  market: [
    {
      category: "house",
      series: [{ period_end: data.as_of ?? "", period_months: 3, number_sold: 12, median_weekly_rent: supplied }],
    },
  ],
});
const priced = (data: DataSet, scale: number): DataSet => ({
  ...data,
  sales: (data.sales ?? []).map((sale) => ({ ...sale, price: sale.price == null ? null : sale.price * scale })),
});

const CASES: readonly (readonly [what: string, data: DataSet])[] = [
  ["nothing odd", base([])],
  ["a name without a font", base([UNCOVERED])],
  ["a picture that cannot be had", { ...base([]), notes: [LEFT_OUT, "Another note."] }],
  ["prices in cents", priced(base([]), 100)],
  ["prices in thousands", priced(base([]), 0.001)],
  ["agents' names as agencies' and the other way round", swapped(base([]))],
  ["rents by the month", monthly(base([]))],
  ["all of these", { ...priced(base([UNCOVERED]), 100), notes: [LEFT_OUT] }],
];

for (const kind of ["agents", "agents_brief", "agency"] as const)
  for (const [what, data] of CASES)
    testPdf(`the warnings of ${kind} are true, and all there, of ${what}`, async () => {
      const path = join(folder, `${kind}-${what}.pdf`);
      const { bytes, warnings = [] } = await DRAW[kind](data, OPTIONS, () => {});
      await Bun.write(path, bytes);
      const page = (await Bun.$`pdftotext ${path} -`.quiet().text()).replace(/\s+/g, " ");
      const unread = warnings.filter((warning) => !isTrue(warning, data, page));
      expect(unread).toEqual([]);
      expect(warnings.filter((warning) => warning.startsWith("No font")).length).toBe(page.includes("◊") ? 1 : 0);
      expect(warnings.filter((warning) => warning === LEFT_OUT).length).toBe(data.notes?.includes(LEFT_OUT) ? 1 : 0);
      const types = kind === "agency" ? [] : ["house", "unit", "land"];
      const odd = types.filter((type) => seemsIn(data, type) !== null).length;
      expect(warnings.filter((warning) => warning.includes("seem to be in")).length).toBe(odd);
      expect(warnings.filter((warning) => warning.includes("seem to be swapped")).length).toBe(
        areSwapped(data) ? 1 : 0,
      );
      const rents = warnings.filter((warning) => warning.includes("seem to be by the month"));
      const areMonthly = kind === "agency" || (kind === "agents" && yieldsTooMuch(data));
      expect(rents.length).toBe(what === "rents by the month" && areMonthly ? 1 : 0);
      for (const warning of rents) expect(page).toContain(warning);
      // Only prices that are not used are called so.
      expect(page.includes("or not used (see Method)")).toBe(kind === "agents" && odd > 0);
    });

/** Sales of a type with a price, in the 12 months to the newest day. */
function pricedOf({ sales = [], as_of }: DataSet, category: string, months = 12): readonly number[] {
  const newest = as_of ?? "";
  const from = `${Number(newest.slice(0, 4)) - 1}${newest.slice(4)}`;
  return sales.flatMap(({ category: type, price, sold_date, price_disclosed, outcome }) =>
    type === category &&
    price != null &&
    price >= 100 &&
    price_disclosed !== false &&
    (outcome ?? "sold") === "sold" &&
    (sold_date ?? "") <= newest &&
    (months > 12 || (sold_date ?? "") > from)
      ? [price]
      : [],
  );
}

function seemsIn(data: DataSet, category: string): "cents" | "thousands" | null {
  const prices = [...pricedOf(data, category, 999)].sort((a, b) => a - b);
  const middle = prices[prices.length >> 1] ?? 0;
  if (prices.length < 3 || pricedOf(data, category).length === 0) return null;
  if (middle > 30_000_000) return "cents";
  return middle < (category === "land" ? 3_000 : 20_000) ? "thousands" : null;
}

/** Above $3,000 a week, more than 6% of what houses sell for, where three prices or more show that. */
function yieldsTooMuch(data: DataSet): boolean {
  const prices = [...pricedOf(data, "house")].sort((a, b) => a - b);
  const price = ((prices[(prices.length - 1) >> 1] ?? 0) + (prices[prices.length >> 1] ?? 0)) / 2;
  return prices.length < 3 || (supplied * 52) / price > 0.06;
}

const isOffice = (name: string) => /Realty|Property|Agents/.test(name);

function areSwapped({ agents = [], agencies = [] }: DataSet): boolean {
  return agents.every(({ name }) => isOffice(name)) && !agencies.some(({ name }) => isOffice(name));
}

function isTrue(warning: string, data: DataSet, page: string): boolean {
  const [, names, mark = ""] =
    /^No font has all letters of (".+"): where the text is printed, (.) replaces/.exec(warning) ?? [];
  if (names !== undefined)
    return (data.agents ?? []).some(({ name }) => names === `"${name}"`) && page.includes(`${mark}${mark}`);
  if (warning.startsWith("A picture is left out: ")) return data.notes?.includes(warning) === true;
  const [, agent, agency] =
    /^The names of agents and agencies seem to be swapped: .+ such as "(.+)", and most agencies that of a person, such as "(.+)"\. Correct/.exec(
      warning,
    ) ?? [];
  if (agent !== undefined)
    return (
      data.agents?.some(({ name }) => name === agent) === true &&
      data.agencies?.some(({ name }) => name === agency) === true
    );
  const [, listings, middle] =
    /^The rents of (\d+) rental listings of units are not used: their median would be \$([\d,]+) a week, so they seem to be by the month\.$/.exec(
      warning,
    ) ?? [];
  const rents = (data.rentals ?? []).map(({ weekly_rent }) => weekly_rent ?? 0);
  const half = (rents[(rents.length - 1) >> 1] ?? 0) + (rents[rents.length >> 1] ?? 0);
  if (listings !== undefined)
    return Number(listings) === rents.length && Number(middle?.replace(",", "")) === Math.round(half / 2);
  const [, given] =
    /^The weekly rents of houses that a source supplied are not used: their median would be \$([\d,]+) /.exec(
      warning,
    ) ?? [];
  if (given !== undefined) return data.market?.[0]?.series[0]?.median_weekly_rent === Number(given.replaceAll(",", ""));
  const [, count, type = "", , unit] =
    /^(\d+) (house|unit|land) sales? (?:is|are) counted without a price: the median of their type would be (\$[\d.]+[km]), so the prices seem to be in (\w+)\.$/.exec(
      warning,
    ) ?? [];
  return Number(count) === pricedOf(data, type).length && unit === seemsIn(data, type);
}
