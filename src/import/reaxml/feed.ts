/*
 * REAXML, the format in which agencies' programs send listings: read, and merged message by message.
 * A later message changes a listing only in the fields that it has.
 * Not here: other formats.
 */

import { Failure } from "../../failure.ts";
import { agentId } from "../../report/identity/ids.ts";
import type { CatalogueImport } from "../../report/sources/catalogue.ts";
import { messages } from "../messages.ts";
import { createNames, type Names } from "../names.ts";
import { createRules, type RuleUse } from "../rules.ts";
import { checkSense } from "../sense.ts";
import type { ImportSource } from "../source.ts";
import { parseListings } from "./parse.ts";
import { type AgentMentionAt, agentsIn, type Derived, type DerivedRow, rowsOf } from "./rows.ts";
import { joinStates, keyOf, type ListingState, stateOf } from "./state.ts";

/** The result of a file of a feed. The counts are there once the import is committed or checked. */
export interface FeedReading {
  readonly file: string;
  /** Listings in it that could be read. */
  readonly listings: number;
  /** Listings that could not, each with what is wrong. */
  readonly bad: readonly string[];
  /** What waits for another message, such as a sale whose listing has not come. */
  readonly pending: readonly string[];
  readonly sold: number;
  readonly for_sale: number;
  readonly rentals: number;
  /** Removed rows: a sale that fell through, a listing that was withdrawn. */
  readonly removed: number;
  readonly rules: readonly RuleUse[];
  readonly warnings: readonly string[];
}

export interface FeedOptions {
  /** YYYY-MM-DD. */
  readonly today: string;
}

const MOST_NAMED = 50;

/** What is stored of a listing: all that messages have reported, and the rows that it is now. */
interface StoredListing {
  readonly state: ListingState;
  readonly rows: readonly (readonly [kind: DerivedRow["kind"], id: string])[];
  readonly pending: string | null;
}

/**
 * Reads a REAXML file into an import. Its messages join what is stored of their listings within the import's own
 * transaction: two imports at once lose nothing of each other, and any order and repetition of messages end in one state.
 * @throws Failure "bad_reaxml", "too_large" for a file that is not read at all; a listing that cannot be read loses no other.
 */
export async function readFeed(
  session: CatalogueImport,
  source: ImportSource,
  options: FeedOptions,
): Promise<FeedReading> {
  const { states, mentions, files } = messagesOf(session, options);
  const keys = new Set<string>();
  const reading = {
    file: source.name,
    listings: 0,
    bad: [] as string[],
    pending: [] as string[],
    sold: 0,
    for_sale: 0,
    rentals: 0,
    removed: 0,
    rules: [] as RuleUse[],
    warnings: [] as string[],
  };
  for await (const listing of parseListings(source, (warning) => void reading.warnings.push(warning))) {
    try {
      const state = stateOf(listing);
      const key = keyOf(state);
      keys.add(key);
      mentions.push(...agentsIn(state));
      const known = states.get(key);
      states.set(key, known === undefined ? state : joinStates(known, state));
      reading.listings += 1;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (reading.bad.length < MOST_NAMED) reading.bad.push(error.message);
    }
  }
  files.push({ reading, keys });
  return reading;
}

/** The listings of all files of one import: one that several of them report is joined once. */
interface Messages {
  readonly states: Map<string, ListingState>;
  /** Of every message: whom a later one has replaced is known in any order, too. */
  readonly mentions: AgentMentionAt[];
  readonly files: { readonly reading: MutableReading; readonly keys: ReadonlySet<string> }[];
}

const joined = new WeakMap<CatalogueImport, Messages>();

function messagesOf(session: CatalogueImport, options: FeedOptions): Messages {
  const known = joined.get(session);
  if (known !== undefined) return known;
  const all: Messages = { states: new Map(), mentions: [], files: [] };
  joined.set(session, all);
  session.beforeMerge(async () => {
    const joined = new Map<string, { readonly state: ListingState; readonly before: StoredListing | null }>();
    for (const [key, state] of all.states) {
      const text = session.feedListing(key);
      const before = text === null ? null : (JSON.parse(text) as StoredListing);
      joined.set(key, { state: before === null ? state : joinStates(before.state, state), before });
    }
    await putListings(session, joined, all.mentions, options, all.files);
  });
  return all;
}

/** Makes the rows of an office's listings again after its agency's name has changed. */
export function renameOffice(session: CatalogueImport, office: string, options: FeedOptions): void {
  session.beforeMerge(async () => {
    const joined = new Map(
      session.feedListingsOf(office).map(([key, text]) => {
        const before = JSON.parse(text) as StoredListing;
        return [key, { state: before.state, before }] as const;
      }),
    );
    const mentions = [...joined.values()].flatMap(({ state }) => agentsIn(state));
    await putListings(session, joined, mentions, options, []);
  });
}

type MutableReading = {
  -readonly [Key in keyof FeedReading]: FeedReading[Key] extends readonly (infer Item)[] ? Item[] : FeedReading[Key];
};

