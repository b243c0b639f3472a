import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { DataSet, Decision, Sale } from "../../../src/report/data-set.ts";
import { addressKey } from "../../../src/report/identity/address.ts";
import { agencyKey, franchiseOf } from "../../../src/report/identity/agencies.ts";
import { findJoins, joinSame } from "../../../src/report/identity/identity.ts";
import { ADDRESSES, AGENCIES, AGENTS, FRANCHISES } from "./labelled.ts";

/** What share of the joined pairs are right, and of the right ones are joined. */
function measure<T>(pairs: readonly (readonly [T, T, boolean])[], isOne: (a: T, b: T) => boolean) {
  const found = pairs.map(([a, b, truth]) => ({ a, b, truth, said: isOne(a, b) }));
  const right = found.filter(({ said, truth }) => said && truth).length;
  const wrong = found.filter(({ said, truth }) => said && !truth);
  const missed = found.filter(({ said, truth }) => !said && truth);
  return { precision: right / (right + wrong.length), recall: right / (right + missed.length), wrong, missed };
}

/** The agents of two sources, each with its agency, as one data set. */
function twoAgents(a: (typeof AGENTS)[number][0], b: (typeof AGENTS)[number][1], decisions: Decision[] = []): DataSet {
  const rows = [a, b].map(({ agency, ...agent }, at) => ({
    agency: { id: `g${at}`, name: agency, source: `s${at}` },
    agent: { id: `a${at}`, agency_id: `g${at}`, source: `s${at}`, ...agent },
  }));
  return { agencies: rows.map(({ agency }) => agency), agents: rows.map(({ agent }) => agent), decisions };
}
const areOnePerson = (a: (typeof AGENTS)[number][0], b: (typeof AGENTS)[number][1]) =>
  findJoins(twoAgents(a, b)).some(({ kind }) => kind === "agent");

const areOneAgency = (a: string, b: string) =>
  findJoins({ agencies: [a, b].map((name, at) => ({ id: `g${at}`, name, source: `s${at}` })) }).length === 1;

describe("the labelled set", () => {
  test("of addresses: precision at least 0.99, and the recall is printed", () => {
    const result = measure(ADDRESSES, (a, b) => {
      const key = addressKey(a, "Manly");
      return key !== null && key === addressKey(b, "Manly");
    });
    expect(result.wrong.map(({ a, b }) => [a, b])).toEqual([]);
    expect(result.precision).toBeGreaterThanOrEqual(0.99);
    expect(result.recall).toBeGreaterThanOrEqual(0.95);
  });

  test("of agents: precision at least 0.99; what no rule can know is missed, and that is printed", () => {
    const result = measure(AGENTS, areOnePerson);
    expect(result.wrong.map(({ a, b }) => [a, b])).toEqual([]);
    expect(result.precision).toBeGreaterThanOrEqual(0.99);
    expect(result.recall).toBeGreaterThanOrEqual(0.85);
    expect(result.recall).toBeLessThan(1);
  });

  test("of agencies: precision at least 0.99", () => {
    const result = measure(AGENCIES, areOneAgency);
    expect([result.wrong, result.missed]).toEqual([[], []]);
  });

  test("is what the documents say of it", async () => {
    const recallOf = <T>(pairs: readonly (readonly [T, T, boolean])[], isOne: (a: T, b: T) => boolean) => {
      const { precision, recall } = measure(pairs, isOne);
      return `${pairs.length} | ${precision.toFixed(2)} | ${recall.toFixed(2)} |`;
    };
    const text = await Bun.file(new URL("../../../docs/domain.md", import.meta.url)).text();
    const isOneAddress = (a: string, b: string) =>
      addressKey(a, "Manly") !== null && addressKey(a, "Manly") === addressKey(b, "Manly");
    expect(text).toContain(`| addresses | ${recallOf(ADDRESSES, isOneAddress)}`);
    expect(text).toContain(`| agents | ${recallOf(AGENTS, areOnePerson)}`);
    expect(text).toContain(`| agencies | ${recallOf(AGENCIES, areOneAgency)}`);
  });

  test.each(FRANCHISES)("%p is of the franchise %p", (agency, franchise) => {
    expect(franchiseOf(agency).name).toBe(franchise);
  });
});

