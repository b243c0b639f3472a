/*
 * Which people, agencies, sales and listings are one, though sources or branches name them differently.
 * Pure and deterministic. A person's decision overrides every rule.
 * Not here: sources, and the storage of decisions (sources/catalogue).
 */

import { compareText } from "../../text/text.ts";
import type { Agency, Agent, DataSet, Sale } from "../data-set.ts";
import { messages } from "../messages.ts";
import { agencyKey, franchiseOf } from "./agencies.ts";
import { clues, comparePeople, emailKey, mobileKey, nameOf, type Person, samePerson } from "./people.ts";
import { sameSales } from "./sales.ts";

export type JoinKind = "agency" | "agent" | "sale";

/** Two ids that are one, and why. */
export interface Join {
  readonly kind: JoinKind;
  /** The id that stays. */
  readonly keep: string;
  readonly join: string;
  readonly reason: string;
}

export interface Joined {
  readonly dataSet: DataSet;
  readonly joins: readonly Join[];
}

/** The number of agents with one clue above which it is ignored: it is a shared telephone. */
const MOST_OF_A_CLUE = 50;

/** The data set with each person, agency and sale once, and what was joined for it. The same object where nothing was. */
export function joinSame(dataSet: DataSet): Joined {
  const joins = findJoins(dataSet);
  if (joins.length === 0) return { dataSet, joins };
  const applied = applyJoins(dataSet, joins);
  return { dataSet: { ...applied, notes: [...(dataSet.notes ?? []), ...notesOn(joins)] }, joins };
}

/** For Coverage: to explain why the figures are not those of one source alone. */
function notesOn(joins: readonly Join[]): readonly string[] {
  const of = (kind: JoinKind) => joins.filter((join) => join.kind === kind);
  // Of three records of a sale, two are joined with the third: one sale.
  const groups = (kind: JoinKind) => new Set(of(kind).map(({ keep }) => keep)).size;
  const [sales, agents, agencies] = [groups("sale"), of("agent").length, groups("agency")];
  const counted = (n: number, one: string, many: string) => (n === 0 ? [] : [n === 1 ? one : `${n} ${many}`]);
  return [
    ...counted(sales, messages.oneJoinedSale, messages.joinedSales),
    ...counted(agents, messages.oneJoinedAgent, messages.joinedAgents),
    ...counted(agencies, messages.oneJoinedAgency, messages.joinedAgencies),
  ];
}

/** What the rules and the decisions of the data set join, in a fixed order. */
export function findJoins(dataSet: DataSet): readonly Join[] {
  const decisions = dataSet.decisions ?? [];
  const groupsOf = (kind: JoinKind) => createGroups(kind, decisions);
  return [
    ...joinAgencies(dataSet.agencies ?? [], groupsOf("agency")),
    ...joinAgents(dataSet, groupsOf("agent")),
    ...joinSales(dataSet, groupsOf("sale")),
  ];
}

function joinAgencies(agencies: readonly Agency[], groups: Groups): readonly Join[] {
  const sorted = agencies.toSorted((a, b) => compareText(a.id, b.id));
  groups.know(sorted.map(({ id }) => id));
  const byKey = Map.groupBy(sorted, ({ name }) => agencyKey(name));
  for (const [key, same] of byKey) {
    if (key === "") continue;
    for (const [at, a] of same.entries())
      for (const b of same.slice(at + 1)) if (fromTwoSources(a, b)) groups.unite(a.id, b.id, "name");
  }
  return groups.joins();
}

function joinAgents({ agents = [], agencies = [] }: DataSet, groups: Groups): readonly Join[] {
  const agencyNames = new Map(agencies.map(({ id, name, brand }) => [id, brand || name]));
  const people = agents.flatMap((agent) => personOf(agent, agencyNames)).sort(comparePeople);
  groups.know(people.map(({ id }) => id));
  const byClue = new Map<string, Person[]>();
  for (const person of people)
    for (const clue of clues(person)) {
      const others = byClue.get(clue) ?? [];
      byClue.set(clue, others);
      others.push(person);
    }
  for (const [, same] of [...byClue].sort(([a], [b]) => compareText(a, b))) {
    if (same.length > MOST_OF_A_CLUE) continue;
    for (const [at, a] of same.entries())
      for (const b of same.slice(at + 1)) {
        const reason = samePerson(a, b);
        if (reason !== null) groups.unite(a.id, b.id, reason);
      }
  }
  return groups.joins();
}

