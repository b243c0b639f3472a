import { describe, expect, setDefaultTimeout, test } from "bun:test";
import fc from "fast-check";
import { buildBrief } from "../../src/report/brief.ts";
import { buildReport } from "../../src/report/report.ts";
import { options } from "./data.ts";
import { type Dealing, dayOf, dealingsOf, iso, recordsOf, TODAY } from "./dealings.ts";
import {
  agenciesOf,
  areComparable,
  comparable,
  dollars,
  middle,
  most,
  name,
  oneDecimal,
  prices,
  share,
  truthOf,
  withCount,
  YEAR,
} from "./truth.ts";

/** Each sentence of a report is read back, and what it claims is worked out again from what really happened. */

setDefaultTimeout(30_000);
const OPTIONS = options({ date: TODAY });
type Reader = (claim: RegExpExecArray, dealings: readonly Dealing[]) => void;

/** "up 5% on the year before (4)": right, allowed, and with the few that it rests on. */
function checkChange(words: string | undefined, now: number, before: number, mayCompare: boolean, few: number): void {
  if (words === undefined) return;
  expect(mayCompare).toBe(true);
  const change = (now / before - 1) * 100;
  const size = oneDecimal(Math.abs(change));
  const said =
    change === 0 ? "unchanged" : size === "0" ? "almost unchanged" : `${change > 0 ? "up" : "down"} ${size}%`;
  const count = few < 10 && change !== 0 ? ` (${few})` : "";
  expect(words).toBe(`${said} on the year before${count}`);
}

/** The names that words list: "A, B and 2 others". */
function expectNames(words: string, names: readonly string[]): void {
  if (names.length > 3) expect(words).toEndWith(` and ${names.length - 2} others`);
  else for (const each of names) expect(words).toContain(each);
  const listed = words.replace(/ and \d+ others$/, "").split(/, | and /);
  for (const each of listed) expect(names).toContain(each);
}

