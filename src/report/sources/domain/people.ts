// Who sold: the advertisers and contacts of Domain's listings as agencies and agents of a data set. Pure.

import { compareText } from "../../../text/text.ts";
import type { Agency, Agent } from "../../data-set.ts";
import type { AgentRecord, DomainAgency, DomainAgent, DomainListing } from "./responses.ts";
import { addressOf, amount, colourOf, dayOf, idOf, listOf, text } from "./values.ts";

export interface DomainPeople {
  readonly agencies: readonly Agency[];
  readonly agents: readonly (Agent & { readonly id: string })[];
  /** Where the pictures of agencies and agents are, by their ids in the data set. */
  readonly logos: ReadonlyMap<string, string>;
  readonly photos: ReadonlyMap<string, string>;
  /** The agency of a listing; null for a private seller, whose name is private. */
  agencyOf(listing: DomainListing): string | null;
  /** The agents of a listing, the lead first. */
  agentsOf(listing: DomainListing): readonly string[];
}

/** An advertiser, from the listings and their own record. */
interface Office {
  readonly id: string;
  readonly names: Tally;
  readonly colours: Tally;
  readonly logos: Tally;
  readonly contacts: Map<string, Contact>;
}

/** A name among an office's contacts: listings have no ids of people. */
interface Contact {
  readonly names: Tally;
  readonly photos: Tally;
}

/**
 * Agencies by Domain's id of the advertiser. A contact is found in its agency's own list of agents, by the id that the
 * address of a photo contains, else by name; one who is not in it (or whose agency was not requested) has that id, else one
 * made from agency and name. The order of the listings does not matter.
 */
export function readPeople(
  listings: readonly DomainListing[],
  records: readonly DomainAgency[],
  agentRecords: readonly AgentRecord[] = [],
): DomainPeople {
  const titles = new Map<string, string>(
    agentRecords.flatMap(({ agentId, jobPosition }) => {
      const [id, title] = [idOf(agentId), text(jobPosition, 200)];
      return id === null || title === null ? [] : pair(`domain-${id}`, title);
    }),
  );
  const offices = collectOffices(listings);
  const recordOf = new Map(records.flatMap((record) => pair(idOf(record.id), record)));
  const agencies: Agency[] = [];
  const agents = new Map<string, Agent & { readonly id: string }>();
  const logos = new Map<string, string>();
  const photos = new Map<string, string>();
  const idOfContact = new Map<string, string>();

  for (const office of sortedById(offices.values())) {
    const record = recordOf.get(office.id);
    const agency = agencyFrom(office, record);
    agencies.push(agency);
    const logo = addressOf(record?.profile?.agencyLogoStandard) ?? office.logos.most();
    if (logo !== null) logos.set(agency.id, logo);
    const roster = listOf(record?.agents);
    for (const [key, contact] of [...office.contacts].sort(([a], [b]) => compareText(a, b))) {
      const entry = findInRoster(roster, key, contact);
      const agent = agentFrom(agency.id, office.id, key, contact, entry);
      idOfContact.set(contactKey(office.id, key), agent.id);
      const title = titles.get(agent.id);
      if (!agents.has(agent.id)) agents.set(agent.id, title === undefined ? agent : { ...agent, title });
      const photo = addressOf(entry?.mugShotNew) ?? addressOf(entry?.photo) ?? contact.photos.most();
      if (photo !== null && !photos.has(agent.id)) photos.set(agent.id, photo);
    }
  }

  return {
    agencies,
    agents: [...agents.values()],
    logos,
    photos,
    agencyOf(listing) {
      const id = officeId(listing);
      return id === null ? null : `domain-${id}`;
    },
    agentsOf(listing) {
      const office = officeId(listing);
      if (office === null) return [];
      const ids = contactsOf(listing).flatMap(({ key }) => idOfContact.get(contactKey(office, key)) ?? []);
      return [...new Set(ids)].slice(0, 10);
    },
  };
}

/** Domain's ids of the agencies that listings name, those with most listings (the sold ones first) before the others. */
export function agencyIds(sold: readonly DomainListing[], current: readonly DomainListing[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const [listings, weight] of [[sold, 1_000] as const, [current, 1] as const])
    for (const listing of listings) {
      const id = officeId(listing);
      if (id !== null) counts.set(id, (counts.get(id) ?? 0) + weight);
    }
  return [...counts].sort((a, b) => b[1] - a[1] || compareText(a[0], b[0])).map(([id]) => id);
}

/**
 * Domain's ids of the agents who sold most of these, with the lead's part counting first; those without an id are left
 * out.
 */
export function agentIds(sold: readonly DomainListing[], records: readonly DomainAgency[]): readonly string[] {
  const people = readPeople(sold, records);
  const counts = new Map<string, number>();
  for (const listing of sold)
    for (const [at, agent] of people.agentsOf(listing).entries())
      counts.set(agent, (counts.get(agent) ?? 0) + (at === 0 ? 1_000 : 1));
  return [...counts]
    .sort((a, b) => b[1] - a[1] || compareText(a[0], b[0]))
    .flatMap(([id]) => /^domain-(\d+)$/.exec(id)?.[1] ?? []);
}

function collectOffices(listings: readonly DomainListing[]): ReadonlyMap<string, Office> {
  const offices = new Map<string, Office>();
  for (const listing of listings) {
    const id = officeId(listing);
    if (id === null) continue;
    const office = offices.get(id) ?? {
      ...{ id, names: tally(), colours: tally(), logos: tally(), contacts: new Map<string, Contact>() },
    };
    offices.set(id, office);
    const { advertiser } = listing;
    office.names.add(text(advertiser?.name));
    office.colours.add(colourOf(advertiser?.preferredColourHex));
    office.logos.add(addressOf(advertiser?.logoUrl), dayOf(listing.dateListed));
    for (const { key, name, photo } of contactsOf(listing)) {
      const contact = office.contacts.get(key) ?? { names: tally(), photos: tally() };
      office.contacts.set(key, contact);
      contact.names.add(name);
      contact.photos.add(photo, dayOf(listing.dateListed));
    }
  }
  return offices;
}

