import { expect, setDefaultTimeout, test } from "bun:test";
import fc from "fast-check";
import type { Comparison, Figure, Practice } from "../../src/report/model.ts";
import { buildReport } from "../../src/report/report.ts";
import { PROPERTY_SEED } from "../property-seed.ts";
import { options } from "./data.ts";
import { AGENCIES, AGENTS, type Dealing, dayOf, dealingsOf, iso, MIDDLE, recordsOf, TODAY } from "./dealings.ts";
import { agenciesOf, middle, prices, truthOf } from "./truth.ts";

/** Two agents or agencies side by side, and sales that are like a property: each figure and sentence, worked out again. */

setDefaultTimeout(30_000);
const OPTIONS = options({ date: TODAY });
const SETTINGS = {
  includeErrorInReport: true,
  seed: PROPERTY_SEED,
  numRuns: 200,
};
const dealings = fc.oneof(dealingsOf(8, 800), dealingsOf(70, 500));
const shownBy = ({ value }: Figure) => value;

/** The names that a request may use: ids, names as people type them, and some that do not exist. */
const WANTED: readonly (readonly [written: string, kind: "agent" | "agency", ids: readonly string[]])[] = [
  ...AGENTS.flatMap(({ id, name }) => [id, name.toUpperCase()].map((each) => [each, "agent", [id]] as const)),
  ["ben ohara", "agent", ["p1"]],
  ...AGENCIES.flatMap(({ id, name }) => [id, ` ${name} `].map((each) => [each, "agency", [id]] as const)),
  ["nandu property", "agency", ["g3"]],
  ["Nobody", "agent", []],
];

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
/** An ask that is not a tenth or ten times of what was paid. */
const askOf = ({ ask, price }: Dealing) =>
  ask !== null && price !== null && ask >= price / 10 && ask <= price * 10 ? { ask, price } : null;
const middleOf = (values: readonly number[], least: number) => (values.length < least ? null : middle(values));

function checkPractice(practice: Practice | null, own: readonly Dealing[], hands: (each: Dealing) => number): void {
  expect(practice === null).toBe(own.length === 0);
  if (own.length === 0) return;
  const joint = own.filter((each) => hands(each) > 1).length;
  expect([practice?.solo, practice?.joint]).toEqual([own.length - joint, joint]);
  for (const { method, n, of, share } of practice?.methods ?? []) {
    expect(n).toBe(own.filter((each) => each.method === method).length);
    expect([of, share]).toEqual([own.length, (n / own.length) * 100]);
  }
  if (!practice?.tiers) return;
  const [low, high] = practice.tiers.edges;
  // What is printed of an edge has three figures, and the sales are sorted by what is printed.
  for (const edge of [low, high]) expect(Number(edge.toPrecision(3))).toBe(edge);
  expect([...practice.tiers.counts]).toEqual([
    prices(own).filter((price) => price < low).length,
    prices(own).filter((price) => price >= low && price < high).length,
    prices(own).filter((price) => price >= high).length,
  ]);
}

function checkColumns({ kind, columns }: Comparison, all: readonly Dealing[]): void {
  const { now, agents, agencies } = truthOf(all);
  const counts = kind === "agent" ? agents : agencies;
  for (const { id, rank, sales, lead, share, value, median, daysOnMarket, ...column } of columns) {
    const own = now.filter((each) => (kind === "agent" ? each.agents : agenciesOf(each)).includes(id));
    const better = [...counts.values()].filter((n) => n > own.length).length;
    expect(rank).toBe(own.length === 0 ? null : 1 + better);
    if (counts.size === 0) expect(sales.value).toBeNull();
    if (counts.size === 0) continue;
    expect([sales, share, value, median, daysOnMarket].map(shownBy)).toEqual([
      own.length,
      (own.length / now.length) * 100,
      prices(own).length === 0 ? null : sum(prices(own)),
      middle(prices(own)),
      middle(own.flatMap(({ days }) => days ?? [])),
    ]);
    if (lead !== null) expect(lead.value).toBe(own.filter(({ agents: [first] }) => first === id).length);
    const asks = own.flatMap((each) => askOf(each) ?? []);
    const treaties = own.filter(({ method }) => method === "private_treaty").flatMap((each) => askOf(each) ?? []);
    const discount = middleOf(
      treaties.map(({ ask, price }) => ((ask - price) / ask) * 100),
      3,
    );
    const toList = middleOf(
      asks.map(({ ask, price }) => (price / ask) * 100),
      5,
    );
    expect([column.vendorDiscount.value, column.saleToList.value]).toEqual([discount, toList]);
    checkPractice(column.practice, own, (each) => (kind === "agent" ? each.agents : agenciesOf(each)).length);
  }
}

