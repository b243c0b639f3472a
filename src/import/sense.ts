import type { CatalogueKind } from "../report/sources/catalogue.ts";
import { messages } from "./messages.ts";
import type { Rules } from "./rules.ts";

/** No sale of before is in any report, and a year of two digits too few is a mistyped one. */
const OLDEST_DAY = "1950-01-01";
/**
 * Less than any property sells for, and any home: a nominal amount of a transfer, or a placeholder for a required
 * field.
 */
const LEAST_PRICE = 1_000;
const LEAST_HOME_PRICE = 10_000;

export interface Sense {
  /** Why no report can use the row; null where one can. */
  readonly leftOut: string | null;
}

/**
 * The implausible fields of a readable row. Rows that no report can use are left out and reported: without a day, with
 * a day that is not yet, or from before 1950. A listing day after the sale is dropped; a price under $1,000 ($10,000
 * for a home) stays, and counts as not disclosed: it enters no figure.
 */
export function checkSense(kind: CatalogueKind, row: Record<string, unknown>, today: string, rules: Rules): Sense {
  if (kind === "sales") return checkSale(row, today, rules);
  const day = row.listed_date;
  if (
    (kind === "listings" || (kind as string) === "rentals") &&
    typeof day === "string" &&
    isDay(day) &&
    (day > today || day < OLDEST_DAY)
  ) {
    rules.use("listed_date", day > today ? messages.listedInFuture : messages.listedTooEarly, day);
    delete row.listed_date;
  }
  if (kind === "market" && typeof row.period_end === "string" && isDay(row.period_end) && row.period_end < OLDEST_DAY)
    return { leftOut: `period_end ${row.period_end} is before 1950` };
  return { leftOut: null };
}

function checkSale(row: Record<string, unknown>, today: string, rules: Rules): Sense {
  const sold = row.sold_date;
  // What is no sale at all is for the check of the row to name.
  if (typeof row.address !== "string" || row.address === "") return { leftOut: null };
  if (sold === undefined || sold === null || sold === "") return { leftOut: messages.noSoldDate };
  if (typeof sold !== "string" || !isDay(sold)) return { leftOut: null };
  if (sold > today) return { leftOut: messages.soldInFuture(sold) };
  if (sold < OLDEST_DAY) return { leftOut: messages.soldTooEarly(sold) };
  const listed = row.listed_date;
  if (typeof listed === "string" && isDay(listed)) {
    const odd = listed > sold ? messages.listedAfterSale : listed < OLDEST_DAY ? messages.listedTooEarly : null;
    if (odd !== null) {
      rules.use("listed_date", odd, `${listed}, sold ${sold}`);
      delete row.listed_date;
    }
  }
  const isHome = row.category === "house" || row.category === "unit";
  const least = isHome ? LEAST_HOME_PRICE : LEAST_PRICE;
  if (typeof row.price === "number" && row.price > 0 && row.price < least) {
    rules.use("price", messages.priceNominal(least.toLocaleString("en-AU"), isHome), row.price);
    row.price_disclosed = false;
  }
  return { leftOut: null };
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text);
}
