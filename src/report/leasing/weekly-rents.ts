import { compareText } from "../../text/text.ts";
import type { Category, DataSet, Rental } from "../data-set.ts";
import { MIN_PRICES, median } from "../figures/figure.ts";
import { likelyPrice, unitOfMedian } from "../figures/placeholder.ts";
import { periodOfRent, readAdvertised, unlikelyRent, weeklyRent } from "../figures/rent.ts";
import { CATEGORY_WORDS, count, plural } from "../wording.ts";
import { messages } from "./messages.ts";

/** A data set whose rents are all of a week, or unknown. */
interface WeeklyRents {
  readonly dataSet: DataSet;
  /** In the report's Method, and a warning of its job: the rents that are not used. */
  readonly notUsed: readonly string[];
}

/** Less than any home rents for, or only nines: a placeholder. */
function isPlaceholderRent(rent: number): boolean {
  return rent < LEAST_RENT || /^9{5,}$/.test(String(rent));
}

/** Dollars a week. */
const LEAST_RENT = 20;

/**
 * Reads each rent once, for all that is made from it: which listings are one, medians, tables and charts. `whole`: the data
 * set with the sales that show what homes cost.
 */
export function inWeeklyRents(data: DataSet, whole: DataSet): WeeklyRents {
  const rentals = (data.rentals ?? []).map((rental): Rental => {
    const rent = weeklyRent(rental.weekly_rent ?? null, rental.display_price ?? null);
    return { ...rental, weekly_rent: rent === null || isPlaceholderRent(rent) ? null : rent };
  });
  // A source has its rents of one period, whatever another's are.
  const groups = Map.groupBy(rentals, ({ category, source = null }) => JSON.stringify([category, source]));
  const odd = [...groups.values()].flatMap((rows) => {
    const [first] = rows;
    const rents = rows.flatMap(({ weekly_rent }) => weekly_rent ?? []);
    if (first === undefined || rents.length < MIN_PRICES) return [];
    const { category } = first;
    const middle = unlikelyRent(rents, { category, price: priceOf(whole, category), areAsked: true });
    return middle === null ? [] : [{ category, middle, rows }];
  });
  if (odd.length === 0) return { dataSet: { ...data, rentals }, notUsed: [] };
  const without = new Set(odd.flatMap(({ rows }) => rows));
  return {
    dataSet: { ...data, rentals: rentals.map((rental) => (without.has(rental) ? withoutRent(rental) : rental)) },
    notUsed: odd
      .map(({ category, middle, rows }) => {
        const rents = rows.filter(({ weekly_rent }) => weekly_rent !== null).length;
        return messages.rentsNotUsed(
          plural(
            rents,
            messages.listingOf(CATEGORY_WORDS[category].one),
            messages.listingsOf(CATEGORY_WORDS[category].many),
          ),
          count(middle),
          periodOfRent(middle),
        );
      })
      .sort(),
  };
}

/** What it shows instead of the number must not be that number again. */
function withoutRent(rental: Rental): Rental {
  const shown = readAdvertised(rental.display_price ?? null);
  return { ...rental, weekly_rent: null, display_price: shown?.weeks === null ? null : (rental.display_price ?? null) };
}

/** What a home of the type sells for: the median of the sales, else the newest of a source's own series. */
function priceOf({ sales = [], market = [] }: DataSet, category: Category): number | null {
  const prices = sales.flatMap((sale) =>
    sale.category === category && (sale.outcome ?? "sold") === "sold" ? (likelyPrice(sale.price, category) ?? []) : [],
  );
  const points = market
    .filter((each) => each.category === category && (each.bedrooms ?? null) === null)
    .flatMap(({ series }) => series)
    .sort((a, b) => compareText(a.period_end, b.period_end));
  const given =
    points.flatMap(({ median_sold_price }) => likelyPrice(median_sold_price, category) ?? []).at(-1) ?? null;
  const price = prices.length < MIN_PRICES ? given : median(prices);
  return price === null || unitOfMedian(price, category) !== null ? null : price;
}
