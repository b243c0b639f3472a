import { expect, setDefaultTimeout } from "bun:test";
import { join } from "node:path";
import fc from "fast-check";
import { DRAW } from "../../src/render/documents.ts";
import { temporaryFolder } from "../e2e/binary.ts";
import { withPrograms } from "../programs.ts";
import { PROPERTY_SEED } from "../property-seed.ts";
import { options } from "../report/data.ts";
import { AGENCIES, AGENTS, type Dealing, dealingsOf, recordsOf, TODAY } from "../report/dealings.ts";
import { agenciesOf, middle, prices, truthOf } from "../report/truth.ts";
import { tablesOf } from "./page-tables.ts";
import { readAccessibly } from "./pdf-ua.ts";

/** Each cell of the table of agents or agencies side by side, as it is printed, worked out again from what happened. */

setDefaultTimeout(240_000);
const folder = temporaryFolder();

const NOTHING = "–";
const amount = (text: string) =>
  Number(/\d[\d,.]*/.exec(text)?.[0]?.replaceAll(",", "")) * (/\dm/.test(text) ? 1e6 : /\dk/.test(text) ? 1e3 : 1);
const restsOn = (text: string) => /n ([\d,]+)$/.exec(text)?.[1] ?? null;

/** A printed number is the value, to the last figure that is printed. */
function near(cell: string, value: number | null, within: number): boolean {
  return value === null
    ? cell.startsWith(NOTHING)
    : Math.abs(amount(cell.replace("−", "")) - Math.abs(value)) <= within;
}

interface Own {
  readonly sold: readonly Dealing[];
  readonly all: readonly Dealing[];
  readonly led: number;
  readonly joint: number;
}

type CellReader = (cell: string, own: Own, name: string) => boolean;

const asked = (own: Own) =>
  own.sold.flatMap(({ ask, price, method }) =>
    ask !== null && price !== null && ask >= price / 10 && ask <= price * 10 ? [{ ask, price, method }] : [],
  );
const middleOf = (values: readonly number[], least: number) => (values.length < least ? null : middle(values));
const METHODS = { auction: "auction", private_treaty: "private treaty", sold_prior: "sold before auction" } as const;

