/** Sales as an agency's system exports them. */
export const HEADERS = [
  "Street Address",
  "Suburb",
  "State",
  "Postcode",
  "Property Type",
  "Bed",
  "Land Size (m²)",
  "Sale Date",
  "Sale Price",
  "Sale Type",
  "Agency",
  "Agent",
];
export const ROWS: readonly (readonly string[])[] = [
  [
    "12 Pine St",
    "MANLY",
    "NSW",
    "2095",
    "Townhouse",
    "3",
    "1,012 sqm",
    "14/06/2026",
    "$2,450,000",
    "Auction",
    "Gull & Søn Realty",
    "Zoë O'Brien",
  ],
  [
    "Unit 5, 14 Pine St",
    "Manly",
    "New South Wales",
    "2095",
    "Apartment",
    "Studio",
    "-",
    "3/06/2026",
    "Not Disclosed",
    "Private Treaty",
    "Gull & Søn Realty",
    "Zoë O'Brien & Bob Roe",
  ],
  [
    "9 Pine St",
    "Manly",
    "NSW",
    "2095",
    "House",
    "4",
    "450 m²",
    "01/06/2026",
    "$1.25m",
    "Prior to Auction",
    "Tern Property",
    "Ann Lee",
  ],
];
/** The same as a report has them. */
export const SALES = [
  { address: "12 Pine St", beds: 3, land_sqm: 1_012, sold_date: "2026-06-14", price: 2_450_000, method: "auction" },
  {
    address: "Unit 5, 14 Pine St",
    category: "unit",
    beds: 0,
    sold_date: "2026-06-03",
    price_disclosed: false,
    method: "private_treaty",
  },
  {
    address: "9 Pine St",
    category: "house",
    beds: 4,
    land_sqm: 450,
    sold_date: "2026-06-01",
    price: 1_250_000,
    method: "sold_prior",
  },
];

/** A table as text. */
export function csv(headers: readonly string[], rows: readonly (readonly string[])[], separator: string): string {
  const cell = (text: string) => (/[",;|\t\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return `${[headers, ...rows].map((row) => row.map(cell).join(separator)).join("\n")}\n`;
}
