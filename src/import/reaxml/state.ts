import { Failure } from "../../failure.ts";
import { compareText } from "../../text/text.ts";
import { messages } from "../messages.ts";
import { readMoment } from "./moment.ts";
import type { ListingElement, XmlElement } from "./parse.ts";

/** A value and the time of the message it came with. */
type Timed<T> = readonly [time: string, value: T];

/** An element as it is stored: without what is empty. */
export interface StoredNode {
  readonly n: string;
  readonly a?: Readonly<Record<string, string>>;
  readonly t?: string;
  readonly c?: readonly StoredNode[];
}

/**
 * What is known of a listing from all messages about it: of each element the newest, null where that was empty. Two states
 * join into one in any order and as often as one likes; a message is a state itself.
 */
export interface ListingState {
  readonly office: string;
  readonly uniqueId: string;
  /** residential, rental, land, … */
  readonly kind: Timed<string>;
  readonly status: Timed<string>;
  readonly elements: Readonly<Record<string, Timed<StoredNode | null>>>;
  /** The first time it was seen for sale or for rent. */
  readonly firstCurrent: string | null;
  /** The asking price of the first message that had one while it was. */
  readonly firstPrice: Timed<StoredNode> | null;
}

const STATUSES = ["current", "withdrawn", "offmarket", "sold", "leased", "deleted"] as const;

/** A message as a state. @throws Failure "bad_listing" that states what it lacks. */
export function stateOf(listing: ListingElement): ListingState {
  const text = (name: string) => listing.children.find((child) => child.name === name)?.text ?? "";
  const [office, uniqueId] = [text("agentID"), text("uniqueID")];
  if (listing.cut) throw bad(listing, uniqueId, messages.listingCut);
  if (office === "" || uniqueId === "") throw bad(listing, uniqueId, messages.listingWithoutIds);
  const status = (listing.attributes.status ?? "").trim().toLowerCase();
  if (!(STATUSES as readonly string[]).includes(status))
    throw bad(listing, uniqueId, messages.listingStatus(status.slice(0, 40), STATUSES.join(", ")));
  const time = readMoment(listing.attributes.modTime ?? "") ?? readMoment(listing.fileTime) ?? "0000";
  const elements: Record<string, Timed<StoredNode | null>> = {};
  for (const child of listing.children) {
    if (child.name === "agentID" || child.name === "uniqueID") continue;
    const name =
      child.name === "listingAgent" ? `listingAgent ${child.attributes.id ?? nextAgent(elements)}` : child.name;
    elements[name] = [time, isEmpty(child) ? null : store(child)];
  }
  const price = elements.price?.[1] ?? null;
  const current = status === "current";
  return {
    office,
    uniqueId,
    kind: [time, listing.name],
    status: [time, status],
    elements,
    firstCurrent: current ? time : null,
    firstPrice: current && price !== null ? [time, price] : null,
  };
}

/** Joins two sets of messages about one listing. */
export function joinStates(a: ListingState, b: ListingState): ListingState {
  const elements: Record<string, Timed<StoredNode | null>> = { ...a.elements };
  for (const [name, timed] of Object.entries(b.elements)) elements[name] = newest(elements[name], timed);
  return {
    office: a.office,
    uniqueId: a.uniqueId,
    kind: newest(a.kind, b.kind),
    status: newest(a.status, b.status),
    // In one order, so that two states of the same messages are the same text.
    elements: Object.fromEntries(Object.entries(elements).sort(([x], [y]) => compareText(x, y))),
    firstCurrent: earliest(a.firstCurrent, b.firstCurrent),
    firstPrice: oldest(a.firstPrice, b.firstPrice),
  };
}

export function keyOf({ office, uniqueId }: Pick<ListingState, "office" | "uniqueId">): string {
  return `${office} ${uniqueId}`;
}

/** Of equal times the one whose text is greater: as good as any, and the same in every order. */
function newest<T>(a: Timed<T> | undefined, b: Timed<T>): Timed<T> {
  if (a === undefined || b[0] > a[0]) return b;
  if (a[0] > b[0]) return a;
  return JSON.stringify(b[1]) > JSON.stringify(a[1]) ? b : a;
}

function oldest<T>(a: Timed<T> | null, b: Timed<T> | null): Timed<T> | null {
  if (a === null || b === null) return a ?? b;
  if (a[0] !== b[0]) return a[0] < b[0] ? a : b;
  return JSON.stringify(b[1]) > JSON.stringify(a[1]) ? b : a;
}

function earliest(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}

function nextAgent(elements: Readonly<Record<string, unknown>>): string {
  return String(1 + Object.keys(elements).filter((name) => name.startsWith("listingAgent ")).length);
}

/** `<listingAgent id="2"/>` deletes the second agent: an id is no content. */
function isEmpty({ name, attributes, text, children }: XmlElement): boolean {
  const given = Object.entries(attributes).filter(
    ([key, value]) => value.trim() !== "" && !(name === "listingAgent" && key === "id"),
  );
  return text === "" && children.length === 0 && given.length === 0;
}

function store({ name, attributes, text, children }: XmlElement): StoredNode {
  return {
    n: name,
    ...(Object.keys(attributes).length === 0 ? {} : { a: attributes }),
    ...(text === "" ? {} : { t: text }),
    ...(children.length === 0 ? {} : { c: children.map(store) }),
  };
}

function bad({ number, name }: ListingElement, uniqueId: string, what: string): Failure {
  return new Failure(
    "bad_listing",
    `listing ${number} (${name}${uniqueId === "" ? "" : ` ${uniqueId.slice(0, 60)}`}) ${what}`,
  );
}