async function putListings(
  session: CatalogueImport,
  listings: ReadonlyMap<string, { readonly state: ListingState; readonly before: StoredListing | null }>,
  mentions: readonly AgentMentionAt[],
  { today }: FeedOptions,
  files: Messages["files"],
): Promise<void> {
  const names = createNames(session.people());
  const offices = session.offices();
  const agencyOf = (office: string) => offices.get(office) ?? `Office ${office}`;
  const rules = createRules();
  const rows: Record<DerivedRow["kind"], { key: string; value: DerivedRow["value"] }[]> = {
    sales: [],
    listings: [],
    rentals: [],
  };
  const derived = new Map<string, Derived>();
  for (const [key, { state }] of listings) {
    const one = sensible(rowsOf(state, { names, agencyOf, rules }), today, rules);
    derived.set(key, one);
    for (const row of one.rows) rows[row.kind].push({ key, value: row.value });
  }
  const refused = new Map<string, string>();
  for (const kind of ["sales", "listings", "rentals"] as const) {
    const these = rows[kind];
    if (these.length === 0) continue;
    await session.stage(
      kind,
      these.map(({ value }) => ({ line: null, value })),
      {
        skipBad: true,
        onBadRow: ({ row, reason }) => {
          const of = these[row - 1];
          if (of !== undefined) refused.set(of.key, reason);
        },
      },
    );
  }
  await putPeople(session, names, mentions, agencyOf);
  for (const [key, { state, before }] of listings) {
    const one = derived.get(key) ?? { rows: [], pending: null };
    const reason = refused.get(key);
    const pending = reason === undefined ? one.pending : messages.notStored(reason);
    const now = reason === undefined ? one.rows.map(({ kind, value }) => [kind, value.id] as const) : [];
    for (const [kind, id] of before?.rows ?? [])
      if (!now.some(([other, same]) => other === kind && same === id)) session.stageRemoval(kind, id);
    session.stageFeedListing(key, JSON.stringify({ state, rows: now, pending } satisfies StoredListing));
    for (const { reading, keys } of files) if (keys.has(key)) count(reading, key, now, pending);
  }
  const last = files.at(-1);
  if (last !== undefined) last.reading.rules = [...rules.all()];
}

function count(reading: MutableReading, key: string, now: StoredListing["rows"], pending: string | null): void {
  if (pending !== null && reading.pending.length < MOST_NAMED) reading.pending.push(`${key} ${pending}`);
  for (const [kind] of now) {
    if (kind === "sales") reading.sold += 1;
    else if (kind === "listings") reading.for_sale += 1;
    else reading.rentals += 1;
  }
}

/** Without the rows that no report can use. */
function sensible(derived: Derived, today: string, rules: ReturnType<typeof createRules>): Derived {
  const rows: DerivedRow[] = [];
  let { pending } = derived;
  for (const { kind, value } of derived.rows) {
    const copy: Record<string, unknown> = { ...value };
    const { leftOut } = checkSense(kind, copy, today, rules);
    if (leftOut === null) rows.push({ kind, value: { ...copy, id: value.id } });
    else pending = leftOut;
  }
  return { rows, pending };
}

/**
 * Agencies and agents that the listings name and no record defines. An agent has the values of the newest mention;
 * it is stored as a listing is, so that the order of files does not matter.
 */
async function putPeople(
  session: CatalogueImport,
  names: Names,
  all: readonly AgentMentionAt[],
  agencyOf: (office: string) => string,
): Promise<void> {
  const mentions = new Map<string, AgentMentionAt & { readonly agency: string }>();
  for (const mention of all) {
    const agency = names.agency({ text: agencyOf(mention.office), isName: true });
    const id = names.agent({ text: mention.name, isName: true }, agency);
    // One with an id of the operator's own is as the operator has it.
    if (id !== agentId(mention.name, agency)) continue;
    const key = `agent ${id}`;
    const stored = mentions.get(key) ?? storedMention(session.feedListing(key));
    mentions.set(key, stored !== null && isNewer(stored, mention) ? stored : { ...mention, agency });
  }
  const { agencies } = names.made();
  await session.stage(
    "agencies",
    agencies.map((value) => ({ line: null, value })),
  );
  const people = [...mentions].map(([key, { name, agency, email, phone }]) => ({
    line: null,
    value: {
      id: key.slice("agent ".length),
      name,
      agency_id: agency,
      ...(email === null ? {} : { email }),
      ...(phone === null ? {} : { phone }),
    },
  }));
  await session.stage("agents", people);
  for (const [key, mention] of mentions) session.stageFeedListing(key, JSON.stringify(mention));
}

function storedMention(text: string | null): (AgentMentionAt & { readonly agency: string }) | null {
  return text === null ? null : (JSON.parse(text) as AgentMentionAt & { readonly agency: string });
}

function isNewer(a: AgentMentionAt, b: AgentMentionAt): boolean {
  if (a.time !== b.time) return a.time > b.time;
  return JSON.stringify([a.email, a.phone, a.name]) >= JSON.stringify([b.email, b.phone, b.name]);
}