/** Each note names who is missing, and why, in the words below or in none. */
function checkNotes({ kind, columns, notes }: Comparison, wanted: readonly (typeof WANTED)[number][]): void {
  const expected = wanted.flatMap(([written, of, ids]) => {
    if (ids.length === 0) return [`No agent or agency called “${written}” was found to compare.`];
    if (of === kind) return [];
    const [an, others] = kind === "agent" ? ["an agency", "an agent"] : ["an agent", "an agency"];
    return [`“${written}” is ${an} and is not compared with ${others}.`];
  });
  const found = [...new Set(wanted.filter(([, of]) => of === kind).flatMap(([, , ids]) => ids))];
  const nameOf = (id: string | undefined) => [...AGENTS, ...AGENCIES].find((each) => each.id === id)?.name;
  if (found.length < 2)
    expected.push(
      `A comparison needs two of the requested names in the data; ${found.length === 0 ? "none was found" : `only ${nameOf(found[0])} was found`}.`,
    );
  expect([...notes]).toEqual(expected);
  expect(columns.map(({ id }) => id)).toEqual(found.length < 2 ? [] : found);
}

test("those side by side have the figures of what happened, and each note is true", () => {
  const wanted = fc.uniqueArray(fc.constantFrom(...WANTED), { minLength: 2, maxLength: 4, selector: ([name]) => name });
  fc.assert(
    fc.property(dealings, wanted, (all, names) => {
      const { comparison } = buildReport(recordsOf(all), { ...OPTIONS, compare: names.map(([name]) => name) });
      if (comparison === null) throw new Error("nobody is compared");
      checkColumns(comparison, all);
      checkNotes(comparison, names);
    }),
    SETTINGS,
  );
});

test.each([
  ["agents", "agent", "the highest-ranked one, of Birch,", 3],
  ["agents", "agent", "the first agent of the name in the table, of Birch,", 2],
  ["agencies", "agency", "the highest-ranked one", 3],
  ["agencies", "agency", "the first agency of the name in the table", 2],
] as const)("%s of one name are called what they are, and the %s compared is %s", (many, _, which, sold) => {
  const twins = ["a1", "a2"].map((id) => ({ id, name: "Ray Hill", agency_id: "b" }));
  const agencies = [
    { id: "b", name: "Birch" },
    ...(many === "agencies" ? twins.map(({ id }) => ({ id, name: "Ray Hill" })) : []),
  ];
  const sales = [...Array(sold).fill("a1"), "a2", "a2", "x"].map((id, at) => ({
    ...{ id: `s${at}`, address: `${at} Elm Street`, category: "house" as const, sold_date: "2026-06-01" },
    ...(many === "agents" ? { agents: [{ id }] } : { agency_ids: [id] }),
  }));
  const others = [{ id: "x", name: "Xu" }];
  const data =
    many === "agents"
      ? { agents: [...twins, ...others], agencies, sales }
      : { agencies: [...agencies, ...others], sales };
  const { comparison } = buildReport({ as_of: "2026-06-30", ...data }, { ...OPTIONS, compare: ["ray hill", "x"] });
  expect(comparison?.notes).toEqual([
    `2 ${many} in the data are named “ray hill”; ${which} is compared. Use an id to choose another.`,
  ]);
});

