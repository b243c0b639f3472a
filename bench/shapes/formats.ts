import { type CellValue, writeXlsx } from "hucre/xlsx";
import { type Deal, later } from "./deals.ts";

/** Sales written as real sources write them: docs/data.md describes each. */

type Cells = readonly (readonly [column: string, cell: (deal: Deal) => CellValue])[];

const dayFirst = (day: string) => `${day.slice(8)}/${day.slice(5, 7)}/${day.slice(0, 4)}`;
const money = (amount: number) => `$${amount.toLocaleString("en-AU")}`;
export const addressOf = ({ unit, number, street, n, kind }: Deal) =>
  `${unit && `${unit}/`}${number || (kind === "land" ? `Lot ${n + 1}` : "")} ${street}`;
const locality: Cells = [
  ["Suburb", ({ town }) => town.name.toUpperCase()],
  ["State", ({ town }) => town.state],
  ["Postcode", ({ town }) => town.postcode],
];
const METHODS = {
  auction: "Auction",
  sold_prior: "Sold Prior to Auction",
  sold_after: "Sold After Auction",
  private_treaty: "Private Treaty",
};

/** Tables of programs that agencies use, by the program. */
export const TABLES = {
  rpdata: [
    ["Street Address", addressOf],
    ...locality,
    ["Property Type", ({ type }) => type],
    ["Bed", ({ beds }) => beds],
    ["Bath", ({ baths }) => baths],
    ["Car", ({ cars }) => cars],
    ["Land Size (m²)", ({ land }) => (land === null ? "-" : `${land} m²`)],
    ["Sale Date", ({ sold }) => dayFirst(sold)],
    ["Sale Price", ({ disclosed, price }) => (disclosed ? money(price) : "Not Disclosed")],
    ["Sale Type", ({ method }) => METHODS[method]],
    ["Agency", ({ agency }) => agency],
    ["Agent", ({ agents }) => agents.join(" & ")],
    ["First Advertised Date", ({ listed }) => dayFirst(listed)],
    ["First Advertised Price", ({ guide }) => (guide === null ? "Contact Agent" : `Offers over ${money(guide)}`)],
  ],
  agentbox: [
    ["Property Address", addressOf],
    ["Property Suburb", ({ town }) => town.name],
    ["Property State", ({ town }) => town.state],
    ["Type", ({ type }) => type],
    ["Listing Method", ({ method }) => METHODS[method]],
    ["Status", ({ outcome }) => (outcome === "sold" ? "Settled" : outcome === "withdrawn" ? "Withdrawn" : "Passed In")],
    ["Sale Price", ({ disclosed, price }) => (disclosed ? price : null)],
    ["Exchange Date", ({ sold }) => dayFirst(sold)],
    ["Agent", ({ agents }) => agents[0] ?? null],
    ["Co Agent", ({ agents }) => agents[1] ?? null],
    ["Land", ({ land }) => (land === null ? null : `${(land / 10_000).toFixed(3)} ha`)],
  ],
  vaultre: [
    ["Property ID", ({ n }) => n],
    ["Unit Number", ({ unit }) => unit],
    ["Street Number", ({ number }) => number],
    ["Street", ({ street }) => street],
    ...locality,
    ["Property Type", ({ type }) => type],
    ["Bed", ({ beds }) => beds],
    ["Bath", ({ baths }) => baths],
    ["Authority Start", ({ listed }) => listed],
    ["Unconditional Date", ({ sold }) => sold],
    ["Sale Price", ({ price }) => price],
    ["Search Price", ({ guide }) => guide],
    ["Method of Sale", ({ method }) => METHODS[method]],
    ["Branch", ({ agency }) => agency],
    ["Contact Staff 1", ({ agents }) => agents[0] ?? null],
    ["Contact Staff 2", ({ agents }) => agents[1] ?? null],
  ],
  sheet: [
    ["Address", (deal) => `${addressOf(deal)}, ${deal.town.name} ${deal.town.state} ${deal.town.postcode}`],
    ["Type", ({ type }) => type],
    ["Beds", ({ beds }) => beds],
    ["Date Sold", ({ sold }) => dayFirst(sold)],
    ["Price", ({ price }) => `$${(price / 1_000_000).toFixed(3)}m`],
    ["Sold By", ({ agents }) => agents[0] ?? null],
  ],
  apify: [
    ["id", ({ n }) => n + 2_018_000_000],
    ["displayableAddress", (deal) => `${addressOf(deal)}, ${deal.town.name}`],
    ["suburb", ({ town }) => town.name.toUpperCase()],
    ["state", ({ town }) => town.state],
    ["postcode", ({ town }) => town.postcode],
    ["propertyType", ({ type }) => type.replace("Apartment", "ApartmentUnitFlat")],
    ["bedrooms", ({ beds }) => beds],
    ["soldPrice", ({ disclosed, price }) => (disclosed ? price : null)],
    ["soldDate", ({ sold }) => sold],
    [
      "saleMethod",
      ({ method }) =>
        ({
          auction: "SoldByAuction",
          sold_prior: "SoldPriorToAuction",
          sold_after: "SoldByPrivateTreaty",
          private_treaty: "SoldByPrivateTreaty",
        })[method],
    ],
    ["advertiserName", ({ agency }) => agency],
    ["contact1", ({ agents }) => agents[0] ?? null],
    ["contact2", ({ agents }) => agents[1] ?? null],
  ],
} satisfies Readonly<Record<string, Cells>>;

