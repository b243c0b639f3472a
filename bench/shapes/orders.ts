import { BANDS } from "../../src/report/input/price-band.ts";
import { served } from "./data-service.ts";
import { agencyName, type Deal, dealsOf, later, type Town } from "./deals.ts";
import { auctionResults } from "./formats.ts";
import * as towns from "./towns.ts";

/** What the shapes have in common: who orders, and which part of a town's sales is sent. */

export const localityOf = ({ name, state, postcode }: Town) => ({ suburb: name, state, postcode });
export const of = (town: Town, more: object = {}) => ({ request: () => ({ ...localityOf(town), ...more }) });
/** What is for sale or to let when the sales end. */
export const current = (town: Town, share = 0.12) =>
  dealsOf({ ...town, perYear: Math.max(2, town.perYear * share * 8), from: "2026-09-15", to: "2026-10-31" })
    .filter(({ outcome }) => outcome === "sold")
    .map((deal) => ({ ...deal, n: deal.n + 50_000, listed: later(deal.sold, -9), number: `${deal.n + 300}` }));
export const ofAgency = (deals: readonly Deal[], index: number) =>
  deals.filter(({ agency }) => agency === agencyName(index));
export const since = (deals: readonly Deal[], day: string) => deals.filter(({ sold }) => sold >= day);
export const QUARTERS = [2023, 2024, 2025, 2026]
  .flatMap((year) => [3, 6, 9, 12].map((month) => [year, month] as const))
  .slice(2, 15);
export const BRAND = {
  name: "Norfolk & Pine Property",
  colour: "#1f6f50",
  contact: "(02) 5550 1137 · hello@example.com",
};
export const saturdays = (deals: readonly Deal[]) =>
  Object.fromEntries(
    Array.from({ length: 26 }, (_, week) => later("2026-10-31", -7 * week)).map((day) => [
      `melbourne-${day}.json`,
      auctionResults(
        deals.filter(({ method, sold }) => method !== "private_treaty" && sold > later(day, -7) && sold <= day),
      ),
    ]),
  );
export const manly = () => served({ sold: dealsOf(towns.MANLY), current: current(towns.MANLY), photos: true });
export const rentals = (town: Town) => dealsOf({ ...town, lots: 0, perYear: town.perYear * 2 });
export const rates = BANDS.map(({ label }) => ({
  state: "NSW",
  band: label,
  rate_from: 1.8,
  rate_to: 2.2,
  marketing_from: 5_000,
  marketing_to: 9_000,
}));
