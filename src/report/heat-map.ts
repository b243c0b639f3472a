import { MIN_PRICES, quantile } from "./figures/figure.ts";
import { pricesOf } from "./figures/price.ts";
import { salesByAgency } from "./figures/standing.ts";
import type { AgencyLeague, HeatMap } from "./model.ts";
import type { ReportScope } from "./scope.ts";
import { roundMoney } from "./wording.ts";

const BANDS = 6;
const AGENCIES = 10;

/** Who sells at what price. Null with fewer than 3 prices, or none of an agency. */
export function heatMap(scope: ReportScope, league: AgencyLeague): HeatMap | null {
  const prices = pricesOf(scope.sold);
  if (prices.length < MIN_PRICES) return null;
  const edges = bandEdges(prices);
  const sales = salesByAgency(scope.sold);
  const rows = league.rows.flatMap(({ id, name, isPreparedFor }) => {
    const counts = edges.concat(0).map(() => 0);
    for (const price of pricesOf(sales.get(id) ?? [])) {
      const band = edges.filter((edge) => price >= edge).length;
      counts[band] = (counts[band] ?? 0) + 1;
    }
    return counts.some((n) => n > 0) ? [{ agencyId: id, name, counts, isPreparedFor }] : [];
  });
  return rows.length === 0 ? null : { bands: bandNames(edges), rows: rows.slice(0, AGENCIES) };
}

/** Round prices near the sextiles, so that every band has some of the sales and a name one can say. */
function bandEdges(prices: readonly number[]): readonly number[] {
  const edges = new Set<number>();
  for (let band = 1; band < BANDS; band++) edges.add(roundPrice(quantile(prices, band / BANDS) ?? 0));
  const lowest = prices.reduce((a, b) => Math.min(a, b));
  const highest = prices.reduce((a, b) => Math.max(a, b));
  return [...edges].filter((edge) => edge > lowest && edge <= highest).sort((a, b) => a - b);
}

/** To two digits: 1,640,000 is 1,600,000. */
function roundPrice(price: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(price, 1))) - 1);
  return Math.round(price / unit) * unit;
}

function bandNames(edges: readonly number[]): readonly string[] {
  const [first] = edges;
  if (first === undefined) return ["all prices"];
  const between = edges.slice(1).map((edge, index) => `${roundMoney(edges[index] ?? 0)}–${roundMoney(edge)}`);
  return [`under ${roundMoney(first)}`, ...between, `${roundMoney(edges.at(-1) ?? 0)} and more`];
}
