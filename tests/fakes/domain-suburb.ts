// An invented suburb's worth of data for the stand-in of Domain: the same for the same seed.
import type { FakeDomain, FakeListing } from "./domain.ts";

export interface FakeSuburb {
  readonly suburb?: string;
  readonly state?: string;
  readonly postcode?: string;
  /** The day everything ends with, ISO. */
  readonly today: string;
  readonly sold?: number;
  readonly current?: number;
  /** Homes to let; none by default. */
  readonly toRent?: number;
  readonly agencies?: number;
  readonly seed?: number;
}

const FIRST = ["Ada", "Bela", "Cleo", "Dario", "Edda", "Falk", "Gwen", "Hugo", "Ines", "Jonas", "Kira", "Levi"];
const LAST = ["Ahorn", "Birke", "Clement", "Dorn", "Esche", "Farn", "Ginster", "Hasel", "Iris", "Jasmin"];
const BRANDS = [
  "Harbour & Pine",
  "Northwind",
  "Casa Verde",
  "Old Mill",
  "Bright Street",
  "Kestrel",
  "Fieldstone",
  "Juniper",
];
const STREETS = ["Pine Street", "Wattle Road", "The Esplanade", "Rialto Lane", "Fairy Bower Road", "Addison Road"];
const TYPES = ["House", "ApartmentUnitFlat", "ApartmentUnitFlat", "Townhouse", "SemiDetached", "Studio", "Terrace"];
const SOLD_BY = ["SoldByAuction", "SoldByPrivateTreaty", "SoldPriorToAuction", "NotStated"];

