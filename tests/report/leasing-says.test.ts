import { expect, setDefaultTimeout, test } from "bun:test";
import fc from "fast-check";
import type { Rental } from "../../src/report/data-set.ts";
import { buildLeasing } from "../../src/report/leasing/leasing.ts";
import { options } from "./data.ts";
import { countedBy, DAY, dataSet, hasOddRents, middle, rentals } from "./rentals.ts";

/** Each sentence, tile and line of Method of an agency report is read back and counted again from the rows. */

setDefaultTimeout(30_000);

type Reader = (claim: readonly string[], rows: readonly Rental[], compared: boolean) => void;

const year = (rows: readonly Rental[]) => countedBy(rows, "2025-07-01", "2026-06-30");
const before = (rows: readonly Rental[]) => countedBy(rows, "2024-07-01", "2025-06-30");
const IDS = ["a", "b", "c", "d"];
const counts = (rows: readonly Rental[]) => IDS.map((id) => [`Agency ${id}`, year(rows).by(id).length] as const);
const countOf = (rows: readonly Rental[], name: string) => counts(rows).find(([own]) => own === name)?.[1] ?? 0;
const oneDecimal = (value: number) => String(Math.round(Number((value * 10).toPrecision(12))) / 10);
const days = (rows: readonly Rental[]) =>
  rows.flatMap(({ listed_date, leased_date }) =>
    listed_date && leased_date && leased_date >= listed_date
      ? [(Date.parse(leased_date) - Date.parse(listed_date)) / DAY]
      : [],
  );

function expectNames(words: string, names: readonly string[]): void {
  if (names.length > 3) expect(words).toEndWith(` and ${names.length - 2} others`);
  else for (const each of names) expect(words).toContain(each);
  for (const each of words.replace(/ and \d+ others$/, "").split(/, | and /)) expect(names).toContain(each);
}

function checkUnknown(words: string | undefined, rows: readonly Rental[]): void {
  const { within } = year(rows);
  const unknown = within.filter(({ agency_ids }) => agency_ids?.length === 0).length;
  expect(words).toBe(unknown > 0 && unknown * 10 >= within.length ? String(unknown) : undefined);
}

function checkGap(own: string, needed: string | undefined, rank: string | undefined, rows: readonly Rental[]): void {
  const mine = countOf(rows, own);
  const better = counts(rows).flatMap(([, n]) => (n > mine ? [n] : []));
  expect(needed === undefined).toBe(better.length === 0);
  if (needed === undefined) return;
  const next = Math.min(...better);
  expect([Number(needed), Number(rank)]).toEqual([...[next - mine + 1, 1 + better.filter((n) => n > next).length]]);
}

