// What is known of a suburb beside Domain, an agency's own sales for one, joined to Domain's data. Pure.

import type { DataSet, Sale } from "../../data-set.ts";
import { addressKey } from "../../identity/address.ts";
import { findJoins } from "../../identity/identity.ts";
import { plural } from "../../wording.ts";
import { messages } from "../messages.ts";

/** What a row of no source comes from, once it is beside others'. */
const CATALOGUE = "catalogue";

/** Limits of a data set. */
const MOST = { sources: 50, agencies: 1_000, agents: 2_000, sales: 20_000, listings: 5_000, rentals: 20_000 } as const;

/**
 * Both as one data set. The report joins their sales, people and agencies by the rules of identity; a current listing of
 * Domain's goes before the same property's own. Market series are Domain's, and the own ones of other segments.
 */
export function complete(domain: DataSet, own: DataSet): DataSet {
  const suburb = domain.suburb?.name ?? null;
  const ownSales = (own.sales ?? []).map((sale) => ({ ...sale, source: sale.source ?? CATALOGUE }));
  const sales = merged(domain.sales, ownSales, MOST.sales);
  const listings = merged(domain.listings, notIn(domain.listings, own.listings, suburb), MOST.listings);
  const rentals = merged(domain.rentals, notIn(domain.rentals, own.rentals, suburb), MOST.rentals);
  const sources = merged(domain.sources, [...(own.sources ?? []), ...catalogueSource(own, ownSales)], MOST.sources);
  const segments = new Set((domain.market ?? []).map(segmentOf));
  // How far the own table goes is stated with its source.
  const others = Object.entries(own).filter(([name]) => !(name in domain) && name !== "newest");
  return {
    ...Object.fromEntries(others),
    ...domain,
    ...(domain.suburb
      ? { suburb: { ...own.suburb, ...known(domain.suburb), name: domain.suburb.name, state: domain.suburb.state } }
      : {}),
    notes: [...(domain.notes ?? []), ...(own.notes ?? []), ...notesOn(domain, ownSales)].slice(0, 20),
    sources,
    market: [
      ...(domain.market ?? []),
      ...(own.market ?? []).filter((series) => !segments.has(segmentOf(series))),
    ].slice(0, 50),
    agencies: merged(domain.agencies, sourced(own.agencies), MOST.agencies),
    agents: merged(domain.agents, sourced(own.agents), MOST.agents),
    sales,
    listings,
    rentals,
  };
}

/** The rows of both, without duplicate ids, up to the limit of a data set. */
function merged<T extends { readonly id?: string }>(first: readonly T[] = [], others: readonly T[], most: number): T[] {
  const ids = new Set(first.flatMap(({ id }) => id ?? []));
  return [...first, ...others.filter(({ id }) => id === undefined || !ids.has(id))].slice(0, most);
}

function sourced<T extends { readonly source?: string | null }>(rows: readonly T[] = []): T[] {
  return rows.map((row) => ({ ...row, source: row.source ?? CATALOGUE }));
}

/** Those at addresses that the others do not have. */
function notIn<T extends { readonly address: string }>(
  there: readonly T[] = [],
  rows: readonly T[] = [],
  suburb: string | null,
): readonly T[] {
  const keys = new Set(there.flatMap(({ address }) => addressKey(address, suburb) ?? []));
  return rows.filter(({ address }) => {
    const key = addressKey(address, suburb);
    return key === null || !keys.has(key);
  });
}

/** Rows of no source of their own are the catalogue's. */
function catalogueSource(own: DataSet, sales: readonly { readonly source?: string | null }[]) {
  const isNeeded = sales.some(({ source }) => source === CATALOGUE);
  const isThere = (own.sources ?? []).some(({ id }) => id === CATALOGUE);
  return isNeeded && !isThere
    ? [{ id: CATALOGUE, name: "The catalogue of this service", newest: own.newest ?? null }]
    : [];
}

function segmentOf({ category, bedrooms }: { readonly category: string; readonly bedrooms?: number | null }): string {
  return `${category} ${bedrooms ?? ""}`;
}

function known<T extends object>(of: T): Partial<T> {
  return Object.fromEntries(Object.entries(of).filter(([, value]) => (value ?? null) !== null)) as Partial<T>;
}

/** How many of the own sales Domain has, under the same id or another; what two sources of the catalogue have is one. */
function notesOn(domain: DataSet, own: readonly Sale[]): readonly string[] {
  const isSold = ({ outcome }: Sale) => (outcome ?? "sold") === "sold";
  const [theirs, ours] = [(domain.sales ?? []).filter(isSold), own.filter(isSold)];
  if (ours.length === 0) return [];
  const { suburb } = domain;
  const joins = findJoins({ ...(suburb && { suburb }), sales: [...theirs, ...ours] });
  const keep = new Map(joins.map((each) => [each.join, each.keep]));
  const known = (sales: readonly Sale[]) => new Set(sales.map(({ id }) => keep.get(id) ?? id));
  const [there, here] = [known(theirs), known(ours)];
  const joined = [...here].filter((id) => there.has(id)).length;
  const only = here.size - joined;
  return [messages.mergedCatalogue(`${plural(only, "sale")} ${only === 1 ? "is" : "are"}`, joined)];
}
