import { expect, setDefaultTimeout } from "bun:test";
import fc from "fast-check";
import { DRAW } from "../../src/render/documents.ts";
import type { AreaKindRow, CommissionRate, DataSet, Partner } from "../../src/report/data-set.ts";
import { BANDS } from "../../src/report/input/price-band.ts";
import { withPrograms } from "../programs.ts";
import { PROPERTY_SEED } from "../property-seed.ts";
import { options } from "../report/data.ts";
import { messageOf } from "./said.ts";

/** Every word of a commission document, read from the PDF, and worked out again from the rows of rates and partners. */

setDefaultTimeout(120_000);
const test = withPrograms("qpdf");
const SETTINGS = { seed: PROPERTY_SEED, numRuns: 8, includeErrorInReport: true, endOnFailure: true };

const LABELS = BANDS.map(({ label }) => label);
const rateOf = fc.integer({ min: 10, max: 400 }).map((basis) => basis / 100);
const row = fc.record({
  of: fc.constantFrom(
    { state: "NSW" as const },
    { state: "VIC" as const },
    { area_kind: "rural" as const },
    { area_kind: "suburb" as const },
  ),
  band: fc.constantFrom(...LABELS.slice(0, 3), "$10m+"),
  rate: fc.option(fc.tuple(rateOf, fc.option(fc.nat(80)))),
  marketing: fc.option(fc.tuple(fc.integer({ min: 1_000, max: 9_000 }), fc.option(fc.nat(4_000)))),
});
const rates = fc.array(row, { maxLength: 10 }).map((rows) =>
  rows.map(
    ({ of, band, rate, marketing }): CommissionRate => ({
      ...{ ...of, band },
      ...(rate === null
        ? {}
        : { rate_from: rate[0], ...(rate[1] === null ? {} : { rate_to: rate[0] + rate[1] / 100 }) }),
      ...(marketing === null
        ? {}
        : {
            marketing_from: marketing[0],
            ...(marketing[1] === null ? {} : { marketing_to: marketing[0] + marketing[1] }),
          }),
    }),
  ),
);
const area: fc.Arbitrary<AreaKindRow[]> = fc.constantFrom<AreaKindRow[]>(
  [],
  [{ postcode: "2095", kind: "rural" }],
  [{ suburb: "Manly", state: "NSW", kind: "suburb" }],
  [{ postcode: "3000", kind: "inner_city" }],
);
const partner: fc.Arbitrary<Partner | null> = fc.option(
  fc.record({
    agent: fc.constantFrom("Ada Ash", "Bo Birch"),
    agency: fc.constant("Alder"),
    tier: fc.constantFrom("featured" as const, "featured_plus" as const, "standard" as const),
    rates: fc.array(
      fc.record({ band: fc.constantFrom(...LABELS.slice(0, 3)), rate_from: rateOf, rate_to: rateOf }).map((own) => ({
        ...own,
        rate_to: Math.max(own.rate_from, own.rate_to),
      })),
      { maxLength: 2 },
    ),
  }),
);

const RATE = String.raw`–|[\d.]+(?:-[\d.]+)?%`;
const COST = String.raw`–|\$[\d,]+(?:-\$[\d,]+)?`;
const AREA = "New South Wales|the suburbs|rural areas|the inner city";
const BAND = String.raw`Less than \$500k|\$10m\+|\$[\d.]+[km]-\$[\d.]+m`;
const PAGE = new RegExp(
  [
    `^AgentLink COMMISSION THE COST OF SELLING Manly New South Wales 2095 PRICE BAND (?<band>${BAND})`,
    String.raw` USUAL COMMISSION (?<rate>${RATE})(?: (?<cost>[^.]*\$[^.]*(?:\.\d[^.]*)*)\.)?`,
    String.raw` (?:Usual in (?<rateOf>${AREA})\.|No usual commission is on record for (?<noRate>${BAND}) in New South Wales or for (?<noRateOf>${AREA})\.)`,
    ` USUAL MARKETING COST (?<marketing>${COST})`,
    String.raw` (?:Photography, advertising, signboard and similar costs\. Usual in (?<marketingOf>${AREA})\.|No usual marketing cost is on record for (?<noMarketing>${BAND})\.)`,
    `(?: FEATURED PARTNER(?<plus> PLUS)? · PAID PLACEMENT (?<partner>Ada Ash|Bo Birch) Alder`,
    ` COMMISSION (?<own>${RATE}) (?<ownOf>not on record|at the usual rate|this agent's own) DISCOUNT (?<discount>${COST}) (?:needs a rate|off the commission))?`,
    `(?: ALL PRICE BANDS PRICE BAND(?<rateColumn> USUAL COMMISSION)?(?<costColumn> USUAL MARKETING COST)? (?<rows>(?:(?:${BAND})(?: (?:${RATE}))?(?: (?:${COST}))? ?)+))?`,
    String.raw` ?(?<from>Usual rates are those on record for (?:New South Wales|the state or, where there are none, for the kind of area)\.)?`,
    String.raw`(?: ?Manly counts as part of (?<kind>${AREA})(?<unknown>, as no other kind is on record)?\.)?`,
    " ?Commission is negotiable between owner and agent; ask whether a quote includes GST and marketing. This is neither a quote nor a valuation.",
    "(?: (?<payer>Ada Ash|Bo Birch) pays to appear here. This paid placement changes no rank or figure in any report.)?$",
  ].join(""),
);

