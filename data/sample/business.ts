import { agencies, agents } from "./people.ts";

type Cell = string | number | null;

export const RATE_COLUMNS = "state,area_kind,band,rate_from,rate_to,marketing_from,marketing_to".split(",");

const BANDS =
  "Less than $500k,$500k-$1m,$1m-$1.5m,$1.5m-$2m,$2m-$2.5m,$2.5m-$3m,$3m-$3.5m,$3.5m-$4m,$4m-$6m,$6m-$8m,$8m-$10m,$10m+".split(
    ",",
  );

/** Invented commissions: of New South Wales by band, and of each kind of area for everywhere else. */
export function rateRows(): readonly (readonly Cell[])[] {
  const rows = (state: string | null, area: string | null, first: number, marketing: number) =>
    BANDS.map((band, step) => [
      ...[state, area, band, hundredths(first - 0.05 * step), hundredths(first + 0.4 - 0.06 * step)],
      ...[marketing + 500 * step, marketing + 3_000 + 900 * step],
    ]);
  return [
    ...rows("NSW", null, 1.9, 4_500),
    ...rows(null, "inner_city", 1.8, 5_500),
    ...rows(null, "suburb", 2, 4_000),
    ...rows(null, "rural", 2.4, 2_500),
  ];
}

function hundredths(rate: number): number {
  return Math.round(rate * 100) / 100;
}

export const AREA_KIND_COLUMNS = "postcode,suburb,state,kind".split(",");

export const AREA_KINDS: readonly (readonly Cell[])[] = [
  ["2000", null, "NSW", "inner_city"],
  ["2010", null, "NSW", "inner_city"],
  ["3000", null, "VIC", "inner_city"],
  ["4000", null, "QLD", "inner_city"],
  ["2095", "Manly", "NSW", "suburb"],
  ["2850", "Mudgee", "NSW", "rural"],
];

/** Two invented partners in Fairlight: one featured, with rates of her own, and one who is not. */
export function partners(): readonly unknown[] {
  const [featured, standard] = [agents()[24], agents()[44]];
  const agencyOf = (id: string | undefined) => agencies().find((agency) => agency.id === id)?.name ?? "";
  const places = ["Fairlight NSW 2094", "Balgowlah NSW 2093"];
  return [
    {
      ...{ id: "partner-1", agent_id: featured?.id, agent: featured?.name, agency: agencyOf(featured?.agency), places },
      ...{ agency_id: featured?.agency, tier: "featured", from: "2026-01-01", to: "2027-12-31" },
      rates: [
        { band: "$2m-$2.5m", state: "NSW", rate_from: 1.65, rate_to: 1.85 },
        { band: "$2.5m-$3m", state: "NSW", rate_from: 1.6, rate_to: 1.8 },
      ],
    },
    {
      ...{ id: "partner-2", agent_id: standard?.id, agent: standard?.name, agency: agencyOf(standard?.agency), places },
      ...{ agency_id: standard?.agency, tier: "standard", from: "2026-01-01", to: "2027-12-31" },
    },
  ];
}