/** Every sentence that a report of sales can have, and how it is checked. A sentence that none reads fails the test. */
const READERS: readonly (readonly [RegExp, Reader])[] = [
  [
    /^Manly saw ([\d,]+) sales? in the 12 months to 30 June 2026(?: \(data from ([^)]+)\))?(?:, ([^;]+?))?; (.+)\.$/,
    ([, count, begins, compared, disclosed], dealings) => {
      const truth = truthOf(dealings);
      // For a year that is not covered from its beginning, the report states when the data begins.
      const oldest = Math.max(...truth.known.map(dayOf));
      expect(begins === undefined).toBe(oldest >= YEAR - 32);
      if (begins !== undefined) expect(new Date(`${begins} UTC`).toISOString().slice(0, 10)).toBe(iso(oldest));
      expect(Number(count)).toBe(truth.now.length);
      checkChange(compared, truth.now.length, truth.before.length, comparable(truth), truth.before.length);
      expect(compared === undefined).toBe(!comparable(truth));
      const priced = prices(truth.now).length;
      const part = share(priced, truth.now.length);
      const said =
        truth.now.length === 1
          ? `its price was ${priced === 1 ? "" : "not "}disclosed`
          : priced === 0
            ? "no price was disclosed"
            : `${part} disclosed their price`;
      expect(disclosed).toBe(said);
    },
  ],
  [
    /^The data lists no sales in Manly in the 12 months to 30 June 2026; it names 4 agencies and 5 agents\.$/,
    (_, dealings) => expect(truthOf(dealings).now).toEqual([]),
  ],
  [
    /^(\d+) disclosed prices? (?:is|are) too few for a median price; at least 3 of one property type are needed\.$/,
    ([, count], dealings) => {
      const { now } = truthOf(dealings);
      expect(Number(count)).toBe(prices(now).length);
      for (const category of ["house", "unit"])
        expect(prices(now.filter((each) => each.category === category)).length).toBeLessThan(3);
    },
  ],
  [
    /^[Tt]he median (?:house|unit) sold for .*\.$/,
    ([sentence], dealings) => {
      const truth = truthOf(dealings);
      const said = sentence
        .replace(/^The/, "the")
        .slice(0, -1)
        .split(", the ")
        .map((part) => part.replace(/^the /, ""));
      const expected = (["house", "unit"] as const).flatMap((category) => {
        const own = truth.now.filter((each) => each.category === category);
        const value = middle(prices(own));
        if (value === null) return [];
        const ownBefore = truth.before.filter((each) => each.category === category);
        const earlier = middle(prices(ownBefore));
        const grown = comparable(truth) && earlier !== null && areComparable(own, ownBefore);
        const change = grown ? (value / (earlier ?? 1) - 1) * 100 : 0;
        const size = oneDecimal(Math.abs(change));
        const [many, manyThen] = [prices(own).length, prices(ownBefore).length];
        const then = manyThen < 10 && manyThen < many ? `, from only ${manyThen} prices` : "";
        const beside = [
          ...(grown
            ? [`${change === 0 ? "unchanged" : `${change > 0 ? "up" : "down"} ${size}%`} on the year${then}`]
            : []),
          ...(many < 10 ? [`only ${many} prices`] : []),
        ];
        return [`median ${category} sold for ${dollars(value)}${beside.length > 0 ? ` (${beside.join("; ")})` : ""}`];
      });
      expect(said).toEqual(expected);
    },
  ],
  [
    /^(?:The only sale|(Both|All \d+) sales) in this report (?:is|are) by (.+)\.$/,
    ([, all = "", seller = ""], dealings) => {
      const { agencies, now } = truthOf(dealings);
      expect({ "": 1, Both: 2 }[all] ?? Number(all.slice(4))).toBe(now.length);
      expect([...agencies.keys()].map(name)).toEqual([seller]);
      expect(now.every((each) => agenciesOf(each).length > 0)).toBeTrue();
    },
  ],
  [
    /^(.+) leads with (\d+) of (\d+) sales? \(([\d.]+%)\)(?:, ahead of (.+) with (\d+)(?: each)?)?(?:; no agency is known for (\d+) sales?)?\.$/,
    ([, leader = "", own, all, part, next, theirs, unknown], dealings) => {
      checkUnknown(unknown, dealings);
      const { agencies, now } = truthOf(dealings);
      expect(withCount(agencies, most(agencies))).toEqual([leader]);
      expect([Number(own), Number(all), part]).toEqual([
        ...[most(agencies), now.length, share(most(agencies), now.length)],
      ]);
      const rest = new Map([...agencies].filter(([id]) => name(id) !== leader));
      if (next === undefined) expect(rest.size).toBe(0);
      else {
        expect(Number(theirs)).toBe(most(rest));
        expectNames(next, withCount(rest, most(rest)));
      }
    },
  ],
  [
    /^(.+) share the lead with (\d+) of (\d+) sales? \(([\d.]+%)\) each(?:; no agency is known for (\d+) sales?)?\.$/,
    ([, leaders = "", own, all, part, unknown], dealings) => {
      checkUnknown(unknown, dealings);
      const { agencies, now } = truthOf(dealings);
      const names = withCount(agencies, most(agencies));
      expect(names.length).toBeGreaterThan(1);
      expectNames(leaders, names);
      expect([Number(own), Number(all), part]).toEqual([
        ...[most(agencies), now.length, share(most(agencies), now.length)],
      ]);
    },
  ],
  [
    /^(.+) (?:was|were) involved in the most sales, (\d+)(?: each)?(?: at a median of (\$[\d.]+[km])(?: \(only (\d) prices\))?)?(?:; no agent is shown for (\d+) sales?)?\.$/,
    ([, leaders = "", own, median, few, unnamed], dealings) => {
      const { agents, now } = truthOf(dealings);
      const ofNobody = now.filter(({ agents: of }) => of.length === 0).length;
      expect(unnamed).toBe(ofNobody > 0 && ofNobody * 10 >= now.length ? String(ofNobody) : undefined);
      const names = withCount(agents, most(agents));
      expectNames(leaders, names);
      expect(Number(own)).toBe(most(agents));
      if (names.length > 1) return;
      const sold = prices(now.filter(({ agents: of }) => of.some((id) => name(id) === leaders)));
      const value = middle(sold);
      expect(median).toBe(value === null ? undefined : dollars(value));
      expect(few).toBe(value !== null && sold.length < 10 ? String(sold.length) : undefined);
    },
  ],
  [
    /^Half of the (\d+) sales with a listing date took (\d+) days? or less\.$/,
    ([, count, days], dealings) => {
      const known = truthOf(dealings).now.flatMap(({ days: took }) => took ?? []);
      expect(Number(count)).toBe(known.length);
      expect(known.filter((took) => took <= Number(days)).length * 2).toBeGreaterThanOrEqual(known.length);
    },
  ],
  [
    /^(.+) has no sales in this report(?:; (\d+) sales? would put it past #(\d+))?\.$/,
    ([, own = "", needed, rank], dealings) => checkGap(own, null, needed, rank, dealings),
  ],
  [
    /^(.+) ranks #(\d+) with ([\d.]+%) of the sales(?: \(.*?\))?(?:, level with ([^;]+?))?(?:; (?:(\d+) more sales? would put it past #(\d+)|(no agency ranks higher)))?\.$/,
    ([, own = "", rank, part, equals, needed, past, first], dealings) => {
      const { agencies, now } = truthOf(dealings);
      const mine = countOf(own, agencies);
      expect(Number(rank)).toBe(1 + [...agencies.values()].filter((count) => count > mine).length);
      expect(part).toBe(share(mine, now.length));
      if (needed !== undefined) checkGap(own, mine, needed, past, dealings);
      else expect(mine).toBe(most(agencies));
      const others = withCount(agencies, mine).filter((each) => each !== own);
      expect(equals !== undefined).toBe(others.length > 0);
      expect(first !== undefined).toBe(needed === undefined && others.length === 0);
      if (equals !== undefined) expectNames(equals, others);
    },
  ],
];