const sale = (id: string, source: string, changes: Partial<Sale> = {}): Sale => ({
  ...{ id, source, address: "9 Pine Street", category: "house", sold_date: "2026-05-30", price: 2_000_000 },
  ...changes,
});
const joinsOf = (...sales: Sale[]) =>
  findJoins({ suburb: { name: "Manly", state: "NSW" }, sales }).map((join) => [join.keep, join.join]);

describe("sales of two sources", () => {
  test.each([0, 1, 21])("of one address, %i days apart, are one", (days) => {
    const sold_date = new Date(Date.parse("2026-05-30") + days * 86_400_000).toISOString().slice(0, 10);
    expect(joinsOf(sale("a", "x"), sale("b", "y", { sold_date, address: "9 Pine St, Manly NSW 2095" }))).toEqual([
      ["a", "b"],
    ]);
  });

  test("are two when they are 22 days apart, of one source, of other outcomes or without a day", () => {
    expect(joinsOf(sale("a", "x"), sale("b", "y", { sold_date: "2026-06-21" }))).toEqual([]);
    expect(joinsOf(sale("a", "x"), sale("b", "x"), sale("c", "y", { address: "1 Elm Street" }))).toEqual([]);
    expect(joinsOf(sale("a", "x"), sale("b", "y", { outcome: "withdrawn" }))).toEqual([]);
    expect(joinsOf(sale("a", "x"), sale("b", "y", { sold_date: null }))).toEqual([]);
  });

  test("of a block without a unit's number are one only where price and rooms agree", () => {
    const unit = (id: string, source: string, changes: Partial<Sale> = {}) =>
      sale(id, source, { category: "unit", ...changes });
    expect(joinsOf(unit("a", "x"), unit("b", "y"))).toEqual([["a", "b"]]);
    expect(joinsOf(unit("a", "x", { beds: 2 }), unit("b", "y", { beds: 3 }))).toEqual([]);
    expect(joinsOf(unit("a", "x"), unit("b", "y", { price: 1_400_000 }))).toEqual([]);
    expect(joinsOf(unit("a", "x"), sale("b", "y", { price: null }))).toEqual([]);
  });

  test("are paired one to one, the nearest in time first", () => {
    const unit = (id: string, source: string, sold_date: string) =>
      sale(id, source, { category: "unit", sold_date, price: null });
    expect(
      joinsOf(
        unit("a", "x", "2026-05-30"),
        unit("b", "x", "2026-05-20"),
        unit("c", "y", "2026-05-21"),
        unit("d", "y", "2026-05-30"),
      ),
    ).toEqual([
      ["a", "d"],
      ["b", "c"],
    ]);
  });

  test("make one sale of what both know: a disclosed price, the first day of the campaign, agents and their agency", () => {
    const own = sale("own-1", "crm", {
      ...{ price: 2_460_000, listed_date: "2026-04-01", method: "auction", first_ask: { from: 2_300_000, to: null } },
    });
    const theirs = sale("domain-7", "domain", {
      ...{
        price: null,
        price_disclosed: false,
        listed_date: "2026-05-02",
        agency_ids: ["g"],
        agents: [{ id: "p", role: "lead" }],
      },
    });
    const { dataSet } = joinSame({ sales: [theirs, own] });
    expect(dataSet.sales).toEqual([
      {
        ...own,
        price_disclosed: true,
        agency_ids: ["g"],
        agents: [{ id: "p", role: "lead" }],
      },
    ]);
    expect(dataSet.notes).toEqual(["1 sale that is recorded more than once counts once."]);
  });
});

