import { agencyId, agentId } from "../report/identity/ids.ts";
import { createSwapCheck, type NamedPair } from "../report/identity/swapped.ts";
import { wordKey } from "./columns/words.ts";

/** An agent as a row names one: by name, or by what may be an id. */
export interface AgentMention {
  readonly text: string;
  readonly role?: "lead" | "co";
  readonly email?: string;
  readonly phone?: string;
  /** A column of names; else a text without blanks is an id. */
  readonly isName: boolean;
}

export interface AgencyMention {
  readonly text: string;
  readonly isName: boolean;
}

/** Agencies and agents that there are, in the catalogue and in what is being imported. */
export interface KnownPeople {
  readonly agencies: Iterable<{ readonly id: string; readonly name: string }>;
  readonly agents: Iterable<{
    readonly id: string;
    readonly name: string;
    readonly agency_id: string | null;
    readonly email: string | null;
  }>;
}

export interface MadeAgent {
  readonly id: string;
  readonly name: string;
  readonly agency_id?: string;
  readonly email?: string;
  readonly phone?: string;
}

/** Finds who is meant by a name, and makes who is not there. */
export interface Names {
  agency(mention: AgencyMention): string;
  agent(mention: AgentMention, agency: string | null): string;
  /** The id of one who is there, by name; null where there is none. */
  knownAgency(name: string): string | null;
  knownAgent(name: string, agency: string | null): string | null;
  /** Takes into account that a row names both. */
  beside(pair: NamedPair): void;
  /** An agency and an agent of the rows that show that all are in each other's column; null if they are not. */
  swapped(): NamedPair | null;
  /** What was made, in the order of its first mention. */
  made(): {
    readonly agencies: readonly { readonly id: string; readonly name: string }[];
    readonly agents: readonly MadeAgent[];
  };
}

export function createNames({ agencies, agents }: KnownPeople): Names {
  const agencyIds = new Set<string>();
  const agencyByName = new Map<string, string>();
  for (const { id, name } of agencies) {
    agencyIds.add(id);
    const key = nameKey(name);
    if (!agencyByName.has(key)) agencyByName.set(key, id);
  }
  const agentIds = new Set<string>();
  /** By name and agency; by name alone, null where several have it; by e-mail address. */
  const agentByName = new Map<string, string>();
  const agentByNameOnly = new Map<string, string | null>();
  const agentByEmail = new Map<string, string>();
  const noteAgent = (id: string, name: string, agency: string | null, email: string | null) => {
    agentIds.add(id);
    const key = nameKey(name);
    if (!agentByName.has(`${key}\n${agency ?? ""}`)) agentByName.set(`${key}\n${agency ?? ""}`, id);
    agentByNameOnly.set(key, agentByNameOnly.has(key) && agentByNameOnly.get(key) !== id ? null : id);
    if (email !== null && email !== "") agentByEmail.set(email.toLowerCase(), id);
  };
  for (const { id, name, agency_id, email } of agents) noteAgent(id, name, agency_id, email);
  const madeAgencies = new Map<string, { id: string; name: string }>();
  const madeAgents = new Map<string, MadeAgent>();

  const swaps = createSwapCheck();
  // A file has few names and many rows.
  const agencySeen = new Map<string, string>();
  const agentSeen = new Map<string, string>();
  const findAgency = ({ text, isName }: AgencyMention): string => {
    if (agencyIds.has(text)) return text;
    const key = nameKey(text);
    const known = agencyByName.get(key);
    if (known !== undefined) return known;
    if (!isName && isIdLike(text)) return text;
    const id = agencyId(text);
    agencyByName.set(key, id);
    agencyIds.add(id);
    madeAgencies.set(id, { id, name: text });
    return id;
  };
  const findAgent = ({ text, isName, email, phone }: AgentMention, agency: string | null): string => {
    if (agentIds.has(text)) return text;
    const byEmail = email === undefined ? undefined : agentByEmail.get(email.toLowerCase());
    if (byEmail !== undefined) return byEmail;
    const key = nameKey(text);
    const known =
      agentByName.get(`${key}\n${agency ?? ""}`) ?? (agency === null ? agentByNameOnly.get(key) : undefined);
    if (known !== undefined && known !== null) return known;
    if (!isName && isIdLike(text)) return text;
    const id = agentId(text, agency);
    madeAgents.set(id, {
      id,
      name: text,
      ...(agency === null ? {} : { agency_id: agency }),
      ...(email === undefined ? {} : { email }),
      ...(phone === undefined ? {} : { phone }),
    });
    noteAgent(id, text, agency, email ?? null);
    return id;
  };
  return {
    agency: (mention) => remembered(agencySeen, `${mention.isName} ${mention.text}`, () => findAgency(mention)),
    agent: (mention, agency) =>
      remembered(agentSeen, `${mention.isName} ${mention.email ?? ""} ${agency ?? ""} ${mention.text}`, () =>
        findAgent(mention, agency),
      ),
    knownAgency: (name) => agencyByName.get(nameKey(name)) ?? null,
    knownAgent: (name, agency) => agentByName.get(`${nameKey(name)}\n${agency ?? ""}`) ?? null,
    beside: swaps.add,
    swapped: swaps.found,
    made: () => ({ agencies: [...madeAgencies.values()], agents: [...madeAgents.values()] }),
  };
}

function remembered(seen: Map<string, string>, key: string, find: () => string): string {
  const known = seen.get(key);
  if (known !== undefined) return known;
  const found = find();
  seen.set(key, found);
  return found;
}

/** An id has no blanks; a name has blanks, or letters that no id has. */
function isIdLike(text: string): boolean {
  return !/\s/.test(text.trim());
}

/** What two spellings of a name share: no case, marks and signs, "&" as "and", without "Pty Ltd". */
function nameKey(name: string): string {
  const key = wordKey(name.replace(/&/g, " and ").replace(/\b(pty\.?|ltd\.?|limited)\b\.?/gi, " "));
  return key === "" ? name.trim().toLowerCase() : key;
}

/**
 * The names in a cell that may contain several: "Jane Citizen & Bob Smith", "Jane Citizen; Bob Smith", "Jane Citizen,
 * Bob Smith".
 */
export function splitNames(text: string): readonly string[] {
  const parts = text.split(/\s*(?:[;/|\n]|\s&\s|\sand\s)\s*/i).flatMap((part) => {
    const pieces = part.split(/\s*,\s*/).filter((piece) => piece !== "");
    // "Citizen, Jane" is one person; "Jane Citizen, Bob Smith" are two.
    return pieces.length > 1 && pieces.every((piece) => /\S\s+\S/.test(piece)) ? pieces : [part];
  });
  return [...new Set(parts.map((part) => part.trim()).filter((part) => part !== ""))];
}
