import { describe, expect, test } from "bun:test";
import { buildCommission } from "../../../src/report/commission/commission.ts";
import type { CommissionRate, DataSet, Partner } from "../../../src/report/data-set.ts";
import { BANDS } from "../../../src/report/input/price-band.ts";
import { options } from "../data.ts";

const BAND = "$1.5m-$2m";
const OF_STATE: CommissionRate = {
  state: "NSW",
  band: BAND,
  rate_from: 1.8,
  rate_to: 2.2,
  marketing_from: 5_000,
  marketing_to: 9_000,
};
const OF_KIND: CommissionRate = {
  area_kind: "suburb",
  band: BAND,
  rate_from: 2,
  rate_to: 2.5,
  marketing_from: 4_000,
  marketing_to: 7_000,
};
const PARTNER: Partner = {
  agent: "Ada",
  agency: "Alder",
  tier: "featured",
  rates: [{ band: BAND, state: "NSW", rate_from: 1.5, rate_to: 1.75 }],
};

function built(dataSet: DataSet, changes: Parameters<typeof options>[0] = {}) {
  return buildCommission(dataSet, options({ homeOwnerPricing: BAND, ...changes }));
}

describe("whose rate it is", () => {
  test("the partner's for band and state comes first, then the state's, then that of the kind of area", () => {
    const all = { commission_rates: [OF_STATE, OF_KIND], partners: [PARTNER] };
    expect(built(all).facts).toEqual({ commission_rate: "1.50-1.75%", discount: "$1,250" });
    expect(built({ ...all, partners: [] })).toMatchObject({
      rate: { from: 1.8, to: 2.2, of: "state" },
      marketing: { from: 5_000, to: 9_000 },
      facts: { commission_rate: "1.80-2.20%", discount: "" },
    });
    expect(built({ commission_rates: [OF_KIND] })).toMatchObject({
      rate: { of: "area_kind" },
      facts: { commission_rate: "2.00-2.50%" },
    });
  });

  test("a partner without a rate for the band, or for another state alone, is requested the usual one, with a discount from it", () => {
    const rates = [{ band: BAND, state: "VIC" as const, rate_from: 1, rate_to: 1 }];
    for (const partner of [
      { ...PARTNER, rates },
      { ...PARTNER, rates: [] },
    ])
      expect(built({ commission_rates: [OF_STATE], partners: [partner] })).toMatchObject({
        partner: { rate: null },
        facts: { commission_rate: "1.80-2.20%", discount: "$1,250" },
      });
    const anywhere = [{ band: BAND, rate_from: 1, rate_to: 1 }];
    expect(built({ partners: [{ ...PARTNER, rates: anywhere }] }).facts).toEqual({
      commission_rate: "1.00%",
      discount: "$750",
    });
  });

  test("marketing is the operator's, also where the rate is the partner's or of another row", () => {
    const { marketing_from: _from, marketing_to: _to, ...bare } = OF_STATE;
    const { rate, marketing } = built({ commission_rates: [bare, OF_KIND], partners: [PARTNER] });
    expect([rate?.of, marketing]).toEqual(["state", { from: 4_000, to: 7_000, of: "area_kind" }]);
  });

  test.each([
    [[{ kind: "rural", postcode: "2095" }], "rural", true],
    [
      [
        { kind: "rural", postcode: "2095" },
        { kind: "inner_city", suburb: "MANLY" },
      ],
      "inner_city",
      true,
    ],
    [
      [
        { kind: "rural", postcode: "2096" },
        { kind: "rural", suburb: "Manly", postcode: "4179" },
      ],
      "suburb",
      false,
    ],
    [
      [
        { kind: "rural", suburb: "manly", state: "QLD" },
        { kind: "inner_city", suburb: "manly", state: "NSW" },
      ],
      "inner_city",
      true,
    ],
    [[], "suburb", false],
  ] as const)("%j makes Manly NSW 2095 %p", (area_kinds, kind, known) => {
    expect(built({ area_kinds: [...area_kinds] }).area).toEqual({ kind, known });
  });
});

describe("which partner it is", () => {
  const other = (changes: Partial<Partner>): Partner => ({ ...PARTNER, agent: "Bo", ...changes });

  test("the one of the highest tier whose time it is; a standard one is not shown here", () => {
    const name = (partners: readonly Partner[]) => built({ partners: [...partners] }).partner?.name ?? null;
    expect(name([PARTNER, other({ tier: "featured_plus" })])).toBe("Bo");
    expect(name([other({ tier: "standard" })])).toBeNull();
    expect(name([other({ from: "2026-07-02" })])).toBeNull();
    expect(name([other({ to: "2026-06-30" })])).toBeNull();
    expect(name([other({ from: "2026-07-01", to: "2026-07-01" })])).toBe("Bo");
    expect(name([other({ rates: [] }), { ...PARTNER, agent: "Cy" }])).toBe("Cy");
  });

  test("one whom the data hides is hidden here, too; of one it knows it takes the photo and the agency", () => {
    const agents = [{ id: "x", name: "Ada", agency_id: "a", photo: "data:image/png;base64,AAAA" }];
    const agencies = [{ id: "a", name: "Alder & Co" }];
    expect(built({ partners: [PARTNER], agents, agencies }).partner).toMatchObject({
      agencyName: "Alder & Co",
      photo: "data:image/png;base64,AAAA",
    });
    expect(
      built({ partners: [PARTNER], agents: agents.map((agent) => ({ ...agent, hidden: true })) }).partner,
    ).toBeNull();
  });
});

test("without rates it says so in every band, and does not fail", () => {
  for (const { label } of BANDS)
    expect(built({}, { homeOwnerPricing: label })).toMatchObject({
      rate: null,
      marketing: null,
      discount: null,
      facts: { commission_rate: "", discount: "" },
    });
});

test("a featured partner without any rate has no discount", () => {
  expect(built({ partners: [{ ...PARTNER, rates: [] }] }).facts).toEqual({ commission_rate: "", discount: "" });
});