/** Where one sale in ten or more is of no known agency, the leader is a lead among the others, and the report states it. */
function checkUnknown(words: string | undefined, dealings: readonly Dealing[]): void {
  const { now } = truthOf(dealings);
  const unknown = now.filter((each) => agenciesOf(each).length === 0).length;
  expect(words).toBe(unknown > 0 && unknown * 10 >= now.length ? String(unknown) : undefined);
}

function countOf(own: string, counts: ReadonlyMap<string, number>): number {
  return [...counts].find(([id]) => name(id) === own)?.[1] ?? 0;
}

function checkGap(
  own: string,
  mine: number | null,
  needed: string | undefined,
  rank: string | undefined,
  dealings: readonly Dealing[],
): void {
  const { agencies } = truthOf(dealings);
  const have = mine ?? 0;
  expect(countOf(own, agencies)).toBe(have);
  const better = [...agencies.values()].filter((count) => count > have);
  expect(needed === undefined).toBe(better.length === 0);
  if (needed === undefined) return;
  const next = Math.min(...better);
  expect([Number(needed), Number(rank)]).toEqual([
    ...[next - have + 1, 1 + better.filter((count) => count > next).length],
  ]);
}

function check(sentences: readonly string[], dealings: readonly Dealing[]): void {
  for (const sentence of sentences) {
    const found = READERS.flatMap(([pattern, read]) => {
      const claim = pattern.exec(sentence);
      return claim === null ? [] : [() => read(claim, dealings)];
    });
    if (found.length !== 1) throw new Error(`${found.length} readers for: ${sentence}`);
    for (const read of found) read();
  }
}