const AREAS = { rural: "rural areas", suburb: "the suburbs", inner_city: "the inner city" } as const;
const dollars = (value: number) => `$${value.toLocaleString("en-AU")}`;
const percents = ([from, to]: readonly [number, number]) =>
  from === to ? `${from.toFixed(2)}%` : `${from.toFixed(2)}-${to.toFixed(2)}%`;
const costs = ([from, to]: readonly [number, number]) =>
  from === to ? dollars(from) : `${dollars(from)}-${dollars(to)}`;

/** "$1m-$1.5m" in dollars. */
function edgesOf(band: string): readonly [number, number] {
  const [first = 0, second] = [...band.matchAll(/([\d.]+)([km])/g)].map(
    ([, digits, unit]) => Number(digits) * (unit === "m" ? 1_000_000 : 1_000),
  );
  if (band.startsWith("Less")) return [0, first];
  return [first, second ?? Number.POSITIVE_INFINITY];
}

function truthOf(rows: readonly CommissionRate[], kind: string) {
  const usual = (band: string, of: "rate" | "marketing") => {
    for (const [where, fits] of [
      ["New South Wales", ({ state }: CommissionRate) => state === "NSW"],
      [AREAS[kind as "rural"], ({ state, area_kind }: CommissionRate) => state == null && area_kind === kind],
    ] as const) {
      const own = rows.filter((each) => each.band === band && fits(each) && each[`${of}_from`] != null);
      const from = own.map((each) => each[`${of}_from`] ?? 0);
      const to = own.map((each) => each[`${of}_to`] ?? each[`${of}_from`] ?? 0);
      if (own.length > 0) return { where, range: [Math.min(...from), Math.max(...to)] as const };
    }
    return null;
  };
  return { rate: (band: string) => usual(band, "rate"), marketing: (band: string) => usual(band, "marketing") };
}

