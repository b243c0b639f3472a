import { expect, setDefaultTimeout, test } from "bun:test";
import fc from "fast-check";
import type { DataSet, Listing, Partner } from "../../src/report/data-set.ts";
import { buildReport } from "../../src/report/report.ts";
import { PROPERTY_SEED } from "../property-seed.ts";
import { options } from "./data.ts";
import { AGENCIES, AGENTS, type Dealing, dealingsOf, recordsOf, TODAY } from "./dealings.ts";
import { agenciesOf, comparable, middle, name, prices, truthOf } from "./truth.ts";

/**
 * Every figure of the leagues of agencies and agents, the momentum, the standing of the asker and the paid strip, worked out
 * again from what happened.
 */

setDefaultTimeout(120_000);
const RUNS = { seed: PROPERTY_SEED, numRuns: 120 };
const DEALINGS = fc.oneof(dealingsOf(6, 800), dealingsOf(60, 760), dealingsOf(90, 760, 60));

/** What is for sale, and how it is listed: at several offices, under several ids, in several spellings. */
const listed = fc.array(
  fc.record({
    agencies: fc.uniqueArray(fc.constantFrom(...AGENCIES.map(({ id }) => id)), { maxLength: 2 }),
    agents: fc.uniqueArray(fc.constantFrom(...AGENTS.map(({ id }) => id)), { maxLength: 2 }),
    copies: fc.integer({ min: 1, max: 3 }),
  }),
  { maxLength: 25 },
);
type Offered = typeof listed extends fc.Arbitrary<readonly (infer O)[]> ? O : never;

const SPELLINGS = ["Jones Street", "JONES ST", "Jones St, Manly NSW 2095"];
const listingsOf = (all: readonly Offered[]): Listing[] =>
  all.flatMap(({ agencies, agents, copies }, at) =>
    Array.from({ length: copies }, (_, copy) => ({
      ...{ id: `l${at}-${copy}`, address: `${at + 1} ${SPELLINGS[copy]}`, category: "house" as const },
      // Each office lists what it sells; who is alone lists it again.
      agency_ids: agencies.filter((_, of) => of % copies === copy || copies > agencies.length),
      agent_ids: agents,
    })),
  );
/** Whose listing it is where no agency is named: that of its agents. */
const offeredBy = ({ agencies, agents }: Offered) =>
  agencies.length > 0
    ? agencies
    : [...new Set(agents.map((id) => AGENTS.find((agent) => agent.id === id)?.agency_id ?? ""))];

const partner = fc.record({
  agent: fc.constantFrom(...AGENTS.map(({ name }) => name), "ada  OKOYE", "Zed Nobody"),
  agent_id: fc.option(fc.constantFrom(...AGENTS.map(({ id }) => id), "p99"), { freq: 2 }),
  tier: fc.constantFrom("featured_plus", "featured", "standard", undefined),
  from: fc.option(fc.constantFrom("2026-07-15", "2026-07-16", "2025-01-01")),
  to: fc.option(fc.constantFrom("2026-07-15", "2026-07-14", "2027-01-01")),
  sales: fc.option(fc.nat(90)),
  median_price: fc.option(fc.integer({ min: 400_000, max: 3_000_000 })),
  sales_value: fc.option(fc.integer({ min: 400_000, max: 90_000_000 })),
}) as fc.Arbitrary<Partner>;

const rankIn = (counts: ReadonlyMap<string, number>, id: string) => {
  const own = counts.get(id) ?? 0;
  return own === 0 ? null : 1 + [...counts.values()].filter((n) => n > own).length;
};
const countsOf = (all: readonly Dealing[], key: (each: Dealing) => readonly string[]) =>
  new Map([...new Set(all.flatMap(key))].map((id) => [id, all.filter((each) => key(each).includes(id)).length]));

interface Row {
  readonly id: string;
  readonly rank: number | null;
  readonly rankChange: number | null;
  readonly isNew: boolean;
  readonly value: { readonly value: number | null };
  readonly median: { readonly value: number | null; readonly n: number | null };
  readonly daysOnMarket: { readonly value: number | null };
  readonly share: { readonly value: number | null };
}

/** What rows of agencies and of agents have alike. */
function checkRow(row: Row, all: readonly Dealing[], key: (each: Dealing) => readonly string[]) {
  const { now, before } = truthOf(all);
  const own = now.filter((each) => key(each).includes(row.id));
  expect(row.rank).toBe(rankIn(countsOf(now, key), row.id));
  const was = comparable(truthOf(all)) ? rankIn(countsOf(before, key), row.id) : null;
  expect(row.rankChange).toBe(was === null || row.rank === null ? null : was - row.rank);
  expect(row.isNew).toBe(comparable(truthOf(all)) && own.length > 0 && was === null);
  expect(row.value.value).toBe(prices(own).length === 0 ? null : prices(own).reduce((sum, price) => sum + price, 0));
  expect([row.median.value, row.median.n]).toEqual([middle(prices(own)), prices(own).length]);
  expect(row.daysOnMarket.value).toBe(middle(own.flatMap(({ days }) => days ?? [])));
  // Of sales without names it is not known whose they are.
  if (now.some((each) => key(each).length > 0)) expect(row.share.value).toBeCloseTo((own.length / now.length) * 100);
  else expect(row.share.value).toBeNull();
}