describe("what is joined", () => {
  const [one, other] = [AGENTS[0]?.[0], AGENTS[0]?.[1]];
  if (one === undefined || other === undefined) throw new Error("no labelled agents");
  const decide = (decision: "merge" | "split", ids: [string, string]): Decision => ({ kind: "agent", decision, ids });

  test("is reported with the reason", () => {
    expect(findJoins(twoAgents(one, other))).toEqual([
      { kind: "agent", keep: "a0", join: "a1", reason: "name within a franchise" },
    ]);
  });

  test("sells under one id: sales, listings and rentals name the person that stays", () => {
    const people = twoAgents(one, other);
    const { dataSet } = joinSame({
      ...people,
      sales: [
        sale("s", "x", {
          agents: [
            { id: "a1", role: "co" },
            { id: "a0", role: "lead" },
          ],
        }),
      ],
      listings: [{ id: "l", address: "1 Elm Street", category: "house", agent_ids: ["a1", "a0"] }],
    });
    expect(dataSet.agents?.map(({ id }) => id)).toEqual(["a0"]);
    expect(dataSet.sales?.[0]?.agents).toEqual([{ id: "a0", role: "lead" }]);
    expect(dataSet.listings?.[0]?.agent_ids).toEqual(["a0"]);
  });

  test("stays apart where a person has split it, and is joined where one has merged it", () => {
    expect(findJoins(twoAgents(one, other, [decide("split", ["a1", "a0"])]))).toEqual([]);
    const strangers = twoAgents({ name: "Ada Birke", agency: "Juniper" }, { name: "Someone Else", agency: "Kestrel" }, [
      decide("merge", ["a0", "a1"]),
    ]);
    expect(findJoins(strangers)).toEqual([{ kind: "agent", keep: "a0", join: "a1", reason: "decided by a person" }]);
    expect(findJoins(twoAgents(one, other, [decide("merge", ["a0", "gone"])]))).toHaveLength(1);
  });

  test("is the same in whatever order the rows come, and joins nothing more the second time", () => {
    const rows = AGENTS.flatMap(([a, b], at) =>
      [a, b].map(({ agency, ...agent }, side) => ({
        agency: { id: `g${at}-${side}`, name: agency, source: `s${side}` },
        agent: { id: `a${at}-${side}`, agency_id: `g${at}-${side}`, source: `s${side}`, ...agent },
      })),
    );
    const dataSetOf = (order: typeof rows): DataSet => ({
      agencies: order.map(({ agency }) => agency),
      agents: order.map(({ agent }) => agent),
    });
    const expected = findJoins(dataSetOf(rows));
    expect(expected.length).toBeGreaterThan(10);
    fc.assert(
      fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), (order) => {
        expect(findJoins(dataSetOf(order))).toEqual(expected);
      }),
      { numRuns: 30 },
    );
    const { dataSet } = joinSame(dataSetOf(rows));
    expect(findJoins(dataSet).filter(({ kind }) => kind === "agency")).toEqual([]);
  });

  test("of one source and one agency is nothing by name alone: it knows its own", () => {
    const agencies = [{ id: "g", name: "Kestrel & Pine Manly" }];
    const agents = ["a", "b"].map((id) => ({ id, name: "Ada Birke", agency_id: "g" }));
    expect(findJoins({ agencies, agents })).toEqual([]);
    expect(agencyKey("Kestrel & Pine")).toBe("kestrel and pine");
  });
});

test("an address reads the same however wide the blanks between its words", () => {
  const word = fc.constantFrom(
    ...["The", "pine", "St", "Saint", "Mt", "N", "West", "Rd", "Street", "Corso", "Manly", "Vale", "NSW", "ACT", "Act"],
    ...["constructor", "Esplanade", "e", "Lane", "Cres", "Wy"],
  );
  const unit = fc.constantFrom("", "5/", "05/", "0/", "12B/", "a1/", "5 / ", "Unit 3 ");
  const number = fc.constantFrom("1", "012", "12a", "7B", "12-14", "44c");
  fc.assert(
    fc.property(unit, number, fc.array(word, { minLength: 1, maxLength: 5 }), (unit, number, words) => {
      const text = `${unit}${number} ${words.join(" ")}`;
      for (const suburb of [null, "Manly", "Manly Vale", "St. Mary's", ""])
        expect(addressKey(text, suburb)).toBe(addressKey(`${unit}${number}  ${words.join(" ")}`, suburb));
    }),
    { numRuns: 500 },
  );
});
