import type { CatalogueKind } from "../../report/sources/catalogue.ts";

/** What a column contains, with its unit, and an example. */
type ColumnMeaning = readonly [contents: string, example: string];

const OF_ANY_KIND: Readonly<Record<string, ColumnMeaning>> = {
  source: ["`id` of the source that the row comes from", "own"],
  suburb: ["suburb or town, as spelt in the gazetteer, in any case", "Manly"],
  state: ["short or in full", "NSW"],
  postcode: ["four digits; required if the state has two suburbs with this name", "2095"],
  name: ["name, as printed", "Example Realty"],
  address: ["unit, number and street; the suburb may follow", "5/12 Pine Street"],
  phone: ["phone number, as printed", "02 5550 0100"],
  email: ["e-mail address", "jane@example.com"],
  url: ["web address", "https://example.com"],
  agency_id: ["`id` or name of the agency", "ag-1"],
  agent_id: ["`id` of the agent", "a-1"],
  beds: ["number of bedrooms; a studio has 0", "2"],
  bedrooms: ["number of bedrooms that the figures are about; if empty, all", "2"],
  baths: ["number of bathrooms", "1"],
  cars: ["number of car spaces", "1"],
  display_price: ["price as advertised, in words or dollars", "Contact agent"],
  lat: ["latitude in degrees", "-33.797"],
  lon: ["longitude in degrees", "151.288"],
};

const OF_KIND: Readonly<Partial<Record<CatalogueKind, Readonly<Record<string, ColumnMeaning>>>>> = {
  sources: {
    id: ["`id` that other rows give as their `source`", "own"],
    name: ["name, as the Method page prints it", "Our own records"],
    licence: ["licence, as printed", "Our own data"],
    retrieved_at: ["when the data was fetched", "2026-06-30"],
    newest: ["newest day that the source covers, if later than its newest record", "2026-06-30"],
    lag_days: ["number of days until a sale appears in this source", "0"],
    disclaimer: ["text that must be printed with the data", "Figures from our own records."],
    coverage_pct: ["percentage of all sales that the source has", "35"],
    synthetic: ["yes for invented data, such as the sample", "no"],
  },
  agencies: {
    id: ["`id` that other rows refer to; made from the name if omitted", "ag-1"],
    brand: ["franchise or group", "Example Group"],
    principal: ["name of the principal", "Kim Example"],
    address: ["address of the office, as printed", "1 The Corso, Manly"],
    for_sale: ["number of properties for sale now, as stated by the agency", "24"],
  },
  agents: {
    id: ["`id` that other rows refer to; made from the name and agency if omitted", "a-1"],
    name: ["first and last name, as printed", "Jane Citizen"],
    title: ["position, as printed", "Senior Sales Agent"],
    hidden: ["yes to exclude the agent from reports", "no"],
    supplied_sales_12m: ["number of sales in twelve months that the agent states", "31"],
    supplied_median_price: ["dollars; median price that the agent states", "1450000"],
    supplied_median_days_on_market: ["days on the market (median) that the agent states", "27"],
  },
  sales: {
    price: ["dollars; sale price", "1250000"],
    first_ask_from: ["dollars; first asking price, or the lower end of its range", "1200000"],
    first_ask_to: ["dollars; upper end of the first asking price", "1300000"],
    id: ["`id` of the sale; made from the address and day if omitted", "s-1001"],
    property_type: [
      "more precise than the category: one of Domain's names, such as Townhouse, or a plain word",
      "ApartmentUnitFlat",
    ],
  },
  listings: {
    id: ["`id` of the listing; made from the address if omitted", "l-1001"],
    property_type: [
      "more precise than the category: one of Domain's names, such as Townhouse, or a plain word",
      "ApartmentUnitFlat",
    ],
  },
  market: {
    period_end: ["last day of the period, such as 2026-06-30 or 30/06/2026", "2026-06-30"],
    period_months: ["length of the period in months: 3, 6 or 12", "3"],
    median_sold_price: ["dollars; median price of the period's sales", "1450000"],
    number_sold: ["number of sales in the period", "42"],
    p5: ["dollars; 5 % of the sales were below this price", "900000"],
    p25: ["dollars; 25 % of the sales were below this price", "1200000"],
    p75: ["dollars; 75 % of the sales were below this price", "1800000"],
    p95: ["dollars; 95 % of the sales were below this price", "2900000"],
    days_on_market: ["days on the market (median)", "31"],
    discount_pct: ["percentage below the first asking price (median)", "3.5"],
    auctions_scheduled: ["number of auctions planned", "30"],
    auctions_auctioned: ["number of auctions held", "26"],
    auctions_sold_prior: ["number sold before their auction", "5"],
    auctions_sold_at: ["number sold at their auction", "15"],
    auctions_sold_after: ["number sold after their auction", "2"],
    auctions_passed_in: ["number passed in", "4"],
    auctions_withdrawn: ["number withdrawn", "3"],
    auctions_unreported: ["number without a reported result", "1"],
    sale_listings: ["number of properties listed for sale in the period", "60"],
    median_ask: ["dollars; median asking price", "1500000"],
    median_weekly_rent: ["dollars a week; median rent", "950"],
    rent_listings: ["number of rentals advertised, or bonds lodged", "75"],
  },
  rentals: {
    id: ["`id` of the rental; made from the address if omitted", "r-1001"],
    weekly_rent: ["dollars a week", "950"],
    property_type: [
      "more precise than the category: one of Domain's names, such as Townhouse, or a plain word",
      "ApartmentUnitFlat",
    ],
  },
  partners: {
    id: ["`id` of the row; made from the agent and `places` if omitted", "p-1"],
    agent: ["name of the agent", "Jane Citizen"],
    agency: ["name of the agency", "Example Realty"],
    places: ["suburbs or states where the partner is shown, separated by semicolons", "Manly NSW;Fairlight NSW"],
    from: ["first day of the partnership", "2026-01-01"],
    to: ["last day of the partnership", "2026-12-31"],
    sales: ["number of sales to print", "31"],
    median_price: ["dollars; median price to print", "1450000"],
    sales_value: ["dollars; value of all sales to print", "44950000"],
  },
  commission_rates: {
    id: ["`id` of the row; made from the state or area kind and the band if omitted", "NSW $1m-$1.5m"],
    state: ["state that the rate applies to; otherwise, give `area_kind`", "NSW"],
    area_kind: ["inner_city, suburb or rural; otherwise, give `state`", ""],
    band: ["price band, such as $1m-$1.5m", "$1m-$1.5m"],
    rate_from: ["lowest commission, as a percentage of the price", "1.8"],
    rate_to: ["highest commission, as a percentage of the price", "2.2"],
    marketing_from: ["dollars; lowest marketing cost", "4000"],
    marketing_to: ["dollars; highest marketing cost", "8000"],
  },
  area_kinds: {
    id: ["`id` of the row; made from the postcode or suburb if omitted", "2095"],
    postcode: ["postcode; otherwise, give `suburb` and `state`", "2095"],
  },
};

/** What a person writes in a column and an example, where its type does not state it; null for the others. */
export function columnWords(kind: CatalogueKind, name: string): ColumnMeaning | null {
  return OF_KIND[kind]?.[name] ?? OF_ANY_KIND[name] ?? null;
}