const READERS: readonly (readonly [RegExp, Reader])[] = [
  [/^The data has no rental listings in Manly in the 12 months\.$/, (_, rows) => expect(year(rows).within).toEqual([])],
  [
    /^(\d+) propert(?:y was|ies were) listed for rent in Manly in the 12 months to 30 June 2026(?: \(data from [^)]+\))?(?:, (up|down|unchanged|almost unchanged)(?: ([\d.]+)%)? on the year before(?: \((\d)\))?)?\.$/,
    ([, n, direction, size, few], rows, compared) => {
      const [now, then] = [year(rows).within.length, before(rows).within.length];
      expect(Number(n)).toBe(now);
      expect(direction !== undefined).toBe(compared);
      if (direction === undefined) return;
      const change = (now / then - 1) * 100;
      if (size === undefined) expect(Math.abs(change)).toBeLessThan(0.05);
      else expect([direction, size]).toEqual([change > 0 ? "up" : "down", oneDecimal(Math.abs(change))]);
      expect(few).toBe(then < 10 && change !== 0 ? String(then) : undefined);
    },
  ],
  [
    /^There are too few asking rents for a median; at least 3 of one property type are needed\.$/,
    (_, rows) => {
      for (const type of ["house", "unit"]) {
        const own = year(rows).within.filter(({ category }) => category === type);
        expect(own.flatMap(({ weekly_rent }) => weekly_rent || []).length).toBeLessThan(3);
      }
    },
  ],
  [
    /^The median asking rent was (.+?)(; some rents may not be weekly \(see Method\))?\.$/,
    ([, words = "", odd], rows) => {
      expect(odd !== undefined).toBe(hasOddRents(rows));
      const said = new Map([...words.matchAll(/\$([\d,]+) a week for (houses|units)/g)].map(([, n, of]) => [of, n]));
      for (const type of ["house", "unit"] as const) {
        const own = year(rows).within.filter(({ category }) => category === type);
        const rents = own.flatMap(({ weekly_rent }) => weekly_rent || []);
        const median = middle(rents);
        const n = said.get(`${type}s`);
        expect(n?.replace(",", "")).toBe(median === null ? undefined : String(Math.round(median)));
        if (median !== null && rents.length < 10) expect(words).toContain("only ");
      }
    },
  ],
  [/^No agency can be ranked/, (_, rows) => expect(counts(rows).every(([, n]) => n === 0)).toBe(true)],
  [
    /^(?:The only listing|(Both|All \d+) listings) in this report (?:is|are) by (.+)\.$/,
    ([, all = "", own = ""], rows) => {
      expect({ "": 1, Both: 2 }[all] ?? Number(all.slice(4))).toBe(year(rows).within.length);
      const listed = counts(rows).flatMap(([name, n]) => (n > 0 ? [name] : []));
      expectNames(own, listed);
      expect(listed).toHaveLength(1);
    },
  ],
  [
    /^(.+) (leads|share the lead) with (\d+) of (\d+) listings? \(([\d.]+)%\)(?: each)?(?:, ahead of (.+) with (\d+)(?: each)?)?(?:; no agency is known for (\d+) listings?)?\.$/,
    ([, leaders = "", verb, n, all, share, next, theirs, unknown], rows) => {
      const most = Math.max(...counts(rows).map(([, own]) => own));
      const names = counts(rows).flatMap(([own, count]) => (count === most ? [own] : []));
      expectNames(leaders, names);
      expect(verb).toBe(names.length > 1 ? "share the lead" : "leads");
      expect([Number(n), Number(all), share]).toEqual([
        ...[most, year(rows).within.length, oneDecimal((most / year(rows).within.length) * 100)],
      ]);
      const rest = counts(rows).filter(([own, count]) => count > 0 && count < most && !names.includes(own));
      if (names.length === 1) expect(next === undefined).toBe(rest.length === 0);
      if (next !== undefined) {
        const second = Math.max(...rest.map(([, count]) => count));
        expect(Number(theirs)).toBe(second);
        expectNames(
          next,
          rest.flatMap(([own, count]) => (count === second ? [own] : [])),
        );
      }
      checkUnknown(unknown, rows);
    },
  ],
  [
    /^(Agency .) has no rental listings in this report(?:; (\d+) (?:more )?listings? would put it past #(\d+))?\.$/,
    ([, own = "", needed, rank], rows) => {
      expect(countOf(rows, own)).toBe(0);
      checkGap(own, needed, rank, rows);
    },
  ],
  [
    /^(Agency .) ranks #(\d+) with ([\d.]+)% of the listings(?: \(([+−])([\d.]+) points on the year\))?(?:, level with ([^;]+?))?(?:; (?:(\d+) more listings? would put it past #(\d+)|(no agency ranks higher)))?\.$/,
    ([, own = "", rank, share, sign, points, equals, needed, past, first], rows, compared) => {
      const mine = countOf(rows, own);
      expect(Number(rank)).toBe(1 + counts(rows).filter(([, n]) => n > mine).length);
      expect(share).toBe(oneDecimal((mine / year(rows).within.length) * 100));
      checkGap(own, needed, past, rows);
      const others = counts(rows).flatMap(([each, n]) => (n === mine && each !== own ? [each] : []));
      expect(equals !== undefined).toBe(others.length > 0);
      expect(first !== undefined).toBe(needed === undefined && others.length === 0);
      if (equals !== undefined) expectNames(equals, others);
      if (points === undefined) return;
      expect(compared).toBe(true);
      const id = own.slice(-1);
      const was = (before(rows).by(id).length / before(rows).within.length) * 100;
      const change = (mine / year(rows).within.length) * 100 - was;
      expect([sign, points]).toEqual([change < 0 ? "−" : "+", oneDecimal(Math.abs(change))]);
    },
  ],
  [
    /^Half of the (\d+) lettings with both dates took (\d+) days? or less from listing\.$/,
    ([, n, took], rows) => {
      const known = days(year(rows).within);
      expect(Number(n)).toBe(known.length);
      expect(known.filter((each) => each <= Number(took)).length * 2).toBeGreaterThanOrEqual(known.length);
    },
  ],
];