const rowsOf = (cells: Cells, deals: readonly Deal[]) => [
  cells.map(([column]) => column),
  ...deals.map((deal) => cells.map(([, cell]) => cell(deal))),
];

export function csv(rows: readonly (readonly CellValue[])[], separator = ","): string {
  const cell = (value: CellValue) => {
    const text = String(value ?? "");
    return /[",;\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return `${rows.map((row) => row.map(cell).join(separator)).join("\r\n")}\r\n`;
}

export const table = (program: keyof typeof TABLES, deals: readonly Deal[], separator?: string) =>
  csv(rowsOf(TABLES[program], deals), separator);

export const workbook = (program: keyof typeof TABLES, deals: readonly Deal[]) =>
  sheetOf(rowsOf(TABLES[program], deals));

export const sheetOf = (rows: readonly (readonly CellValue[])[], name = "Sheet1") =>
  writeXlsx({ sheets: [{ name, rows: rows.map((row) => [...row]) }] });

/** The NSW register's weekly file: what settled by a day, some of it nominal, of several parcels, or in part. */
export function register(deals: readonly Deal[], until: string): string {
  const rows = deals
    .filter(({ outcome }) => outcome === "sold")
    .flatMap((deal) => {
      const { n, unit, number, street, town, kind, land, sold } = deal;
      const settled = later(sold, 28 + ((n * 37) % 56));
      if (settled > until) return [];
      const price = n % 61 === 0 ? 1 : n % 47 === 0 ? 0 : deal.price;
      const hectares = kind === "land" && n % 9 === 0;
      const row = (area: number | null, share = "") =>
        [
          "B",
          "271",
          2_000_000 + n,
          n + 1,
          "20261102 01:00",
          "",
          unit,
          number,
          street.toUpperCase(),
          town.name.toUpperCase(),
          town.postcode,
          area === null ? "" : hectares ? (area / 1_000).toFixed(3) : area,
          area === null ? "" : hectares ? "H" : "M",
          sold.replaceAll("-", ""),
          settled.replaceAll("-", ""),
          price,
          "R2",
          kind === "land" ? "V" : n % 53 === 0 ? "3" : "R",
          kind === "land" ? "VACANT LAND" : n % 53 === 0 ? "SHOP" : "RESIDENCE",
          unit && n + 1,
          "AAN",
          "",
          share,
          `AV${n}`,
        ].join(";");
      const area = unit ? null : (land ?? 550);
      return [row(area, n % 71 === 0 ? "50" : ""), ...(n % 29 === 0 && !unit ? [row(300)] : [])];
    });
  return `A;RTSALEDATA;271;20261102 01:00;VALNET;\r\n${rows.map((row) => `${row};`).join("\r\n")}\r\nZ;${rows.length + 2};${rows.length};0;0;\r\n`;
}

/** The register's archive of the years before 2001. */
export function archive(deals: readonly Deal[]): string {
  const rows = deals.map(({ n, unit, number, street, town, sold, price, land }) =>
    [
      "B",
      "011",
      "VALNET1",
      `01459${n}`,
      n % 3 === 0 ? "" : 290_000 + n,
      unit,
      number,
      street.toUpperCase(),
      town.name.toUpperCase(),
      town.postcode,
      dayFirst(sold),
      price,
      `LOT ${n} DP 758003`,
      land ?? "",
      land === null ? "" : "M",
      "",
      "",
      "A",
      "",
      "",
    ].join(";"),
  );
  return `A;;VALNET1;20150909 11:33;;\r\n${rows.map((row) => `${row};`).join("\r\n")}\r\nZ;${rows.length + 2};${rows.length};;\r\n`;
}

const DOMAIN_TYPES: Readonly<Record<string, string>> = {
  Apartment: "ApartmentUnitFlat",
  "Vacant Land": "VacantLand",
  "Semi-Detached": "SemiDetached",
};

/** Saved pages of Domain's search; those in `current` are for sale. */
export function domainSearch(deals: readonly Deal[], current: readonly Deal[] = []): string {
  const row = (deal: Deal, listingType: "Sold" | "Sale") => {
    const {
      n,
      agency,
      agents,
      type,
      beds,
      baths,
      cars,
      land,
      listed,
      sold,
      price,
      disclosed,
      method,
      outcome,
      town,
      at,
    } = deal;
    const saleMethod =
      outcome === "withdrawn"
        ? "Withdrawn"
        : {
            auction: "SoldByAuction",
            sold_prior: "SoldPriorToAuction",
            sold_after: "SoldByPrivateTreaty",
            private_treaty: "SoldByPrivateTreaty",
          }[method];
    const advertiser = {
      id: 20_000 + hash(agency),
      type: "Agency",
      name: agency,
      preferredColourHex: `#${((hash(agency) * 99_991) % 0xffffff).toString(16).padStart(6, "0")}`,
      contacts: agents.map((name) => ({ name })),
    };
    return {
      type: "PropertyListing",
      listing: {
        ...{ id: 2_018_000_000 + n, listingType, advertiser, dateListed: `${listed}T09:00:00` },
        priceDetails: {
          canDisplayPrice: disclosed,
          displayPrice: n % 3 === 0 ? "Contact agent" : `Guide ${money(price)}`,
        },
        propertyDetails: {
          ...{
            bedrooms: beds ?? undefined,
            bathrooms: baths ?? undefined,
            carspaces: cars ?? undefined,
            landArea: land ?? 0,
          },
          ...{
            suburb: town.name.toUpperCase(),
            state: town.state,
            postcode: town.postcode,
            displayableAddress: `${addressOf(deal)}, ${town.name}`,
            propertyType: DOMAIN_TYPES[type] ?? type,
          },
          ...(at && { latitude: at[0], longitude: at[1] }),
        },
        ...(listingType === "Sold" && {
          soldData: { soldDate: `${sold}T00:00:00`, saleMethod, ...(disclosed && { soldPrice: price }) },
        }),
      },
    };
  };
  const results = [
    ...deals.filter(({ outcome }) => outcome !== "passed_in").map((deal) => row(deal, "Sold")),
    ...current.map((deal) => row(deal, "Sale")),
  ];
  return JSON.stringify({ results, totalResults: results.length, totalPages: 1, page: 1 });
}

const hash = (text: string) => [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9_973, 7);

/** Domain's statistics of a suburb by quarters, oldest first. */
export function domainStatistics(
  deals: readonly Deal[],
  category: "House" | "Unit",
  quarters: readonly (readonly [number, number])[],
): string {
  const [first] = deals;
  const seriesInfo = quarters.map(([year, month]) => {
    const to = `${year}-${String(month).padStart(2, "0")}-31`;
    const from = `${month === 3 ? year - 1 : year}-${String(month === 3 ? 12 : month - 3).padStart(2, "0")}-31`;
    const inside = deals.filter(
      ({ sold, outcome, kind }) =>
        sold > from && sold <= to && outcome === "sold" && (kind === "unit") === (category === "Unit"),
    );
    const prices = inside.map(({ price }) => price).sort((a, b) => a - b);
    const at = (share: number) => prices[Math.min(prices.length - 1, Math.floor(share * prices.length))] ?? null;
    const auctioned = inside.filter(({ method }) => method !== "private_treaty").length;
    return {
      ...{ year, month },
      values: {
        medianSoldPrice: at(0.5),
        numberSold: inside.length,
        "5thPercentileSoldPrice": at(0.05),
        "25thPercentileSoldPrice": at(0.25),
        "75thPercentileSoldPrice": at(0.75),
        "95thPercentileSoldPrice": at(0.95),
        medianSaleListingPrice: at(0.55),
        numberSaleListing: Math.round(inside.length * 1.3),
        auctionNumberAuctioned: Math.round(auctioned * 1.3),
        auctionNumberSold: auctioned,
        auctionNumberWithdrawn: Math.round(auctioned * 0.08),
        daysOnMarket: inside.length === 0 ? null : 24 + (month % 5) * 3,
        discountPercentage: -2.9,
        medianRentListingPrice: Math.round((at(0.5) ?? 700_000) / 1_300 / 5) * 5,
        numberRentListing: inside.length + 7,
      },
    };
  });
  return JSON.stringify({
    header: { suburb: first?.town.name, state: first?.town.state, propertyCategory: category },
    series: { seriesInfo },
  });
}

/** A Saturday's auctions, to be saved under a name with its day. */
export function auctionResults(deals: readonly Deal[]): string {
  const code = ({ outcome, method }: Deal) =>
    outcome === "passed_in"
      ? "AUPI"
      : outcome === "withdrawn"
        ? "AUWD"
        : { auction: "AUSD", sold_prior: "AUSP", sold_after: "AUSA", private_treaty: "AUSS" }[method];
  return JSON.stringify(
    deals.map((deal) => ({
      id: deal.n + 5_000,
      unitNumber: deal.unit,
      streetNumber: deal.number,
      streetName: deal.street.split(" ")[0],
      streetType: deal.street.split(" ")[1],
      suburb: deal.town.name.toUpperCase(),
      postcode: deal.town.postcode,
      state: deal.town.state,
      propertyType: deal.kind === "unit" ? "Unit" : "House",
      bedrooms: deal.beds,
      bathrooms: deal.baths,
      carspaces: deal.cars,
      price: deal.disclosed ? deal.price : null,
      result: code(deal),
      agent: deal.agents[0],
      agencyName: deal.agency,
      agencyId: 20_000 + hash(deal.agency),
    })),
  );
}

/** An agency's feed: what is sold, for sale and to let. */
export function reaxml(sold: readonly Deal[], current: readonly Deal[] = [], rentals: readonly Deal[] = []): string {
  const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const element = (deal: Deal, status: string, kind: string, more: string) => {
    const { n, method, agents, unit, number, street, town, type, beds, baths, cars, land, listed, sold: day } = deal;
    const at = status === "current" ? listed : day;
    const people = agents
      .map(
        (name, index) =>
          `<listingAgent id="${index + 1}"><name>${escaped(name)}</name><telephone type="mobile">0491 570 ${String(hash(name) % 1_000).padStart(3, "0")}</telephone></listingAgent>`,
      )
      .join("");
    return `<${kind} modTime="${at}-10:00:00" status="${status}"><agentID>GULLRE</agentID><uniqueID>P-${n}</uniqueID><authority value="${method === "private_treaty" ? "exclusive" : "auction"}"/>${people}<address display="yes">${unit && `<subNumber>${unit}</subNumber>`}${number ? `<streetNumber>${number}</streetNumber>` : `<lotNumber>${n}</lotNumber>`}<street>${street}</street><suburb display="yes">${town.name.toUpperCase()}</suburb><state>${town.state.toLowerCase()}</state><postcode>${town.postcode}</postcode></address><category name="${type === "Apartment" ? "Apartment" : type === "Townhouse" ? "Townhouse" : "House"}"/><features>${beds === null ? "" : `<bedrooms>${beds === 0 ? "Studio" : beds}</bedrooms>`}<bathrooms>${baths ?? ""}</bathrooms><garages>${cars ?? 0}</garages></features>${land === null ? "" : `<landDetails><area unit="hectare">${(land / 10_000).toFixed(4)}</area></landDetails>`}${more}</${kind}>`;
  };
  const kindOf = (deal: Deal) => (deal.kind === "land" ? "land" : "residential");
  const advertised = ({ price, guide }: Deal) =>
    `<price display="yes">${guide ?? price}</price><priceView>Guide ${money(guide ?? price)}</priceView>`;
  const ends = (deal: Deal) =>
    deal.outcome === "sold"
      ? `<soldDetails><soldPrice display="${deal.disclosed ? "yes" : "no"}">${deal.price}</soldPrice><soldDate>${deal.sold}</soldDate></soldDetails>`
      : `<auctionOutcome><auctionDate>${deal.sold}</auctionDate><auctionResult type="passed-in"/></auctionOutcome>`;
  const rows = [
    ...sold.map((deal) => element(deal, "current", kindOf(deal), advertised(deal))),
    ...sold.map((deal) => element(deal, deal.outcome === "sold" ? "sold" : "withdrawn", kindOf(deal), ends(deal))),
    ...current.map((deal) => element(deal, "current", kindOf(deal), advertised(deal))),
    ...rentals.flatMap((deal, index) => {
      const rent = `<rent period="week" display="yes">${Math.round(deal.price / 1_350 / 10) * 10}</rent>`;
      const id = { ...deal, n: deal.n + 900_000 };
      return [
        element(id, "current", "rental", rent),
        ...(index % 9 === 0
          ? []
          : [element({ ...id, sold: later(deal.listed, 16 + (index % 25)) }, "leased", "rental", rent)]),
      ];
    }),
  ];
  return `<?xml version="1.0" encoding="utf-8"?>\n<propertyList date="2026-11-01-09:00:00" username="" password="">\n${rows.join("\n")}\n</propertyList>\n`;
}
