import type { DataSet } from "./data-set.ts";
import type { ReportOptions } from "./options.ts";

/** The head of every document: its locality, whether its data is synthetic or dated, and whose brand it has. */
export function headOf(
  dataSet: DataSet,
  { suburb: name, state, postcode, branding }: Pick<ReportOptions, "suburb" | "state" | "postcode" | "branding">,
) {
  const { suburb, sources = [] } = dataSet;
  return {
    locality: { suburb: name, state, postcode: postcode ?? suburb?.postcode ?? null },
    sample: sources.some(({ synthetic }) => synthetic === true),
    isDated: isDated(dataSet),
    branding,
  };
}

/** Whether anything in the data has a date: without one, a report has no date for its data. */
export function isDated({
  as_of,
  period,
  sales = [],
  listings = [],
  rentals = [],
  market = [],
  agents = [],
}: DataSet): boolean {
  return (
    Boolean(as_of ?? period) ||
    sales.some((sale) => sale.sold_date || sale.listed_date) ||
    listings.some(({ listed_date }) => listed_date) ||
    rentals.some((rental) => rental.listed_date || rental.leased_date) ||
    market.some(({ series }) => series.length > 0) ||
    agents.some(({ reviews = [] }) => reviews.some((review) => review.as_of))
  );
}

/** How large the locality is; null where the data does not report it. */
export function sizeOf({ suburb }: DataSet) {
  return { dwellings: suburb?.dwellings ?? null, population: suburb?.population ?? null };
}