function personOf(agent: Agent, agencyNames: ReadonlyMap<string, string>): readonly Person[] {
  if (agent.id === undefined) return [];
  const agencyId = agent.agency_id ?? null;
  const agency = agencyId === null ? undefined : agencyNames.get(agencyId);
  const franchise = agency === undefined ? "" : franchiseOf(agency).name;
  const { id, name, email = null, phone = null } = agent;
  return [{ id, name: nameOf(name), email: emailKey(email), mobile: mobileKey(phone), agencyId, franchise }];
}

function joinSales({ sales = [], suburb, decisions = [] }: DataSet, groups: Groups): readonly Join[] {
  const pairs = sameSales(sales, suburb?.name ?? null);
  // As is usual: thousands of sales, and each its own group.
  if (pairs.length === 0 && !decisions.some(({ kind, decision }) => kind === "sale" && decision === "merge")) return [];
  groups.know(sales.map(({ id }) => id));
  for (const { one, other, days } of pairs)
    groups.unite(one, other, days === 0 ? messages.sameAddressAndDay : messages.sameAddress(days));
  return groups.joins();
}

/** A row that names no source has that of the other rows of its kind. */
function fromTwoSources(a: { readonly source?: string | null }, b: { readonly source?: string | null }): boolean {
  return (a.source ?? null) !== (b.source ?? null);
}

/** Disjoint sets of ids (https://en.wikipedia.org/wiki/Disjoint-set_data_structure) that no split may unite. */
interface Groups {
  /** The existing ids; others are joined with nothing. */
  know(ids: readonly string[]): void;
  unite(a: string, b: string, reason: string): void;
  joins(): readonly Join[];
}

function createGroups(kind: JoinKind, decisions: NonNullable<DataSet["decisions"]>): Groups {
  const members = new Map<string, Set<string>>();
  const reasons = new Map<string, string>();
  const decided = (decision: "merge" | "split") =>
    decisions.flatMap((each): readonly (readonly [string, string])[] => {
      const [a, b] = each.ids;
      return each.kind === kind && each.decision === decision && a !== undefined && b !== undefined ? [[a, b]] : [];
    });
  const [splits, merges] = [decided("split"), decided("merge")];

  function unite(a: string, b: string, reason: string): void {
    const [one, other] = [members.get(a), members.get(b)];
    if (one === undefined || other === undefined || one === other) return;
    if (splits.some(([x, y]) => (one.has(x) && other.has(y)) || (one.has(y) && other.has(x)))) return;
    reasons.set(pairKey(a, b), reason);
    for (const id of other) {
      one.add(id);
      members.set(id, one);
    }
  }

  return {
    unite,
    know(ids) {
      for (const id of ids) members.set(id, members.get(id) ?? new Set([id]));
      for (const [a, b] of merges) unite(a, b, messages.decidedByPerson);
    },
    joins() {
      const groups = [...new Set(members.values())].filter((group) => group.size > 1);
      return groups
        .flatMap((group) => {
          const [keep = "", ...others] = [...group].sort(ownFirst);
          return others.map((join) => ({ kind, keep, join, reason: reasonFor(join, group) }));
        })
        .sort((x, y) => compareText(x.keep, y.keep) || compareText(x.join, y.join));
    },
  };

  function reasonFor(id: string, group: ReadonlySet<string>): string {
    const found = [...group].flatMap((other) => reasons.get(pairKey(id, other)) ?? []);
    return found.sort(compareText)[0] ?? messages.joinedThroughOthers;
  }
}

function pairKey(a: string, b: string): string {
  return JSON.stringify([a, b].sort(compareText));
}

/** The operator's own ids stay: requests, partners and decisions name them. */
function ownFirst(a: string, b: string): number {
  return Number(a.startsWith("domain-")) - Number(b.startsWith("domain-")) || compareText(a, b);
}