/** The parts of a rule: "at most 2 km away", "with 2 to 4 bedrooms", "on 200 to 800 m² of land", "sold for $1m to $2m". */
function rulesIn(rule: string): (each: Dealing) => "yes" | "no" | "unknown" {
  const dollars = (text = "") => Number(text.replace(/[$mk]/g, "")) * (text.endsWith("m") ? 1_000_000 : 1_000);
  const [, what = ""] = /^Comparable sales are the sales(?: of (houses|units))? in the 12 months/.exec(rule) ?? [];
  const [, km] = /at most ([\d.]+) km away/.exec(rule) ?? [];
  const [, fewest, most] = /with (\d+) to (\d+) bedrooms/.exec(rule) ?? [];
  const [, least, largest] = /on ([\d,]+) to ([\d,]+) m² of land/.exec(rule) ?? [];
  const [, low, high] = /sold for (\$[\d.]+[mk]) to (\$[\d.]+[mk])/.exec(rule) ?? [];
  const between = (value: number | null, from: number, to: number) =>
    value === null ? null : value >= from && value <= to;
  const all = (each: Dealing): readonly (boolean | null)[] => [
    ...(what === "" ? [] : [`${each.category}s` === what]),
    ...(km === undefined ? [] : [between(each.km === null ? null : Math.abs(each.km), 0, Number(km))]),
    ...(fewest === undefined ? [] : [between(each.beds, Number(fewest), Number(most))]),
    ...(least === undefined
      ? []
      : [between(each.land, Number(least.replace(",", "")), Number(largest?.replace(",", "")))]),
    ...(low === undefined ? [] : [between(each.price, dollars(low), dollars(high))]),
  ];
  return (each) => (all(each).includes(false) ? "no" : all(each).includes(null) ? "unknown" : "yes");
}

const subject = fc.record(
  {
    property_type: fc.constantFrom("House" as const, "Unit" as const),
    bedrooms: fc.nat(6),
    price: fc.integer({ min: 800_000, max: 2_200_000 }),
    land_area: fc.integer({ min: 150, max: 1_300 }),
    radius_km: fc.integer({ min: 5, max: 45 }).map((tenths) => (tenths * 10 + 5) / 100),
  },
  { requiredKeys: [] },
);

test("comparable sales are those of the rule that is printed, and the rest is counted by what is unknown", () => {
  fc.assert(
    fc.property(dealings, subject, (all, given) => {
      const { radius_km, ...rest } = given;
      const wanted = {
        address: "99 Ocean Road",
        ...rest,
        ...(radius_km === undefined ? {} : { ...MIDDLE, radius_km }),
      };
      const { comparables: found } = buildReport(recordsOf(all), { ...OPTIONS, subject: wanted });
      if (found === null) throw new Error("no comparables");
      const { now } = truthOf(all);
      const judge = rulesIn(found.rule);
      const alike = now.filter((each) => judge(each) === "yes");
      expect(found.total).toBe(alike.length);
      expect(found.rows.map(({ soldDate }) => soldDate).sort()).toEqual(
        alike.length > 12 ? expect.anything() : alike.map((each) => iso(dayOf(each))).sort(),
      );
      expect([found.median.value, found.daysOnMarket.value]).toEqual([
        middle(prices(alike)),
        middle(alike.flatMap(({ days }) => days ?? [])),
      ]);
      const unknown = now.filter((each) => judge(each) === "unknown").length;
      const counted = found.notes.map((note) => {
        const [, n] =
          /^(\d+) sales? excluded because (?:its|their) (?:bedrooms|prices?|land areas?|coordinates) (?:is|are) unknown\.$/.exec(
            note,
          ) ?? [];
        if (n === undefined) throw new Error(`no reader for: ${note}`);
        return Number(n);
      });
      expect(sum(counted)).toBe(unknown);
    }),
    SETTINGS,
  );
});

test("a sale that may be of the type, and may not, is none that the rule names", () => {
  const sales = [null, "Townhouse", "House"].map((property_type, at) => ({
    ...{ id: `${at}`, address: `${at} Elm Street`, category: "house" as const, sold_date: "2026-06-01", property_type },
  }));
  const subject = { address: "99 Ocean Road", property_type: "Townhouse" as const };
  const { comparables } = buildReport({ as_of: "2026-06-30", sales }, { ...OPTIONS, subject });
  expect(comparables?.rows.map(({ id }) => id)).toEqual(["1"]);
  expect(comparables?.notes).toEqual(["1 sale excluded because its property type is unknown."]);
});
