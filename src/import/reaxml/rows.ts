import { stableId } from "../../report/identity/ids.ts";
import { readRecordType } from "../../report/request/property-type.ts";
import type { CatalogueKind } from "../../report/sources/catalogue.ts";
import { compareText } from "../../text/text.ts";
import { quoted } from "../../text/visible-text.ts";
import { areaUnit, readArea, readCount, readPrice } from "../amounts.ts";
import { fieldsOf } from "../columns/fields.ts";
import { meansNoPrice, WORDS, wordKey } from "../columns/words.ts";
import { messages } from "../messages.ts";
import type { Names } from "../names.ts";
import type { Rules } from "../rules.ts";
import { dayOf, readDayOf } from "./moment.ts";
import type { ListingState, StoredNode } from "./state.ts";

/** A row that a listing is in the catalogue now. */
export interface DerivedRow {
  readonly kind: Extract<CatalogueKind, "sales" | "listings" | "rentals">;
  readonly value: Readonly<Record<string, unknown>> & { readonly id: string };
}

export interface Derived {
  readonly rows: readonly DerivedRow[];
  /** Why a listing that was sold or is for sale is no row yet; null if it is one, or will never be. */
  readonly pending: string | null;
}

export interface DeriveContext {
  readonly names: Names;
  /** The agency's name of an office's code. */
  readonly agencyOf: (office: string) => string;
  readonly rules: Rules;
}

/**
 * What a listing is in the catalogue, by all that is known of it: a sale, a listing, a rental, an auction passed in, or
 * nothing.
 */
export function rowsOf(state: ListingState, context: DeriveContext): Derived {
  const status = state.status[1];
  const isRental = state.kind[1] === "rental";
  if (state.kind[1] === "holidayRental" || state.kind[1] === "business") return { rows: [], pending: null };
  const element = (name: string) => state.elements[name]?.[1] ?? null;
  const isRelevant =
    status === "current" ||
    status === "sold" ||
    status === "leased" ||
    (status === "withdrawn" && element("auction") !== null);
  if (!isRelevant) return { rows: [], pending: null };
  const locality = localityOf(element("address"));
  if (locality === null) {
    const what = status === "sold" ? "sold" : status;
    return { rows: [], pending: messages.noAddressYet(what) };
  }
  const id = stableId("rea", state.office, state.uniqueId);
  const shared = { ...locality, ...propertyOf(state, element), ...peopleOf(state, context) };
  const listed = timeDay(state.firstCurrent);
  if (isRental) return { rows: rentalRows(state, id, shared, listed, element), pending: null };

  const auction = auctionOf(element("auctionOutcome"));
  const sale = (more: Readonly<Record<string, unknown>> & { readonly id: string }, day: string): DerivedRow => ({
    kind: "sales",
    value: {
      ...known("sales", shared),
      ...(listed !== null && listed <= day ? { listed_date: listed } : {}),
      ...firstAsk(state.firstPrice?.[1] ?? null),
      sold_date: day,
      ...more,
    },
  });
  const rows: DerivedRow[] = [];
  if (auction?.outcome === "passed_in" && auction.day !== null)
    rows.push(
      sale({ id: stableId(id, "passed in", auction.day), method: "auction", outcome: "passed_in" }, auction.day),
    );
  if (status === "sold") {
    const { price, priceText, disclosed, day, dayText } = soldOf(element("soldDetails"));
    const ofAuction = auction?.outcome === "sold" ? auction.day : null;
    const when = day ?? ofAuction ?? timeDay(state.status[0]);
    if (when === null) return { rows, pending: messages.noSaleDateYet };
    if (day === null)
      context.rules.use(
        "sold_date",
        ofAuction === null ? messages.soldAtMessage : messages.soldAtAuction,
        dayText === "" ? `${id}, ${when}` : `${quoted(dayText)} of ${id}, ${when}`,
      );
    if (price === null && priceText !== "" && !meansNoPrice(priceText))
      context.rules.use("price", messages.textNoPrice, priceText);
    rows.push(
      sale(
        {
          id,
          outcome: "sold",
          method: methodOf(auction, element("authority")),
          price_disclosed: disclosed,
          ...(price === null ? {} : { price }),
        },
        when,
      ),
    );
  } else if (status === "withdrawn") {
    const day = timeDay(state.status[0]);
    if (day !== null) rows.push(sale({ id: stableId(id, "withdrawn"), method: "auction", outcome: "withdrawn" }, day));
  } else if (status === "current") {
    rows.push({
      kind: "listings",
      value: {
        id,
        ...known("listings", shared),
        ...(listed === null ? {} : { listed_date: listed }),
        ...displayPrice(element("price"), element("priceView")),
      },
    });
  }
  return { rows, pending: null };
}

type ElementOf = (name: string) => StoredNode | null;
type SharedFields = Readonly<Record<string, unknown>>;

