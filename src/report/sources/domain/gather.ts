// Everything that Domain has about one suburb, requested at once within the quota.

import { Failure } from "../../../failure.ts";
import type { Category } from "../../data-set.ts";
import { messages } from "../messages.ts";
import type { DomainClient } from "./client.ts";
import {
  AUCTION_DAY,
  addressLocators,
  agencyRecord,
  agentRecord,
  auctionResults,
  currentSearch,
  type DomainCall,
  type DomainLocality,
  disclaimers,
  locationProfile,
  soldSearch,
  suburbPerformance,
} from "./endpoints.ts";
import { categoryOf, collectListings, type DomainResponses, isIn } from "./mapping.ts";
import { readCurrent, readSold, soldWindows } from "./pages.ts";
import { agencyIds, agentIds } from "./people.ts";
import type {
  AgentRecord,
  AuctionDay,
  AuctionResult,
  DomainAgency,
  DomainListing,
  LocationProfile,
  SearchRow,
  SoldPage,
  SuburbPerformance,
} from "./responses.ts";
import { auctionCityOf, readResults } from "./results.ts";
import { listOf, text, whole } from "./values.ts";

/**
 * Agencies that are requested, those with most sales first: the others retain the name and logo that their listings
 * have.
 */
const MOST_AGENCIES = 40;
/** Agents whose position is requested, those with most sales first: as many as a report has cards. */
const MOST_AGENTS = 12;
/** Series by bedrooms are requested where so many were sold: fewer make no median. */
const ENOUGH_SOLD = 12;
const MOST_BEDROOM_SERIES = 2;

/** What a report has of Domain, as Coverage names it. */
export const PARTS = {
  sold: "sold listings",
  forSale: "current listings",
  toRent: "rental listings",
  agencies: messages.agenciesAndAgents,
  titles: "agents' positions",
  market: "suburb performance",
  profile: "the suburb's profile",
  disclaimers: "disclaimers",
  auctions: "results of auctions",
} as const;
export type DomainPart = keyof typeof PARTS;

export interface Gathered {
  readonly responses: DomainResponses;
  /** Something is missing that Domain would give another time. */
  readonly partial: boolean;
}

/**
 * Requests all of a suburb that the key's packages allow; null where Domain has no data about it.
 * @throws Failure, as {@link DomainClient.request}, where Domain is away, its quota spent or its sales cannot be read: what
 *   was read is in the cache, and the next attempt continues from there.
 */
export async function gather(
  client: DomainClient,
  locality: DomainLocality,
  today: string,
  now: () => Date,
): Promise<Gathered | null> {
  const refused = new Set<DomainPart>();
  const missing = new Map<DomainPart, number>();

  /** Without what a package does not allow, and without what is broken while all else works. */
  async function allowed<T>(part: DomainPart, work: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (error.code === "domain_package") refused.add(part);
      else if (part === "sold" || client.isAway()) throw error;
      else missing.set(part, (missing.get(part) ?? 0) + 1);
      return otherwise;
    }
  }
  const request = async <T>(call: DomainCall) => (await client.request(call)) as T | null;

  const windows = soldWindows(today);
  const isClosed = (to: string | null) => to !== null && to < windows.open.from;
  const soldIn = (window: (typeof windows)["open"]) =>
    readSold(
      async (part, page, again) =>
        (await client.request(soldSearch(locality, part, page, isClosed(part.to)), { again })) as SoldPage | null,
      window,
      today,
    );
  const nothing = { rows: [], cut: [] };
  const performance = (category: "House" | "Unit", bedrooms: number | null) =>
    allowed(
      "market",
      async () =>
        locality.postcode === null
          ? null
          : request<SuburbPerformance>(
              suburbPerformance({ ...locality, postcode: locality.postcode }, category, bedrooms),
            ),
      null,
    );

  const city = auctionCityOf(locality.state);
  const readAuctions = async () => {
    if (city === null) return null;
    const [day, rows] = await Promise.all([
      request<AuctionDay>(AUCTION_DAY),
      request<AuctionResult[]>(auctionResults(city)),
    ]);
    return readResults(locality, day, rows);
  };

  const [open, closed, forSale, toRent, house, unit, profile, texts, auctions] = await Promise.all([
    allowed("sold", () => soldIn(windows.open), nothing),
    allowed("sold", () => soldIn(windows.closed), nothing),
    allowed("forSale", () => readCurrent((types, page) => request(currentSearch(locality, "Sale", types, page))), []),
    allowed("toRent", () => readCurrent((types, page) => request(currentSearch(locality, "Rent", types, page))), []),
    performance("House", null),
    performance("Unit", null),
    allowed("profile", () => readProfile(request, locality), null),
    allowed("disclaimers", async () => textsOf(await request(disclaimers(locality.state))), []),
    allowed("auctions", readAuctions, null),
  ]);

  const soldRows: readonly SearchRow[] = [...open.rows, ...closed.rows];
  const sold = collectListings(soldRows).filter((listing) => isIn(locality, listing));
  const current = collectListings([...forSale, ...toRent]).filter((listing) => isIn(locality, listing));
  const readPeople = async () => {
    const agencies = await readAgencies(
      (id) => allowed("agencies", () => request<DomainAgency>(agencyRecord(id)), null),
      sold,
      current,
    );
    const ids = refused.has("agencies") ? [] : agentIds(sold, agencies).slice(0, MOST_AGENTS);
    const agents = await Promise.all(
      ids.map((id) => allowed("titles", () => request<AgentRecord>(agentRecord(id)), null)),
    );
    return { agencies, agents: agents.filter((record) => record !== null) };
  };
  const [people, byBedrooms] = await Promise.all([
    readPeople(),
    Promise.all(
      usualBedrooms(sold).map(async ({ category, bedrooms }) => ({
        category,
        bedrooms,
        response: await performance(category === "house" ? "House" : "Unit", bedrooms),
      })),
    ),
  ]);

  const market = [
    { category: "house" as const, bedrooms: null, response: house },
    { category: "unit" as const, bedrooms: null, response: unit },
    ...byBedrooms,
  ].flatMap(({ response, ...series }) => (response === null ? [] : [{ ...series, response }]));
  const hasSeries = market.some(({ response }) => listOf(response.series?.seriesInfo).length > 0);
  if (sold.length === 0 && current.length === 0 && !hasSeries) return null;
  const notes = [
    ...notesOn(refused, missing, [...open.cut, ...closed.cut].length),
    ...(auctions?.note == null ? [] : [auctions.note]),
  ];
  return {
    responses: {
      locality,
      day: today,
      soldFrom: windows.closed.from,
      retrievedAt: now().toISOString(),
      sold: soldRows,
      forSale,
      toRent,
      ...people,
      market,
      profile,
      ...(auctions === null ? {} : { methods: auctions.methods }),
      disclaimers: texts,
      notes,
    },
    partial: missing.size > 0,
  };
}