function officeId({ advertiser }: DomainListing): string | null {
  return advertiser?.type === "Private" ? null : idOf(advertiser?.id);
}

function contactsOf({ advertiser }: DomainListing) {
  return listOf(advertiser?.contacts).flatMap(({ name: given, photoUrl }) => {
    const name = text(given);
    return name === null ? [] : [{ name, key: nameKey(name), photo: addressOf(photoUrl) }];
  });
}

function agencyFrom({ id, names, colours }: Office, record: DomainAgency | undefined): Agency {
  return {
    id: `domain-${id}`,
    name: text(record?.name) ?? names.most() ?? `Agency ${id}`,
    colour: colourOf(record?.profile?.primaryAgencyColour) ?? colours.most(),
    principal: text(record?.details?.principalName),
    phone: text(record?.contactDetails?.general?.phone, 50),
    url: addressOf(record?.profile?.agencyWebsite),
    for_sale: countOf(record?.profile?.numberForSale),
    address: officeAddress(record?.details),
    source: "domain",
  };
}

function officeAddress(details: DomainAgency["details"]): string | null {
  const street = [text(details?.streetAddress1), text(details?.streetAddress2)].filter((part) => part !== null);
  const locality = [text(details?.suburb), text(details?.state), text(details?.postcode)].filter(
    (part) => part !== null,
  );
  return street.length === 0 ? null : text([...street, locality.join(" ")].filter(Boolean).join(", "), 300);
}

function countOf(value: unknown): number | null {
  const count = amount(value);
  return count === null || count > 1_000_000 ? null : Math.floor(count);
}

function agentFrom(
  agencyId: string,
  office: string,
  key: string,
  { names, photos }: Contact,
  entry: DomainAgent | null,
): Agent & { readonly id: string } {
  const id = idOf(entry?.id) ?? contactId(photos.most());
  return {
    id: id === null ? `domain-${office}-${slug(key)}` : `domain-${id}`,
    agency_id: agencyId,
    name: (entry === null ? null : rosterName(entry)) ?? names.most() ?? key,
    phone: text(entry?.mobile, 50) ?? text(entry?.phone, 50),
    email: emailOf(entry?.email),
    source: "domain",
    ...(entry?.isHideSoldLeasedListings === true ? { hidden: true } : {}),
  };
}

function emailOf(value: unknown): string | null {
  const email = text(value, 254);
  return email !== null && /^\S+@\S+$/.test(email) ? email : null;
}

/** By the id in the photo's address, else by name; of two of one name the one with the lower id. */
function findInRoster(roster: readonly DomainAgent[], key: string, { photos }: Contact): DomainAgent | null {
  const ids = new Set(photos.all().flatMap((photo) => contactId(photo) ?? []));
  const sorted = [...roster].sort((a, b) => compareIds(idOf(a.id), idOf(b.id)));
  const called = (entry: DomainAgent) => nameKey(rosterName(entry) ?? "") === key;
  return (
    sorted.find((entry) => called(entry) && ids.has(idOf(entry.id) ?? "")) ??
    sorted.find(called) ??
    sorted.find((entry) => ids.has(idOf(entry.id) ?? "")) ??
    null
  );
}

function rosterName({ firstName, lastName }: DomainAgent): string | null {
  return text([text(firstName), text(lastName)].filter((part) => part !== null).join(" "));
}

/** Domain's addresses of agents' photos contain the agent's id. */
function contactId(photo: string | null): string | null {
  return /contact_(\d{1,12})(?!\d)/i.exec(photo ?? "")?.[1] ?? null;
}

function contactKey(office: string, key: string): string {
  return `${office} ${key}`;
}

/** What two spellings of one name share. */
function nameKey(name: string): string {
  return name.normalize("NFKC").toLowerCase().replaceAll("’", "'").replace(/\s+/gu, " ").trim();
}

function slug(key: string): string {
  const plain = key.normalize("NFKD").replace(/\p{M}/gu, "");
  return (
    plain
      .replace(/[^\p{L}\p{N}]+/gu, "-")
      .replace(/^-|-$/g, "")
      .slice(0, 60) || "unnamed"
  );
}

/** What several listings state of one thing: the most frequent, of those the newest, of those the first by text. */
interface Tally {
  add(value: string | null, day?: string | null): void;
  most(): string | null;
  all(): readonly string[];
}

function tally(): Tally {
  const seen = new Map<string, { count: number; day: string }>();
  return {
    add(value, day = null) {
      if (value === null) return;
      const before = seen.get(value) ?? { count: 0, day: "" };
      seen.set(value, { count: before.count + 1, day: day !== null && day > before.day ? day : before.day });
    },
    most() {
      const [first] = [...seen].sort(
        ([a, x], [b, y]) => y.count - x.count || compareText(y.day, x.day) || compareText(a, b),
      );
      return first?.[0] ?? null;
    },
    all: () => [...seen.keys()],
  };
}

function sortedById(offices: Iterable<Office>): readonly Office[] {
  return [...offices].sort((a, b) => compareIds(a.id, b.id));
}

/** As numbers where they are: 9 before 10. */
export function compareIds(a: string | null, b: string | null): number {
  const [x, y] = [a ?? "", b ?? ""];
  return x.length - y.length || compareText(x, y);
}

function pair<T>(key: string | null, value: T): readonly (readonly [string, T])[] {
  return key === null ? [] : [[key, value]];
}