describe.each([
  ["a handful of sales", dealingsOf(6, 800), 250],
  ["two years of sales", dealingsOf(60, 760), 120],
  ["sales of three years with holes", dealingsOf(90, 1_100).map((all) => all.filter(({ ago }) => ago % 200 > 60)), 80],
  ["records of a few weeks", dealingsOf(30, 40), 80],
] as const)("%s", (_, dealings, runs) => {
  const settings = { numRuns: runs };

  test("each sentence says what happened", () => {
    fc.assert(
      fc.property(dealings, fc.constantFrom(null, "g0", "g2"), (all, preparedFor) => {
        const model = buildReport(recordsOf(all), { ...OPTIONS, preparedFor });
        check(model.verdict.sentences, all);
      }),
      settings,
    );
  });

  test("no page has another number than the truth", () => {
    fc.assert(
      fc.property(dealings, (all) => {
        const { now, agencies, agents, known } = truthOf(all);
        const model = buildReport(recordsOf(all), OPTIONS);
        const brief = buildBrief(recordsOf(all), OPTIONS);
        expect([model.agencies.totalSales, model.sales.total, brief.sales]).toEqual(Array(3).fill(now.length));
        for (const { id, sales, share: part, rank } of model.agencies.rows) {
          const own = agencies.get(id) ?? 0;
          expect(sales.value).toBe(agencies.size === 0 ? null : own);
          expect(rank).toBe(own === 0 ? null : 1 + [...agencies.values()].filter((n) => n > own).length);
          if (part.value !== null) expect(part.value).toBeCloseTo((own / now.length) * 100);
        }
        const figures = (id: string) => now.filter(({ agents: of }) => of.includes(id));
        for (const { id, involved, lead, median, value, rank, daysOnMarket } of model.agents.rows) {
          if (agents.size === 0) expect(involved.value).toBeNull();
          if (agents.size === 0) continue;
          const own = figures(id);
          expect([involved.value, lead.value]).toEqual([
            own.length,
            own.filter(({ agents: of }) => of[0] === id).length,
          ]);
          expect(median.value).toBe(middle(prices(own)));
          expect(value.value ?? 0).toBe(prices(own).reduce((sum, price) => sum + price, 0));
          expect(daysOnMarket.value).toBe(middle(own.flatMap(({ days }) => days ?? [])));
          expect(rank).toBe(own.length === 0 ? null : 1 + [...agents.values()].filter((n) => n > own.length).length);
        }
        for (const row of brief.agents) {
          expect((row.lead.value ?? 0) + (row.joint.value ?? 0)).toBe(figures(row.id).length);
          expect(row.median.value).toBe(middle(prices(figures(row.id))));
        }
        for (const { category, sales12m, median, clearance, methodMix, bedrooms } of model.market) {
          const own = now.filter((each) => each.category === category);
          expect(sales12m.value).toBe(own.length);
          expect(median.value).toBe(middle(prices(own)));
          const results = known.filter((each) => each.category === category && dayOf(each) < YEAR);
          const failed = results.filter(({ outcome }) => outcome === "passed_in").length;
          const cleared = own.filter(({ method }) => method !== "private_treaty").length;
          if (clearance.value !== null) expect(clearance.value).toBeCloseTo((cleared / (cleared + failed)) * 100);
          else if (cleared + failed > 2) expect(new Set(known.map(({ outcome }) => outcome)).size).toBe(1);
          const methods = [...new Set(own.map(({ method }) => method))];
          expect(methodMix.map(({ method, n }) => [method, n]).sort()).toEqual(
            // Of one or two sales no method is the usual one, and a single method is no mix.
            (own.length < 3 || methods.length < 2 ? [] : methods)
              .map((method) => [method, own.filter((each) => each.method === method).length])
              .sort(),
          );
          for (const { bedrooms: size, sales, median: price } of bedrooms) {
            const same = own.filter(({ beds }) => beds !== null && Math.min(beds, 5) === size);
            expect([sales.value, price.value]).toEqual([same.length, middle(prices(same))]);
          }
        }
      }),
      settings,
    );
  });
});
