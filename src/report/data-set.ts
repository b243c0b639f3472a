import { type Static, type TSchema, Type as t } from "@sinclair/typebox";
import { PATTERN, PICTURE_CHARACTERS, PICTURE_OR_ADDRESS_DESCRIPTION } from "./input/patterns.ts";

/**
 * What a report is made from: the one document that every source responds with (inline, catalogue, http).
 * `null` and a missing field both mean unknown; neither is ever 0. Money is whole Australian dollars, areas square
 * metres, shares and percentages 0–100, dates ISO-8601 calendar days.
 */
const unknown = <T extends TSchema>(schema: T) => t.Optional(t.Union([schema, t.Null()]));
const text = (maxLength: number, description?: string) =>
  t.String({ maxLength, ...(description ? { description } : {}) });
const date = t.String({ pattern: PATTERN.date, description: "YYYY-MM-DD" });
const money = t.Integer({ minimum: 0, maximum: 10_000_000_000, description: "Whole Australian dollars" });
const count = t.Integer({ minimum: 0, maximum: 1_000_000 });
const id = t.String({ minLength: 1, maxLength: 100 });
const percent = t.Number({ minimum: -1_000, maximum: 1_000 });
const colour = t.String({ pattern: PATTERN.colour, description: "#rrggbb" });
/** As for {@link PICTURE_CHARACTERS}: a photo of a phone. It is scaled to what is printed before it is stored. */
const picture = t.String({
  pattern: PATTERN.pictureOrAddress,
  maxLength: PICTURE_CHARACTERS,
  description: PICTURE_OR_ADDRESS_DESCRIPTION,
});

export const STATES = ["ACT", "NSW", "NT", "QLD", "SA", "TAS", "VIC", "WA"] as const;
export const State = t.Union(STATES.map((state) => t.Literal(state)));
export type State = (typeof STATES)[number];

/** In full, as a cover prints them and as people write them. */
export const STATE_NAMES: Readonly<Record<State, string>> = {
  ACT: "Australian Capital Territory",
  NSW: "New South Wales",
  NT: "Northern Territory",
  QLD: "Queensland",
  SA: "South Australia",
  TAS: "Tasmania",
  VIC: "Victoria",
  WA: "Western Australia",
};

export const Category = t.Union([t.Literal("house"), t.Literal("unit"), t.Literal("land"), t.Literal("other")]);
export type Category = Static<typeof Category>;

export const SaleMethod = t.Union(
  (["auction", "sold_prior", "sold_after", "private_treaty", "eoi", "tender", "off_market", "not_stated"] as const).map(
    (method) => t.Literal(method),
  ),
);
export type SaleMethod = Static<typeof SaleMethod>;

export const Source = t.Object({
  id,
  name: text(200),
  licence: unknown(text(200)),
  retrieved_at: unknown(text(40)),
  newest: unknown(
    t.String({ pattern: PATTERN.date, description: "Day of the newest record of any suburb; YYYY-MM-DD" }),
  ),
  lag_days: unknown(
    t.Integer({
      minimum: 0,
      maximum: 730,
      description:
        "Days until a sale appears in this source; the report ends this many days before the newest sale, even if as_of is later",
    }),
  ),
  disclaimer: unknown(text(2_000)),
  coverage_pct: unknown(t.Number({ minimum: 0, maximum: 100 })),
  synthetic: t.Optional(t.Boolean({ description: "Synthetic data: every page of the report is labelled as a sample" })),
});

export const MarketPoint = t.Object({
  period_end: date,
  period_months: t.Integer({ minimum: 1, maximum: 12 }),
  median_sold_price: unknown(money),
  number_sold: unknown(count),
  p5: unknown(money),
  p25: unknown(money),
  p75: unknown(money),
  p95: unknown(money),
  days_on_market: unknown(count),
  discount_pct: unknown(percent),
  auctions: unknown(
    t.Object({
      scheduled: unknown(count),
      auctioned: unknown(count),
      sold_prior: unknown(count),
      sold_at: unknown(count),
      sold_after: unknown(count),
      passed_in: unknown(count),
      withdrawn: unknown(count),
      unreported: unknown(count),
    }),
  ),
  sale_listings: unknown(count),
  median_ask: unknown(money),
  median_weekly_rent: unknown(money),
  rent_listings: unknown(count),
});

export const MarketSeries = t.Object({
  category: Category,
  bedrooms: unknown(t.Integer({ minimum: 0, maximum: 20 })),
  source: unknown(id),
  series: t.Array(MarketPoint, { maxItems: 120 }),
});