function rentalRows(
  state: ListingState,
  id: string,
  shared: SharedFields,
  listed: string | null,
  element: ElementOf,
): readonly DerivedRow[] {
  const leased = state.status[1] === "leased" ? timeDay(state.status[0]) : null;
  const rent = element("rent");
  const amount = rent === null ? null : (readPrice(textOf(rent))?.from ?? null);
  const perMonth = /month/i.test(rent?.a?.period ?? "");
  const weekly = amount === null || amount === 0 ? null : perMonth ? Math.round((amount * 12) / 52) : amount;
  return [
    {
      kind: "rentals",
      value: {
        id,
        ...known("rentals", { ...shared, status: state.status[1] === "leased" ? "leased" : "current" }),
        ...(listed === null ? {} : { listed_date: listed }),
        ...(leased === null ? {} : { leased_date: leased }),
        ...(weekly === null ? {} : { weekly_rent: weekly }),
        ...displayPrice(rent, element("priceView")),
      },
    },
  ];
}

/** Of the fields those that the kind has. */
function known(kind: CatalogueKind, fields: SharedFields): SharedFields {
  const has = new Set([...fieldsOf(kind).values()].map(({ path }) => path[0]));
  const entries = Object.entries(fields).map(([name, value]): [string, unknown] =>
    name === "agents" && !has.has("agents")
      ? ["agent_ids", (value as readonly { readonly id: string }[]).map(({ id }) => id)]
      : [name, value],
  );
  return Object.fromEntries(entries.filter(([name]) => has.has(name)));
}

function localityOf(address: StoredNode | null): SharedFields | null {
  if (address === null) return null;
  const part = (name: string) => textOf(child(address, name));
  const [suburb, state, postcode] = [part("suburb"), part("state"), part("postcode")];
  if (suburb === "" || state === "") return null;
  const unit = part("subNumber");
  const number = part("streetNumber") || (part("lotNumber") === "" ? "" : `Lot ${part("lotNumber")}`);
  const street = [number, part("street")].filter((each) => each !== "").join(" ") || part("site");
  if (street === "") return null;
  const shown = address.a?.display !== "no";
  return {
    address: shown ? `${unit === "" ? "" : `${unit}/`}${street}` : "Address withheld",
    suburb,
    state,
    ...(/^\d{3,4}$/.test(postcode) ? { postcode } : {}),
  };
}

function propertyOf(state: ListingState, element: ElementOf): SharedFields {
  const word = element("category")?.a?.name ?? element("ruralCategory")?.a?.name ?? "";
  const kind = state.kind[1];
  const category =
    kind === "land" || kind === "commercialLand"
      ? "land"
      : kind === "residential" || kind === "rental"
        ? (WORDS.category?.get(wordKey(word)) ?? "other")
        : "other";
  const type = readRecordType(word);
  const features = element("features");
  const count = (name: string) => {
    const text = features === null ? "" : textOf(child(features, name));
    return text === "" ? null : (readCount(text)?.count ?? null);
  };
  const cars = ["garages", "carports", "openSpaces"].map(count).filter((each) => each !== null);
  const land = element("landDetails");
  const area = land === null ? null : child(land, "area");
  const unit =
    area?.a?.unit === "squareMeter" || area?.a?.unit === undefined ? "sqm" : (areaUnit(area.a.unit) ?? "sqm");
  const sqm = area === null ? null : (readArea(textOf(area), unit)?.sqm ?? null);
  const beds = count("bedrooms");
  const baths = count("bathrooms");
  return {
    category,
    ...(type === null ? {} : { property_type: type }),
    ...(beds === null ? {} : { beds }),
    ...(baths === null ? {} : { baths }),
    ...(cars.length === 0 ? {} : { cars: cars.reduce((sum, each) => sum + each, 0) }),
    ...(sqm === null || sqm === 0 ? {} : { land_sqm: sqm }),
  };
}

function peopleOf(state: ListingState, { names, agencyOf }: DeriveContext): SharedFields {
  const own = names.agency({ text: agencyOf(state.office), isName: true });
  const agencies = [own];
  const agents: { id: string; role: "lead" | "co" }[] = [];
  const listed = Object.entries(state.elements)
    .filter(([name, [, node]]) => name.startsWith("listingAgent ") && node !== null)
    .sort(([a], [b]) => compareText(a, b));
  for (const [, [, node]] of listed) {
    if (node === null) continue;
    const name = textOf(child(node, "name")).replace(/\s+/g, " ");
    if (name === "") continue;
    const office = textOf(child(node, "agentID"));
    const agency =
      office === "" || office === state.office ? own : names.agency({ text: agencyOf(office), isName: true });
    if (!agencies.includes(agency)) agencies.push(agency);
    const id = names.agent({ text: name, isName: true }, agency);
    if (!agents.some((each) => each.id === id)) agents.push({ id, role: agents.length === 0 ? "lead" : "co" });
  }
  return { agency_ids: agencies, ...(agents.length === 0 ? {} : { agents }) };
}

