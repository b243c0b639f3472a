import { expect, setDefaultTimeout } from "bun:test";
import { join } from "node:path";
import { DRAW } from "../../src/render/documents.ts";
import type { DataSet } from "../../src/report/data-set.ts";
import { temporaryFolder } from "../e2e/binary.ts";
import { withPrograms } from "../programs.ts";
import { dataSet, OPTIONS } from "./data-sets.ts";

/**
 * What the warnings of a job say is recomputed from the data and read from the page: each is true of the document, and
 * none is missing.
 */

setDefaultTimeout(120_000);
const testPdf = withPrograms("pdftotext");
const folder = temporaryFolder();
const UNCOVERED = "ᐃᓄᒃ Diallo";
const LEFT_OUT = "A picture is left out: pictures.example sent no picture that can be drawn (the photo of Mia 1).";

const base = (names: readonly string[]) =>
  dataSet({ agents: 4, agencies: 2, sales: 24, agentName: (index) => names[index] ?? `Mia ${index}` });
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
  ["all of these", { ...priced(base([UNCOVERED]), 100), notes: [LEFT_OUT] }],
];

for (const kind of ["agents", "agents_brief"] as const)
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
      const odd = ["house", "unit", "land"].filter((type) => seemsIn(data, type) !== null).length;
      expect(warnings.filter((warning) => warning.includes("seem to be in")).length).toBe(odd);
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

function isTrue(warning: string, data: DataSet, page: string): boolean {
  const [, names, mark = ""] =
    /^No font has all letters of (".+"): where the text is printed, (.) replaces/.exec(warning) ?? [];
  if (names !== undefined)
    return (data.agents ?? []).some(({ name }) => names === `"${name}"`) && page.includes(`${mark}${mark}`);
  if (warning.startsWith("A picture is left out: ")) return data.notes?.includes(warning) === true;
  const [, count, type = "", , unit] =
    /^(\d+) (house|unit|land) sales? (?:is|are) counted without a price: the median of their type would be (\$[\d.]+[km]), so the prices seem to be in (\w+)\.$/.exec(
      warning,
    ) ?? [];
  return Number(count) === pricedOf(data, type).length && unit === seemsIn(data, type);
}