export const Agency = t.Object({
  id,
  name: text(200),
  brand: unknown(text(200)),
  colour: unknown(colour),
  logo: unknown(picture),
  principal: unknown(text(200)),
  phone: unknown(text(50, "Phone number of the office, as printed")),
  url: unknown(text(500)),
  address: unknown(text(300, "Address of the office, as printed")),
  for_sale: unknown(count),
  source: unknown(id),
});

export const Agent = t.Object({
  id: t.Optional(id),
  agency_id: unknown(id),
  name: t.String({ minLength: 1, maxLength: 200 }),
  title: unknown(text(200)),
  photo: unknown(picture),
  phone: unknown(text(50)),
  email: unknown(text(254)),
  hidden: t.Optional(t.Boolean()),
  source: unknown(id),
  reviews: t.Optional(
    t.Array(
      t.Object({
        provider: text(100),
        rating: unknown(t.Number({ minimum: 0, maximum: 5 })),
        count: unknown(count),
        as_of: unknown(date),
      }),
      { maxItems: 10 },
    ),
  ),
  supplied: t.Optional(
    t.Object({
      sales_12m: unknown(count),
      median_price: unknown(money),
      median_days_on_market: unknown(count),
    }),
  ),
});

/** Finer than the category; an unknown word is ignored. */
const propertyType = unknown(
  text(100, "more precise than the category: one of Domain's names, such as Townhouse, or a plain word"),
);
const ownSuburb = unknown(text(100, "the suburb of the property, if it is a neighbouring suburb"));

const coordinate = (limit: number) => unknown(t.Number({ minimum: -limit, maximum: limit }));
const location = { lat: coordinate(90), lon: coordinate(180) };

/** A property, sold or offered. */
const property = {
  id,
  address: text(300),
  category: Category,
  beds: unknown(t.Integer({ minimum: 0, maximum: 100 })),
  baths: unknown(t.Integer({ minimum: 0, maximum: 100 })),
  cars: unknown(t.Integer({ minimum: 0, maximum: 1_000 })),
  land_sqm: unknown(t.Number({ minimum: 0, maximum: 1_000_000_000 })),
  property_type: propertyType,
  suburb: ownSuburb,
  listed_date: unknown(date),
};

export const Sale = t.Object({
  ...property,
  sold_date: unknown(date),
  price: unknown(money),
  price_disclosed: t.Optional(t.Boolean()),
  first_ask: unknown(t.Object({ from: unknown(money), to: unknown(money) })),
  method: t.Optional(SaleMethod),
  outcome: t.Optional(t.Union([t.Literal("sold"), t.Literal("passed_in"), t.Literal("withdrawn")])),
  agency_ids: t.Optional(t.Array(id, { maxItems: 10 })),
  agents: t.Optional(
    t.Array(t.Object({ id, role: t.Optional(t.Union([t.Literal("lead"), t.Literal("co")])) }), { maxItems: 10 }),
  ),
  ...location,
  source: unknown(id),
});

export const Listing = t.Object({
  ...property,
  display_price: unknown(text(100)),
  agency_ids: t.Optional(t.Array(id, { maxItems: 10 })),
  agent_ids: t.Optional(t.Array(id, { maxItems: 10 })),
  ...location,
  source: unknown(id),
});

const rent = t.Integer({ minimum: 0, maximum: 1_000_000, description: "Whole Australian dollars a week" });

/** A property offered for rent, at any time: a report counts it by the day it was listed. */
export const Rental = t.Object({
  ...property,
  leased_date: unknown(date),
  weekly_rent: unknown(rent),
  display_price: unknown(text(100)),
  status: unknown(t.Union([t.Literal("current"), t.Literal("leased"), t.Literal("withdrawn")])),
  agency_ids: t.Optional(t.Array(id, { maxItems: 10 })),
  agent_ids: t.Optional(t.Array(id, { maxItems: 10 })),
  ...location,
  source: unknown(id),
});

const band = t.String({ pattern: PATTERN.band, description: "A price band, such as $1m-$1.5m" });
const rate = t.Number({ minimum: 0, maximum: 100, description: "Percentage of the price" });