/** Adds a suburb: its sales of two years, its listings, its agencies, and facts about it. */
export function addSuburb(domain: FakeDomain, options: FakeSuburb): void {
  const { suburb = "Manly", state = "NSW", postcode = "2095", today, sold = 60, current = 12 } = options;
  const { agencies = 6, seed = 1, toRent = 0 } = options;
  const random = randomOf(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const base = seed * 100_000;

  const offices = Array.from({ length: agencies }, (_, at) => {
    const id = base + 100 + at;
    const team = Array.from({ length: 3 }, (_, n) => ({
      id: id * 10 + n,
      name: `${FIRST[(at * 3 + n) % FIRST.length]} ${LAST[(at + n * 4) % LAST.length]}`,
    }));
    return { id, name: `${BRANDS[at % BRANDS.length]} ${at < BRANDS.length ? suburb : `${suburb} ${at}`}`, team };
  });
  for (const { id, name, team } of offices)
    domain.agencies.set(id, {
      id,
      name,
      profile: {
        agencyLogoStandard: `${domain.url}/pictures/logo_${id}.gif`,
        primaryAgencyColour: "#01325A",
        numberForSale: 4,
        agencyWebsite: `https://agency-${id}.example`,
      },
      details: {
        ...{ streetAddress1: "1 High Street", suburb, state, postcode, principalName: team[0]?.name ?? "" },
        ...{ hideMarketPriceEstimate: false, limitEmailDomain: false },
      },
      contactDetails: { general: { phone: "02 5550 0100" } },
      agents: team.map(({ id: agentId, name: agentName }) => {
        const [firstName = "", lastName = ""] = agentName.split(" ");
        const email = `${firstName}.${lastName}@agency-${id}.example`.toLowerCase();
        return { id: agentId, agencyId: id, firstName, lastName, email, mobile: "0491 570 156", saleActive: true };
      }),
    });

  for (const { id: agencyId, team } of offices)
    for (const [at, { id: agentId, name }] of team.entries()) {
      const [firstName = "", lastName = ""] = name.split(" ");
      const jobPosition = at === 0 ? "Director & Licensee in Charge" : at === 1 ? "Sales Consultant" : "";
      domain.agents.set(agentId, { agentId, agencyId, firstName, lastName, jobPosition });
    }

  const listing = (at: number, type: "Sold" | "Sale" | "Rent", daysAgo: number): FakeListing => {
    const office = pick(offices.slice(0, 1 + Math.floor(random() * offices.length)));
    const [lead, co] = [pick(office.team), random() < 0.3 ? pick(office.team) : null];
    const propertyType = pick(TYPES);
    const unit = /Unit|Studio/.test(propertyType) ? String(1 + Math.floor(random() * 20)) : null;
    const streetNumber = String(1 + Math.floor(random() * 120));
    const street = pick(STREETS);
    const price = 900_000 + Math.floor(random() * 400) * 10_000;
    const hidden = random() < 0.15;
    const listedAgo = daysAgo + 20 + Math.floor(random() * 40);
    return {
      id: base + 1_000 + at,
      listingType: type,
      advertiser: {
        ...{ id: office.id, type: "Agency", name: office.name, preferredColourHex: "#01325A" },
        contacts: [lead, co].flatMap((who) =>
          who === null ? [] : [{ name: who.name, photoUrl: `${domain.url}/pictures/contact_${who.id}.jpeg` }],
        ),
      },
      priceDetails: {
        displayPrice: hidden
          ? "Contact agent"
          : type === "Rent"
            ? `$${Math.round(price / 1_000)} per week`
            : `$${price.toLocaleString("en-AU")}`,
        canDisplayPrice: !hidden,
        saleMethod: random() < 0.5 ? "Auction" : "PrivateTreaty",
      },
      propertyDetails: {
        ...{
          bathrooms: 1 + Math.floor(random() * 3),
          bedrooms: propertyType === "Studio" ? 0 : 1 + Math.floor(random() * 4),
        },
        ...{ carspaces: Math.floor(random() * 3), landArea: unit === null ? 200 + Math.floor(random() * 500) : 0 },
        ...(unit === null ? {} : { unitNumber: unit }),
        ...{ streetNumber, street, suburb: suburb.toUpperCase(), postcode, state, propertyType },
        displayableAddress: `${unit === null ? "" : `${unit}/`}${streetNumber} ${street}, ${suburb}`,
      },
      dateListed: `${dayBefore(today, type === "Sold" ? listedAgo : daysAgo)}T09:00:00`,
      ...(type === "Sold"
        ? {
            soldData: {
              source: "Agency",
              soldDate: `${dayBefore(today, daysAgo)}T00:00:00`,
              ...(hidden ? {} : { soldPrice: price }),
              saleMethod: pick(SOLD_BY),
            },
          }
        : {}),
    };
  };
  for (let at = 0; at < sold; at++) domain.listings.push(listing(at, "Sold", Math.floor((at * 715) / sold)));
  for (let at = 0; at < current; at++) domain.listings.push(listing(sold + at, "Sale", 1 + Math.floor(random() * 80)));
  for (let at = 0; at < toRent; at++)
    domain.listings.push(listing(sold + current + at, "Rent", 1 + Math.floor(random() * 60)));

  for (const [category, median] of [["House", 3_900_000] as const, ["Unit", 1_750_000] as const])
    domain.series.set(`${suburb.toUpperCase()} ${category}`, quartersBefore(today, median));
  domain.profiles.set(suburb.toUpperCase(), {
    ...{ domainLocationId: 31_190, suburbName: suburb, state, postcode },
    data: {
      population: 16_296,
      ownerOccupierPercentage: 0.46,
      renterPercentage: 0.54,
      mostCommonAgeBracket: "20 to 39",
    },
    surroundingSuburbs: [{ name: "Fairlight", urlSlug: "fairlight-nsw-2094" }],
  });
  domain.disclaimers = [
    { id: "APM", disclaimer: "<p>Invented terms of APM: the figures are estimates.</p>" },
    { id: "NSWVG", disclaimer: "<p>Invented terms of the Valuer General &amp; the State of NSW.</p>" },
    { id: "VICVG", disclaimer: "<p>Invented terms of the State of Victoria.</p>" },
  ];
}

function quartersBefore(today: string, median: number) {
  const [year = 0, month = 1] = today.split("-").map(Number);
  return Array.from({ length: 12 }, (_, back) => {
    const end = new Date(Date.UTC(year, Math.floor((month - 1) / 3) * 3 - 3 * back - 1, 1));
    const price = Math.round(median * (1 - back * 0.012));
    return {
      ...{ year: end.getUTCFullYear(), month: end.getUTCMonth() + 1 },
      values: {
        ...{ medianSoldPrice: price, numberSold: 20 + (back % 5), daysOnMarket: 30 + back, discountPercentage: -2.5 },
        ...{ "5thPercentileSoldPrice": price - 900_000, "25thPercentileSoldPrice": price - 400_000 },
        ...{ "75thPercentileSoldPrice": price + 400_000, "95thPercentileSoldPrice": price + 900_000 },
        ...{ auctionNumberAuctioned: 14, auctionNumberSold: 9, auctionNumberWithdrawn: 2, numberSaleListing: 30 },
        ...{ medianSaleListingPrice: price + 50_000, medianRentListingPrice: 1_100, numberRentListing: 18 },
      },
    };
  });
}

export function dayBefore(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - days * 86_400_000).toISOString().slice(0, 10);
}

function randomOf(seed: number): () => number {
  let state = seed * 2_654_435_761;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