const CELLS: Readonly<Record<string, CellReader>> = {
  Agency: (cell) => [NOTHING, ...AGENCIES.map(({ name }) => name)].includes(cell),
  Rank: (cell, { sold }) => (sold.length === 0 ? cell === NOTHING : /^#\d( \((new|=|[+−]\d)\))?$/.test(cell)),
  Sales: (cell, { sold }) => cell === String(sold.length),
  Led: (cell, { led }) => cell === String(led),
  Solo: (cell, { sold, joint }) => cell === String(sold.length - joint),
  "With others": (cell, { joint }) => cell === String(joint),
  "Share of sales": (cell, { sold, all }) => near(cell, (sold.length * 100) / all.length, 0.051),
  Value: (cell, { sold }) => {
    const known = prices(sold);
    const total = known.reduce((sum, price) => sum + price, 0);
    return (
      near(cell, known.length === 0 ? null : total, total * 0.006) &&
      (known.length === 0 || restsOn(cell) === `${known.length}`)
    );
  },
  "Median price": (cell, { sold }) => {
    const half = middle(prices(sold));
    return near(cell, half, 5_000) && (prices(sold).length === 0 || restsOn(cell) === `${prices(sold).length}`);
  },
  "Days on market": (cell, { sold }) => near(cell, middle(sold.flatMap(({ days }) => days ?? [])), 0.51),
  "Vendor discount": (cell, own) =>
    near(
      cell,
      middleOf(
        asked(own).flatMap(({ ask, price, method }) =>
          method === "private_treaty" ? [((ask - price) / ask) * 100] : [],
        ),
        3,
      ),
      0.051,
    ),
  "Sale-to-list": (cell, own) =>
    near(
      cell,
      middleOf(
        asked(own).map(({ ask, price }) => (price * 100) / ask),
        5,
      ),
      0.051,
    ),
  "Main method": (cell, { sold }) => {
    const count = (method: string) => sold.filter((each) => each.method === method).length;
    const most = Math.max(...Object.keys(METHODS).map(count));
    if (sold.length < 3) return cell === NOTHING;
    const shown = Object.entries(METHODS).flatMap(([method, words]) => (count(method) === most ? [words] : []));
    // The longest first: "sold before auction" is no "auction".
    let rest = cell.toLowerCase();
    const said = Object.values(METHODS)
      .toSorted((a, b) => b.length - a.length)
      .filter((words) => {
        const isThere = rest.includes(words);
        rest = rest.replaceAll(words, "");
        return isThere;
      });
    return said.sort().join() === shown.sort().join() && near(cell, (most * 100) / sold.length, 0.051);
  },
};

/** "Sold under $1m", "Sold $1m–$1.66m", "Sold $1.66m and more". */
const tier: CellReader = (cell, { sold }, name) => {
  const [low = 0, high = 0] = (name.match(/\$[\d.]+[mk]/g) ?? []).map(amount);
  const isIn = (price: number) =>
    name.includes("under") ? price < low : name.includes("and more") ? price >= low : price >= low && price < high;
  if (sold.length > 0 && prices(sold).length === 0) return cell === NOTHING;
  return cell === String(prices(sold).filter(isIn).length);
};

withPrograms("qpdf")("each cell side by side is what happened: of none 0, of what is unknown “–”", async () => {
  const dealings = fc.oneof(dealingsOf(6, 300, 1), dealingsOf(60, 300, 20));
  const seen = { noSales: 0, both: 0, tiers: 0 };
  await fc.assert(
    fc.asyncProperty(dealings, fc.constantFrom("agent" as const, "agency" as const), async (dealt, kind) => {
      const { now } = truthOf(dealt);
      const hands = (each: Dealing) => (kind === "agent" ? each.agents : agenciesOf(each));
      // Of sales without names nothing is known.
      if (now.every((each) => hands(each).length === 0)) return;
      const whom = (kind === "agent" ? AGENTS : AGENCIES).slice(0, 4);
      const wanted = options({ date: TODAY, compare: whom.map(({ id }) => id), sections: ["comparison"] });
      const path = join(folder, `${Bun.randomUUIDv7()}.pdf`);
      await Bun.write(path, (await DRAW.agents(recordsOf(dealt), wanted, () => {})).bytes);
      const [table] = tablesOf(await readAccessibly(path)).filter(({ rows }) => rows.some(([name]) => name === "Solo"));
      if (table === undefined) throw new Error("no table");
      for (const [at, { id, name }] of whom.entries()) {
        expect(table.heads[at + 1]?.replace(/\s+/g, " ").trim()).toBe(name.toUpperCase());
        const sold = now.filter((each) => hands(each).includes(id));
        const own: Own = {
          ...{ sold, all: now, led: sold.filter(({ agents: [first] }) => first === id).length },
          joint: sold.filter((each) => hands(each).length > 1).length,
        };
        seen.noSales += sold.length === 0 ? 1 : 0;
        seen.both += own.joint > 0 ? 1 : 0;
        for (const row of table.rows) {
          const [title = "", ...cells] = row;
          const read = title.startsWith("Sold ") ? tier : CELLS[title];
          if (read === undefined) throw new Error(`no reader for the row ${title}`);
          seen.tiers += read === tier ? 1 : 0;
          const cell = cells[at]?.replace(/\s+/g, " ").trim() ?? "";
          expect([title, name, cell, read(cell, own, title)]).toEqual([title, name, cell, true]);
        }
      }
    }),
    { includeErrorInReport: true, seed: PROPERTY_SEED, numRuns: 24, endOnFailure: true },
  );
  for (const [what, times] of Object.entries(seen)) expect([what, times > 0]).toEqual([what, true]);
});