/** Who pays to be shown, where and when. Partners pay for a placement that is labelled as paid, never for a rank. */
export const Partner = t.Object({
  id: t.Optional(id),
  agent_id: unknown(id),
  agent: t.String({ minLength: 1, maxLength: 200, description: "The agent's name" }),
  agency_id: unknown(id),
  agency: unknown(text(200, "The agency's name")),
  /**
   * Suburbs and whole states, so not `localities`. Operators' files and requests have the field: a new name would break
   * them.
   */
  places: t.Optional(
    t.Array(text(200), {
      maxItems: 500,
      description:
        "Suburbs in which the partner is shown, such as Manly NSW or Manly NSW 2095; only a state for all of its suburbs",
    }),
  ),
  tier: t.Optional(t.Union([t.Literal("featured_plus"), t.Literal("featured"), t.Literal("standard")])),
  from: unknown(date),
  to: unknown(date),
  /** Entered manually; shown as supplied where the data set has no sales of the agent. */
  sales: unknown(count),
  median_price: unknown(money),
  sales_value: unknown(money),
  photo: unknown(picture),
  logo: unknown(picture),
  rates: t.Optional(
    t.Array(t.Object({ band, state: t.Optional(State), rate_from: rate, rate_to: rate }), { maxItems: 200 }),
  ),
});

export const AreaKind = t.Union([t.Literal("inner_city"), t.Literal("suburb"), t.Literal("rural")]);
export type AreaKind = Static<typeof AreaKind>;

/** The usual commission and marketing cost in a band: of a state, or of a kind of area. */
export const CommissionRate = t.Object({
  id: t.Optional(id),
  state: unknown(State),
  area_kind: unknown(AreaKind),
  band,
  rate_from: unknown(rate),
  rate_to: unknown(rate),
  marketing_from: unknown(money),
  marketing_to: unknown(money),
});

/** What kind of area a postcode, or a suburb, is; a suburb by default. */
export const AreaKindRow = t.Object({
  id: t.Optional(id),
  postcode: unknown(t.String({ pattern: PATTERN.postcode })),
  suburb: unknown(t.String({ minLength: 1, maxLength: 100 })),
  state: unknown(State),
  kind: AreaKind,
});

/** What a person decided of two ids: that they are one, whatever no rule finds, or that they are not, whatever one does. */
export const Decision = t.Object({
  kind: t.Union([t.Literal("agency"), t.Literal("agent"), t.Literal("sale")]),
  decision: t.Union([t.Literal("merge"), t.Literal("split")]),
  ids: t.Array(id, { minItems: 2, maxItems: 2 }),
});

export const DataSet = t.Object({
  schema_version: t.Optional(t.Literal(1)),
  as_of: t.Optional(date),
  period: t.Optional(t.Object({ from: date, to: date })),
  newest: unknown(
    t.String({
      pattern: PATTERN.date,
      description:
        "Day of the newest record, of any suburb, of the table that the rows without a listed source are from; YYYY-MM-DD",
    }),
  ),
  suburb: t.Optional(
    t.Object({
      name: text(100),
      state: State,
      postcode: unknown(t.String({ pattern: PATTERN.postcode })),
      dwellings: unknown(count),
      population: unknown(count),
      owner_pct: unknown(
        t.Number({ minimum: 0, maximum: 100, description: "Percentage of homes occupied by their owners" }),
      ),
      renter_pct: unknown(t.Number({ minimum: 0, maximum: 100, description: "Percentage of homes that are rented" })),
      age: unknown(text(40, "Most common ages, such as 20 to 39")),
    }),
  ),
  notes: t.Optional(t.Array(text(500), { maxItems: 20, description: "Notes on the data, printed under Coverage" })),
  sources: t.Optional(t.Array(Source, { maxItems: 50 })),
  market: t.Optional(t.Array(MarketSeries, { maxItems: 50 })),
  agencies: t.Optional(t.Array(Agency, { maxItems: 1_000 })),
  agents: t.Optional(t.Array(Agent, { maxItems: 2_000 })),
  sales: t.Optional(t.Array(Sale, { maxItems: 20_000 })),
  listings: t.Optional(t.Array(Listing, { maxItems: 5_000 })),
  rentals: t.Optional(t.Array(Rental, { maxItems: 20_000 })),
  partners: t.Optional(t.Array(Partner, { maxItems: 200 })),
  commission_rates: t.Optional(t.Array(CommissionRate, { maxItems: 1_000 })),
  area_kinds: t.Optional(t.Array(AreaKindRow, { maxItems: 1_000 })),
  decisions: t.Optional(t.Array(Decision, { maxItems: 5_000 })),
});

export type Source = Static<typeof Source>;
export type MarketPoint = Static<typeof MarketPoint>;
export type MarketSeries = Static<typeof MarketSeries>;
export type Agency = Static<typeof Agency>;
export type Agent = Static<typeof Agent>;
export type Sale = Static<typeof Sale>;
export type Listing = Static<typeof Listing>;
export type Rental = Static<typeof Rental>;
export type Partner = Static<typeof Partner>;
export type CommissionRate = Static<typeof CommissionRate>;
export type AreaKindRow = Static<typeof AreaKindRow>;
export type Decision = Static<typeof Decision>;
export type DataSet = Static<typeof DataSet>;
