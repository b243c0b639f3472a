// Whether the names of agencies and of agents are swapped.

import type { DataSet } from "../data-set.ts";

/** Words and brands that agencies are called by, and no person is. */
const AGENCY =
  /(?<!\p{L})(?:real\s?estate|realt(?:y|ors?)|propert(?:y|ies)|estate agents?|agency|agencies|group|residential|pty|ltd|(?:&|and) (?:co|associates|sons?)|ray white|lj hooker|raine (?:&|and) horne|first national|century 21|harcourts|jellis craig|barry plant|stockdale (?:&|and) leggo|biggin (?:&|and) scott|laing (?:[+&]|and) simmons|re\/?max|prd)(?!\p{L})/iu;
const PERSON = /^\p{Lu}[\p{L}'’.-]*,?(?:\s+(?:\p{Lu}[\p{L}'’.-]*|de|van|von|der|da|di|la|le|du|bin|al)){1,3}$/u;

/** Fewer pairs show nothing. */
const FEWEST = 3;
/** The share of pairs that must be the wrong way round; none of the others may be the right way. */
const MOST = 0.8;

/** An agency and an agent of it as a row names them, or as few of them as show that all are swapped. */
export interface NamedPair {
  readonly agency: string;
  readonly agent: string;
}

/** Collects the pairs of a file or a data set. */
export interface SwapCheck {
  add(pair: NamedPair): void;
  /** A pair that shows it, where agents are called like agencies and agencies like people; null where that is not certain. */
  found(): NamedPair | null;
}

export function createSwapCheck(): SwapCheck {
  /** The names of each kind. Written by `add`. */
  const agencies = new Set<string>();
  /** Written by `add`. */
  const agents = new Set<string>();
  /** All of them. Written by `add`. */
  let pairs = 0;
  /** Those whose names are surely as they are to be. Written by `add`. */
  let right = 0;
  /** Those whose names are surely swapped. Written by `add`. */
  let wrong = 0;
  /** The first of those that are swapped. Written by `add`. */
  let example: NamedPair | null = null;
  return {
    add({ agency, agent }) {
      pairs += 1;
      agencies.add(agency);
      agents.add(agent);
      const [isAgency, isAgentAgency] = [AGENCY.test(agency), AGENCY.test(agent)];
      if (isAgency && !isAgentAgency) right += 1;
      // "Jane Citizen" of "Jane Citizen Realty" is an office that has its owner's name.
      if (isAgency || !isAgentAgency || !arePeople(agency) || shareWord(agency, agent)) return;
      wrong += 1;
      example ??= { agency, agent };
    },
    // An agency has several agents: where there are more "agents" than "agencies" the columns are others.
    found: () =>
      pairs >= FEWEST && right === 0 && wrong >= MOST * pairs && agencies.size >= agents.size ? example : null,
  };
}

/** The same of a data set: an agency and an agent of it that show that all names are swapped. */
export function swappedIn({ agencies = [], agents = [], sales = [] }: DataSet): NamedPair | null {
  const check = createSwapCheck();
  const agencyOf = new Map(agencies.map(({ id, name }) => [id, name]));
  const agentOf = new Map(agents.map(({ id, name }) => [id, name]));
  const add = (agencyId: string | null | undefined, agentId: string | undefined) => {
    const [agency, agent] = [agencyOf.get(agencyId ?? ""), agentOf.get(agentId ?? "")];
    if (agency !== undefined && agent !== undefined) check.add({ agency, agent });
  };
  for (const { id, agency_id } of agents) add(agency_id, id);
  for (const sale of sales) add(sale.agency_ids?.[0], sale.agents?.[0]?.id);
  return check.found();
}

/** One, or several that sold together. */
function arePeople(text: string): boolean {
  return text.split(/\s*[;/|&]\s*|\sand\s/i).every((name) => PERSON.test(name.trim()));
}

function shareWord(one: string, other: string): boolean {
  const words = (text: string) => text.toLowerCase().match(/\p{L}{3,}/gu) ?? [];
  const of = new Set(words(one));
  return words(other).some((word) => of.has(word));
}