test("each sentence, tile and line of Method is true of the rows, and none says another number", () => {
  fc.assert(
    fc.property(rentals, fc.constantFrom(null, "a", "c"), (rows, preparedFor) => {
      const model = buildLeasing(dataSet(rows), options({ preparedFor }), true);
      const compared = !model.method.coverage.some((line) => line.includes("are not covered well enough"));
      for (const sentence of model.sentences) {
        const found = READERS.filter(([pattern]) => pattern.test(sentence));
        if (found.length !== 1) throw new Error(`${found.length} readers for: ${sentence}`);
        for (const [pattern, read] of found) read(pattern.exec(sentence) ?? [], rows, compared);
      }
      const { within } = year(rows);
      const known = within.filter((row) => row.listed_date || row.leased_date || row.status === "current");
      expect(model.total).toBe(known.length);
      const leased = rows.filter(({ leased_date }) => (leased_date ?? "") >= "2025-07-01" && leased_date !== null);
      const earlier = leased.filter(({ listed_date }) => listed_date && listed_date < "2025-07-01");
      expect([model.leased.total, model.leased.earlier]).toEqual([leased.length, earlier.length]);
      const current = rows.filter(({ status }) => status === "current").length;
      expect(model.current.total).toBe(current);
      const newest = (days: readonly (string | null | undefined)[], shown: number) =>
        days
          .map((day) => day ?? "")
          .sort((a, b) => (a < b ? 1 : -1))
          .slice(0, shown);
      const onMarket = rows.filter(({ status }) => status === "current").map(({ listed_date }) => listed_date);
      for (const [{ rows: shown, total }, dates] of [
        [model.current, onMarket],
        [model.leased, leased.map(({ leased_date }) => leased_date)],
      ] as const) {
        expect(shown).toHaveLength(Math.min(14, total));
        expect(shown.map(({ date }) => date ?? "")).toEqual(newest(dates, shown.length));
        for (const { id, weeklyRent, agencyNames } of shown) {
          const of = rows.find((row) => row.id === id);
          expect([weeklyRent ?? 0, [...agencyNames].sort()] as const).toEqual([
            of?.weekly_rent ?? 0,
            (of?.agency_ids ?? []).map((each) => `Agency ${each}`).sort(),
          ]);
        }
      }
      const tile = (label: string) => model.tiles.find((each) => each.label === label)?.figure.value ?? 0;
      expect([tile("Rental listings, 12 months"), tile("On the market now"), tile("Agencies")]).toEqual([
        ...[known.length, current, model.league.length],
      ]);
      expect(tile("Days to lease")).toBe(middle(days(within)) ?? 0);
      const rents = within.filter(({ weekly_rent }) => weekly_rent).length;
      const of = within.filter(({ status, leased_date }) => status === "leased" || leased_date).length;
      const named = within.filter(({ agency_ids }) => agency_ids?.length).length;
      const listings = `${known.length} rental listing${known.length === 1 ? "" : "s"}`;
      expect(model.method.coverage).toContain(
        `${listings}: ${rents} with an asking rent, ${of} leased since, ${named} with an agency.`,
      );
    }),
    { numRuns: 300 },
  );
});