async function readAgencies(
  request: (id: string) => Promise<DomainAgency | null>,
  sold: readonly DomainListing[],
  current: readonly DomainListing[],
): Promise<readonly DomainAgency[]> {
  const records = await Promise.all(agencyIds(sold, current).slice(0, MOST_AGENCIES).map(request));
  return records.filter((record) => record !== null);
}

/** The sizes that most of the sales have: of each, houses and units, two at most. */
function usualBedrooms(
  sold: readonly DomainListing[],
): readonly { readonly category: Category; readonly bedrooms: number }[] {
  return (["house", "unit"] as const).flatMap((category) => {
    const counts = new Map<number, number>();
    for (const { propertyDetails } of sold) {
      const bedrooms = whole(propertyDetails?.bedrooms, 20);
      if (bedrooms === null || bedrooms === 0) continue;
      if (categoryOf(propertyDetails?.propertyType, { townhouses: "house" }) !== category) continue;
      counts.set(bedrooms, (counts.get(bedrooms) ?? 0) + 1);
    }
    return [...counts]
      .filter(([, count]) => count >= ENOUGH_SOLD)
      .sort((a, b) => b[1] - a[1] || a[0] - b[0])
      .slice(0, MOST_BEDROOM_SERIES)
      .map(([bedrooms]) => ({ category, bedrooms }));
  });
}

async function readProfile(
  request: <T>(call: DomainCall) => Promise<T | null>,
  locality: DomainLocality,
): Promise<LocationProfile | null> {
  const id = suburbIdIn(await request(addressLocators(locality)));
  return id === null ? null : request<LocationProfile>(locationProfile(id));
}

/** Their OpenAPI document leaves the shape of a locator open: a list of ids, each with its level. */
function suburbIdIn(locators: unknown): string | null {
  for (const locator of listOf(Array.isArray(locators) ? locators : [locators]) as readonly { ids?: unknown }[]) {
    const ids = listOf((Array.isArray(locator.ids) ? locator.ids : []) as readonly { level?: unknown; id?: unknown }[]);
    const found = ids.find(({ level }) => text(level)?.toLowerCase() === "suburb") ?? null;
    const id = found === null ? null : text(found.id);
    if (id !== null) return id;
  }
  return null;
}

/** It leaves that of disclaimers open, too: every text that is more than an id, without its markup. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === "string") {
    const plain = text(
      value
        .replace(/<[^>]*>/g, " ")
        .replaceAll("&nbsp;", " ")
        .replaceAll("&amp;", "&"),
      2_000,
    );
    return plain?.includes(" ") ? [plain] : [];
  }
  if (Array.isArray(value)) return value.flatMap(textsOf);
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

function notesOn(
  refused: ReadonlySet<DomainPart>,
  missing: ReadonlyMap<DomainPart, number>,
  cut: number,
): readonly string[] {
  const names = (parts: Iterable<DomainPart>) =>
    [...parts]
      .map((part) => PARTS[part])
      .sort()
      .join(", ");
  const notes: string[] = [];
  if (refused.size > 0) notes.push(messages.leftOutByPackages(names(refused)));
  if (missing.size > 0) notes.push(messages.leftOutThisTime(names(missing.keys())));
  if (cut > 0) notes.push(messages.searchesCut(cut));
  return notes;
}