test("a commission document says what the rates and partners on record are, and nothing else", async () => {
  await fc.assert(
    fc.asyncProperty(
      rates,
      area,
      partner,
      fc.constantFrom(...LABELS.slice(0, 4), "$10m+"),
      async (rows, areas, paid, band) => {
        const data: DataSet = { commission_rates: rows, area_kinds: areas, partners: paid === null ? [] : [paid] };
        const { bytes, facts } = await DRAW.commission(data, { ...options(), homeOwnerPricing: band }, () => {});
        const printed = await messageOf(bytes);
        expect(printed).not.toMatch(/\d[km%]?-\$?\d/);
        const said = printed.replaceAll(/(?<=[\dkm%])–(?=[\d$])/g, "-");
        const claim = PAGE.exec(said)?.groups;
        if (claim === undefined) throw new Error(`no reader for: ${said}`);
        const kind = areas[0]?.postcode === "3000" ? "suburb" : (areas[0]?.kind ?? "suburb");
        const truth = truthOf(rows, kind);
        const [rate, marketing] = [truth.rate(band), truth.marketing(band)];
        expect(claim.band).toBe(band);
        expect([claim.rate, claim.rateOf, claim.noRate]).toEqual(
          rate === null ? ["–", undefined, band] : [percents(rate.range), rate.where, undefined],
        );
        if (rate === null) expect(claim.noRateOf).toBe(AREAS[kind]);
        expect(claim.cost).toBe(rate === null ? undefined : costOf(band, rate.range));
        expect([claim.marketing, claim.marketingOf, claim.noMarketing]).toEqual(
          marketing === null ? ["–", undefined, band] : [costs(marketing.range), marketing.where, undefined],
        );
        const known = LABELS.filter((label) => truth.rate(label) !== null || truth.marketing(label) !== null);
        const shown = known.length < 2 ? [] : LABELS.filter((label) => label === band || known.includes(label));
        // A column about which nothing is known is not there.
        const [rateShown, costShown] = [truth.rate, truth.marketing].map((of) =>
          shown.some((label) => of(label) !== null),
        );
        expect([claim.rateColumn !== undefined, claim.costColumn !== undefined]).toEqual([
          rateShown === true,
          costShown === true,
        ]);
        const cellsOf = (label: string) => {
          const [own, cost] = [truth.rate(label), truth.marketing(label)];
          return [
            ...(rateShown ? [own === null ? "–" : percents(own.range)] : []),
            ...(costShown ? [cost === null ? "–" : costs(cost.range)] : []),
          ];
        };
        const rowsShown = shown.map((label) => [label, ...cellsOf(label)].join(" ")).join(" ");
        expect(claim.rows?.trim() ?? "").toBe(rowsShown);
        const used = [...shown, band]
          .flatMap((label) => [truth.rate(label), truth.marketing(label)])
          .flatMap((each) => each?.where ?? []);
        const onlyState = used.every((where) => where === "New South Wales");
        expect(claim.from?.includes("the kind of area")).toBe(used.length === 0 ? (undefined as never) : !onlyState);
        expect(claim.kind).toBe(used.length === 0 || onlyState ? (undefined as never) : AREAS[kind]);
        if (claim.kind !== undefined)
          expect(claim.unknown === undefined).toBe(areas.length > 0 && areas[0]?.postcode !== "3000");
        checkPartner(claim, paid, band, rate?.range ?? null);
        expect(facts).toEqual({
          commission_rate:
            claim.own !== undefined && claim.own !== "–" ? claim.own : rate === null ? "" : percents(rate.range),
          discount: claim.discount === undefined || claim.discount === "–" ? "" : claim.discount,
        });
      },
    ),
    SETTINGS,
  );
});

function costOf(band: string, [lowest, highest]: readonly [number, number]): string {
  const [from, to] = edgesOf(band);
  const of = (price: number, rate: number) => dollars(Math.round(Number(((price * rate) / 100).toPrecision(12))));
  const short = (price: number) => (price >= 1_000_000 ? `$${price / 1_000_000}m` : `$${price / 1_000}k`);
  if (to === Number.POSITIVE_INFINITY) return `${of(from, lowest)} or more on a sale at ${short(from)} or more`;
  if (from === 0) return `Up to ${of(to, highest)} on a sale below ${short(to)}`;
  return `${of(from, lowest)} to ${of(to, highest)} on a sale at ${short(from)} to ${short(to)}`;
}

function checkPartner(
  claim: Readonly<Record<string, string | undefined>>,
  paid: Partner | null,
  band: string,
  usual: readonly [number, number] | null,
): void {
  const featured = paid !== null && paid.tier !== "standard" ? paid : null;
  expect([claim.partner, claim.payer]).toEqual([featured?.agent, featured?.agent] as never);
  if (featured === null) return;
  expect(claim.plus !== undefined).toBe(featured.tier === "featured_plus");
  const row = featured.rates?.find((each) => each.band === band);
  const own = row === undefined ? usual : ([row.rate_from, row.rate_to] as const);
  expect(claim.own).toBe(own === null ? "–" : percents(own));
  expect(claim.ownOf).toBe(
    own === null ? "not on record" : row === undefined ? "at the usual rate" : "this agent's own",
  );
  // A twentieth of the lowest commission, in steps of $250, from $500 to $10,000.
  const exact = own === null ? 0 : (edgesOf(band)[0] * own[0]) / 2_000;
  const discount = Math.min(10_000, Math.max(500, Math.floor(Number((exact / 250).toPrecision(12)) + 0.5) * 250));
  expect(claim.discount).toBe(own === null ? "–" : dollars(discount));
}