interface Auction {
  readonly outcome: "sold" | "passed_in" | "withdrawn";
  readonly method: "auction" | "sold_prior" | "sold_after";
  readonly day: string | null;
}

const RESULTS: Readonly<Record<string, Pick<Auction, "outcome" | "method">>> = {
  soldpriortoauction: { outcome: "sold", method: "sold_prior" },
  soldatauction: { outcome: "sold", method: "auction" },
  soldafterauction: { outcome: "sold", method: "sold_after" },
  passedin: { outcome: "passed_in", method: "auction" },
  passedinvendorbid: { outcome: "passed_in", method: "auction" },
  withdrawn: { outcome: "withdrawn", method: "auction" },
};

function auctionOf(node: StoredNode | null): Auction | null {
  if (node === null) return null;
  const result = child(node, "auctionResult");
  const found = RESULTS[wordKey(result?.a?.type ?? textOf(result))];
  if (found === undefined) return null;
  const date = child(node, "auctionDate");
  return { ...found, day: readDayOf(date?.a?.date ?? textOf(date)) };
}

/** For a sale whose auction has no result on record, the authority determines how it was sold. */
function methodOf(auction: Auction | null, authority: StoredNode | null): string {
  if (auction?.outcome === "sold") return auction.method;
  const value = wordKey(authority?.a?.value ?? textOf(authority));
  if (auction?.outcome === "passed_in") return "sold_after";
  if (value === "auction") return "auction";
  if (value === "tender") return "tender";
  if (value === "eoi") return "eoi";
  return value === "" ? "not_stated" : "private_treaty";
}

function soldOf(node: StoredNode | null): {
  readonly price: number | null;
  readonly priceText: string;
  readonly disclosed: boolean;
  readonly day: string | null;
  readonly dayText: string;
} {
  if (node === null) return { price: null, priceText: "", disclosed: false, day: null, dayText: "" };
  const price = child(node, "soldPrice") ?? child(node, "price");
  const date = child(node, "soldDate") ?? child(node, "date");
  const amount = price === null ? null : (readPrice(textOf(price))?.from ?? null);
  const dayText = date?.a?.date ?? textOf(date);
  const shown = !/^(no|range)$/i.test(price?.a?.display ?? "yes");
  return {
    price: amount === null || amount === 0 ? null : amount,
    priceText: textOf(price),
    disclosed: amount !== null && amount !== 0 && shown,
    day: readDayOf(dayText),
    dayText,
  };
}

function firstAsk(price: StoredNode | null): SharedFields {
  if (price === null) return {};
  const range = child(price, "range");
  const amount = (node: StoredNode | null) => {
    const found = node === null ? null : (readPrice(textOf(node))?.from ?? null);
    return found === 0 ? null : found;
  };
  const from = range === null ? amount(price) : amount(child(range, "min"));
  const to = range === null ? null : amount(child(range, "max"));
  if (from === null && to === null) return {};
  return { first_ask: { ...(from === null ? {} : { from }), ...(to === null ? {} : { to }) } };
}

function displayPrice(price: StoredNode | null, view: StoredNode | null): SharedFields {
  const text = textOf(view).replace(/\s+/g, " ");
  if (text !== "") return { display_price: text.slice(0, 100) };
  const amount = price === null || price.a?.display === "no" ? null : (readPrice(textOf(price))?.from ?? null);
  return amount === null || amount === 0 ? {} : { display_price: `$${amount.toLocaleString("en-AU")}` };
}

function child(node: StoredNode, name: string): StoredNode | null {
  return node.c?.find((each) => each.n === name) ?? null;
}

function textOf(node: StoredNode | null): string {
  return node?.t ?? "";
}

function timeDay(time: string | null): string | null {
  return time === null || time.length < 10 ? null : dayOf(time);
}

/** An agent as a listing names one, with the time of the message: of each the newest mention counts. */
export interface AgentMentionAt {
  readonly time: string;
  readonly name: string;
  readonly office: string;
  readonly email: string | null;
  readonly phone: string | null;
}

export function agentsIn(state: ListingState): readonly AgentMentionAt[] {
  return Object.entries(state.elements).flatMap(([name, [time, node]]) => {
    if (!name.startsWith("listingAgent ") || node === null) return [];
    const text = textOf(child(node, "name")).replace(/\s+/g, " ");
    if (text === "") return [];
    const phones = (node.c ?? []).filter(({ n }) => n === "telephone");
    const phone = phones.find(({ a }) => a?.type === "mobile") ?? phones[0] ?? null;
    const email = textOf(child(node, "email"));
    return [
      {
        time,
        name: text,
        office: textOf(child(node, "agentID")) || state.office,
        email: email === "" ? null : email.slice(0, 254),
        phone: textOf(phone).slice(0, 50) || null,
      },
    ];
  });
}