/** The data set with what is joined under one id, each field from the first that has it. */
function applyJoins(dataSet: DataSet, joins: readonly Join[]): DataSet {
  const idsOf = (kind: JoinKind) =>
    new Map(joins.filter((join) => join.kind === kind).map(({ join, keep }) => [join, keep]));
  const [agencyOf, agentOf, saleOf] = [idsOf("agency"), idsOf("agent"), idsOf("sale")];
  const agency = (id: string) => agencyOf.get(id) ?? id;
  const agent = (id: string) => agentOf.get(id) ?? id;
  const people = <T extends { readonly agency_ids?: string[]; readonly agent_ids?: string[] }>(row: T): T => ({
    ...row,
    ...(row.agency_ids ? { agency_ids: unique(row.agency_ids.map(agency)) } : {}),
    ...(row.agent_ids ? { agent_ids: unique(row.agent_ids.map(agent)) } : {}),
  });
  const sales = (dataSet.sales ?? []).map((sale) => ({
    ...people(sale),
    ...(sale.agents
      ? { agents: uniqueAgents(sale.agents.map(({ id, role }) => ({ id: agent(id), ...(role && { role }) }))) }
      : {}),
  }));
  return {
    ...dataSet,
    agencies: fold(dataSet.agencies ?? [], ({ id }) => agency(id), fillIn),
    agents: fold(
      (dataSet.agents ?? []).map((each) => (each.agency_id ? { ...each, agency_id: agency(each.agency_id) } : each)),
      (each, at) => (each.id === undefined ? `\n${at}` : agent(each.id)),
      fillIn,
    ),
    sales: fold(sales, ({ id }) => saleOf.get(id) ?? id, oneSale),
    ...(dataSet.listings ? { listings: dataSet.listings.map(people) } : {}),
    ...(dataSet.rentals ? { rentals: dataSet.rentals.map(people) } : {}),
    ...(dataSet.partners
      ? {
          partners: dataSet.partners.map((partner) => ({
            ...partner,
            ...(partner.agent_id ? { agent_id: agent(partner.agent_id) } : {}),
            ...(partner.agency_id ? { agency_id: agency(partner.agency_id) } : {}),
          })),
        }
      : {}),
  };
}

/** Rows of one id as one, where the first of them was. The row whose id stays is the first source's. */
function fold<T extends { readonly id?: string }>(
  rows: readonly T[],
  idOf: (row: T, at: number) => string,
  unite: (first: T, other: T) => T,
): T[] {
  const groups = new Map<string, T[]>();
  for (const [at, row] of rows.entries()) {
    const id = idOf(row, at);
    const group = groups.get(id) ?? [];
    groups.set(id, group);
    group.push(row);
  }
  return [...groups].map(([id, group]) => {
    const [first, ...others] = group.sort(
      (a, b) => Number(b.id === id) - Number(a.id === id) || compareText(a.id ?? "", b.id ?? ""),
    );
    return others.reduce(unite, first as T);
  });
}

function fillIn<T extends object>(first: T, other: T): T {
  const missing = Object.entries(other).filter(([name]) => ((first as Record<string, unknown>)[name] ?? null) === null);
  return { ...first, ...Object.fromEntries(missing) };
}

/** A price that one of them discloses is disclosed; the campaign began on the earliest of their days. */
function oneSale(first: Sale, other: Sale): Sale {
  const isDisclosed = ({ price, price_disclosed }: Sale) => price_disclosed !== false && Boolean(price);
  const priced = isDisclosed(first) || !isDisclosed(other) ? first : other;
  const dates = [first.listed_date, other.listed_date].filter((date) => typeof date === "string").sort();
  return {
    ...fillIn(first, other),
    price: priced.price ?? null,
    price_disclosed: isDisclosed(priced),
    ...(dates[0] ? { listed_date: dates[0] } : {}),
    ...((first.method ?? "not_stated") === "not_stated" && other.method ? { method: other.method } : {}),
    ...(first.agents?.length ? {} : { agents: other.agents ?? [] }),
    ...(first.agency_ids?.length ? {} : { agency_ids: other.agency_ids ?? [] }),
  };
}

/** Each once; one who is lead and co counts as lead. */
function uniqueAgents(agents: NonNullable<Sale["agents"]>): NonNullable<Sale["agents"]> {
  const roles = new Map<string, (typeof agents)[number]>();
  for (const each of agents)
    if ((roles.get(each.id)?.role ?? "lead") !== "lead" || !roles.has(each.id)) roles.set(each.id, each);
  return [...roles.values()];
}

function unique(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}