test("each figure of the leagues is that of the rows, with momentum by what is for sale", () => {
  fc.assert(
    fc.property(
      DEALINGS,
      listed,
      fc.constantFrom(null, ...AGENCIES.map(({ id }) => id)),
      (all, offered, preparedFor) => {
        const truth = truthOf(all);
        const { now, before } = truth;
        const data: DataSet = { ...recordsOf(all), listings: listingsOf(offered) };
        const {
          agencies,
          agents,
          preparedFor: standing,
          listings,
        } = buildReport(data, {
          ...options({ date: TODAY, preparedFor }),
        });
        expect([agencies.totalSales, agencies.unattributed, agencies.jointSales, listings.total]).toEqual([
          now.length,
          now.filter((each) => agenciesOf(each).length === 0).length,
          now.filter((each) => agenciesOf(each).length > 1).length,
          offered.length,
        ]);
        const byAgency = offered.flatMap(offeredBy);
        for (const row of agencies.rows) {
          checkRow(row, all, agenciesOf);
          const own = byAgency.filter((id) => id === row.id).length;
          expect(row.listings).toBe(byAgency.length === 0 ? null : own);
          const share = row.share.value;
          const ahead = byAgency.length === 0 || share === null ? null : (own / offered.length) * 100 - share;
          if (ahead === null) expect(row.momentum.value).toBeNull();
          else expect(row.momentum.value).toBeCloseTo(ahead);
          const then = before.filter((each) => agenciesOf(each).includes(row.id)).length;
          if (share === null || !comparable(truth)) expect(row.shareChange).toBeNull();
          else expect(row.shareChange).toBeCloseTo(share - (then / before.length) * 100);
          if (row.id === preparedFor)
            expect(standing).toMatchObject({
              ...{ rank: row.rank, rankChange: row.rankChange, share: row.share, shareChange: row.shareChange },
            });
        }
        const byAgent = offered.flatMap(({ agents: of }) => of);
        for (const row of agents.rows) {
          if (now.some(({ agents: of }) => of.length > 0)) checkRow(row, all, ({ agents: of }) => of);
          else expect([row.involved.value, row.lead.value, row.rank]).toEqual([null, null, null]);
          expect(row.listings).toBe(byAgent.length === 0 ? null : byAgent.filter((id) => id === row.id).length);
        }
      },
    ),
    RUNS,
  );
});

test("who pays is shown on the days paid for, by tier, with the figures of the rows, or else with those entered", () => {
  fc.assert(
    fc.property(DEALINGS, fc.array(partner, { maxLength: 6 }), (all, partners) => {
      const { now } = truthOf(all);
      const { paid } = buildReport({ ...recordsOf(all), partners }, options({ date: TODAY }));
      const paying = partners.filter(({ from, to }) => !(from && from > TODAY) && !(to && to < TODAY));
      expect(paid).toHaveLength(paying.length);
      const tiers = ["featured_plus", "featured", "standard"];
      expect(paid.map(({ tier }) => tiers.indexOf(tier))).toEqual(
        paying.map(({ tier }) => tiers.indexOf(tier ?? "standard")).sort(),
      );
      const idOf = ({ agent, agent_id }: Partner) =>
        agent_id ?? AGENTS.find((each) => each.name.toLowerCase() === agent.toLowerCase().replace(/ +/g, " "))?.id;
      const expected = paying.map((each) => {
        const id = idOf(each);
        const known = AGENTS.some((agent) => agent.id === id);
        const own = now.filter(({ agents }) => agents.some((agent) => agent === id));
        const figures =
          own.length > 0
            ? [own.length, middle(prices(own)), prices(own).reduce((sum, price) => sum + price, 0) || null]
            : [each.sales ?? null, each.median_price ?? null, each.sales_value ?? null];
        const rank = rankIn(
          countsOf(now, ({ agents }) => agents),
          id ?? "",
        );
        return [
          each.tier ?? "standard",
          known ? name(id ?? "") : each.agent,
          rank,
          own.length === 0,
          ...figures,
        ].join();
      });
      const shown = paid.map(({ tier, name: agent, rank, sales, median, value }) =>
        [tier, agent, rank, !(sales.n !== null && sales.n > 0), sales.value, median.value, value.value].join(),
      );
      expect(shown.sort()).toEqual(expected.sort());
      for (const { sales, median, value } of paid)
        for (const each of [sales, median, value]) if (each.supplied) expect(each.n).toBeNull();
    }),
    RUNS,
  );
});
