import { Failure } from "../failure.ts";
import type { CatalogueKind } from "../report/sources/catalogue.ts";
import { type MoneyUnit, moneyUnit, rentPeriod } from "./amounts.ts";
import { type ImportColumn, targetName } from "./columns/columns.ts";
import { messages } from "./messages.ts";
import type { Rules } from "./rules.ts";

/**
 * Whether a file's amounts can be in the units of its columns. One price of $1,250 may be nominal; a column of such
 * prices is in thousands, and every median made from it would be false.
 */
export interface Plausibility {
  /** Takes the amounts of a row into account; land that is too small to be any is removed from the row. */
  add(row: unknown): void;
  /**
   * @throws Failure "bad_amounts" that names the column, what it seems to be in, and what to do; "bad_header" where the
   * names of two columns seem to be swapped.
   */
  check(): void;
}

/** Fewer values show nothing of their column. */
const FEWEST = 3;
/** The number of values of each that are examined: more would change nothing. */
const MOST = 20_000;
/** Dollars: what is typed in place of a price is below. */
const LEAST_TYPED = 50;

interface Limits {
  /** The middle of a column is between these. */
  readonly least: number;
  readonly most: number;
}

/** Dollars. No suburb's median of homes has ever been near them; land in the outback is cheap. */
const HOME: Limits = { least: 20_000, most: 30_000_000 };
const LAND: Limits = { least: 3_000, most: 30_000_000 };
/** Dollars that a quarter of the homes of any suburb sell below: in cents hardly one does. */
const CHEAPEST_QUARTER = 10_000_000;
const CHEAPEST_OF = 8;
/** Dollars a week, where the file states that it is a week. */
const WEEKLY: Limits = { least: 50, most: 5_000 };
/** Dollars a week, where it does not state that: more is a month's. */
const MOST_UNNAMED = 1_500;
/** Square metres of the land of a house. */
const LAND_AREA: Limits = { least: 20, most: 1_000_000 };
const LEAST_LAND = 10;

/** The share of homes with more bathrooms than bedrooms that no file has. */
const MOST_BATHS = 0.6;

type Amounts = Map<string, { readonly field: string; readonly limits: Limits; readonly values: number[] }>;

/** `declared`: the unit of prices by a map; then they are not questioned. */
export function createPlausibility(
  kind: CatalogueKind,
  columns: readonly ImportColumn[],
  rules: Rules,
  declared: MoneyUnit | null,
): Plausibility {
  const all: Amounts = new Map();
  const headerOf = (field: string) =>
    columns.find(({ target }) => target !== null && targetName(target) === field)?.header ?? field;
  let dated = 0;
  let roomed = 0;
  let moreBaths = 0;
  const note = (field: string, group: string, limits: Limits, value: unknown) => {
    if (typeof value !== "number") return;
    const key = `${field} ${group}`;
    const known = all.get(key) ?? { field, limits, values: [] };
    if (known.values.length < MOST) known.values.push(value);
    all.set(key, known);
  };
  return {
    add(row) {
      if (typeof row !== "object" || row === null) return;
      const value = row as Record<string, unknown>;
      if (typeof value.listed_date === "string") dated += 1;
      if (typeof value.beds === "number" && typeof value.baths === "number" && value.beds + value.baths > 0) {
        roomed += 1;
        if (value.baths > value.beds) moreBaths += 1;
      }
      const limits = LIMITS[String(value.category)];
      for (const field of ["price", "median_sold_price"]) {
        const price = value[field];
        if (limits !== undefined && typeof price === "number" && price >= LEAST_TYPED && !/^9{8,}$/.test(`${price}`))
          note(field, limits === LAND ? "land" : "homes", limits, price);
      }
      if (kind === "rentals") note("weekly_rent", "", WEEKLY, value.weekly_rent);
      if (value.category !== "house" && value.category !== "land") return;
      note("land_sqm", "", LAND_AREA, value.land_sqm);
      if (typeof value.land_sqm === "number" && value.land_sqm < LEAST_LAND) {
        rules.use("land_sqm", messages.landTooSmall(LEAST_LAND), value.land_sqm);
        delete value.land_sqm;
      }
    },
    check() {
      const swapped = (a: string, b: string, why: string) => {
        const problem = messages.columnsSwapped(headerOf(a), headerOf(b), why);
        throw new Failure("bad_header", problem, { details: { line: 1 } });
      };
      const late = rules.all().find(({ rule }) => rule === messages.listedAfterSale)?.count ?? 0;
      if (late >= FEWEST && late > dated) swapped("listed_date", "sold_date", messages.listedAfterSales);
      if (moreBaths >= FEWEST && moreBaths > MOST_BATHS * roomed) swapped("beds", "baths", messages.moreBathsThanBeds);
      for (const { field, limits, values } of all.values()) {
        if (values.length < FEWEST) continue;
        values.sort((a, b) => a - b);
        const middle = values[values.length >> 1] ?? 0;
        const header = headerOf(field);
        const problem =
          field === "weekly_rent"
            ? rentProblem(header, middle, columns, rules)
            : field === "land_sqm"
              ? areaProblem(header, middle, limits)
              : declared === null
                ? priceProblem(header, middle, values, limits)
                : null;
        if (problem !== null) throw new Failure("bad_amounts", problem, { details: { line: 1 } });
      }
    },
  };
}

/** What rents with their periods in the cells use. */
const PERIODS: ReadonlySet<string> = new Set([
  messages.rentWeekly,
  messages.rentFortnightly,
  messages.rentMonthly,
  messages.rentQuarterly,
  messages.rentYearly,
]);

const LIMITS: Readonly<Record<string, Limits>> = { house: HOME, unit: HOME, land: LAND };

function priceProblem(
  header: string,
  middle: number,
  sorted: readonly number[],
  { least, most }: Limits,
): string | null {
  const amount = messages.dollars(middle);
  const quarter = sorted[sorted.length >> 2] ?? 0;
  const isHigh = middle > most || (sorted.length >= CHEAPEST_OF && quarter > CHEAPEST_QUARTER);
  if (!isHigh && middle >= least) return null;
  if (moneyUnit(header) !== "dollars") return messages.pricesUnlikely(header, amount);
  return isHigh
    ? messages.pricesSeem(header, amount, "cents", "cents")
    : messages.pricesSeem(header, amount, "thousands", "$'000");
}

function rentProblem(header: string, middle: number, columns: readonly ImportColumn[], rules: Rules): string | null {
  const isNamed =
    rentPeriod(header) !== "" ||
    columns.some(({ target }) => target !== null && targetName(target) === "rent_period") ||
    rules.all().some(({ field, rule }) => field === "weekly_rent" && PERIODS.has(rule));
  const most = isNamed ? WEEKLY.most : MOST_UNNAMED;
  if (middle >= WEEKLY.least && middle <= most) return null;
  return messages.rentsUnlikely(header, messages.dollars(middle));
}

function areaProblem(header: string, middle: number, { least, most }: Limits): string | null {
  const amount = middle.toLocaleString("en-AU");
  if (middle < least) return messages.areasTooSmall(header, amount);
  return middle > most ? messages.areasTooLarge(header, amount) : null;
}
