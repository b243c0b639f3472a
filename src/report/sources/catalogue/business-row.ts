// How the rows of the operator's business are stored: partners, commission rates and kinds of areas.

import { asFailure } from "../../../failure.ts";
import type { AreaKindRow, CommissionRate, Partner } from "../../data-set.ts";
import { suburbKey } from "../../gazetteer/key.ts";
import { parseState, readLocality } from "../../localities/suburbs.ts";
import { messages } from "../messages.ts";
import type { RowLocality } from "./kinds.ts";
import type { createLocalities } from "./locality.ts";

/** A row of the tables, in the order of COLUMNS. */
export type StoredRow = readonly (string | null)[];

type BusinessRow = StoredRow | { readonly reason: string };

/**
 * A partner, with the areas it is for as the catalogue's keys ("NSW manly 2095", or "NSW" for a whole state): of one
 * suburb in `locality`, else in `places`.
 */
export function storePartner(
  row: Partner & RowLocality,
  locate: ReturnType<typeof createLocalities>,
  fallback: RowLocality | null,
): BusinessRow {
  const { suburb, state, postcode, places = [], ...data } = row;
  const own = [suburb, state, postcode].filter((part) => part != null).join(" ");
  const given = [fallback?.suburb, fallback?.state, fallback?.postcode].filter((part) => part != null).join(" ");
  const named = [...places, own].filter((area) => area.trim() !== "");
  if (named.length === 0 && given !== "") named.push(given);
  if (named.length === 0) return { reason: messages.partnerLocalities };
  const problem = partnerProblem(row);
  if (problem !== null) return { reason: problem };
  const keys = new Set<string>();
  for (const area of named) {
    const key = areaKey(area, locate);
    if ("reason" in key) return key;
    keys.add(key.key);
  }
  const [only = ""] = keys;
  const one = keys.size === 1 && parseState(only) === null ? only : null;
  const id = data.id ?? [data.agent, data.agency ?? "", ...[...keys].sort()].join("\n").toLowerCase();
  return [
    id,
    one,
    ...[null, null, null, data.to ?? null],
    data.agency_id ? JSON.stringify([data.agency_id]) : null,
    data.agent_id ? JSON.stringify([data.agent_id]) : null,
    null,
    JSON.stringify(one === null ? { ...data, id, places: [...keys] } : { ...data, id }),
  ];
}

function partnerProblem({ from, to, rates = [] }: Partner): string | null {
  if (from && to && from > to) return messages.toBeforeFrom(to, from);
  const inverted = rates.findIndex(({ rate_from, rate_to }) => rate_from > rate_to);
  return inverted < 0 ? null : messages.rateOrder(inverted);
}

/** "Manly NSW", "manly, nsw 2095", "NSW" as the catalogue's key, or why it has none. */
function areaKey(
  text: string,
  locate: ReturnType<typeof createLocalities>,
): { readonly key: string } | { readonly reason: string } {
  const whole = parseState(text);
  if (whole !== null) return { key: whole };
  const { suburb, state, postcode } = readLocality(text);
  if (state === null) return { reason: messages.localityWithoutState(text) };
  try {
    return { key: locate({ suburb, state, postcode }).key };
  } catch (error) {
    return { reason: `the suburb ${text}: ${asFailure(error).message}` };
  }
}

/** A commission rate; its id, where it has none, is what it is for, so that a new one takes the old one's place. */
export function storeRate(row: CommissionRate): BusinessRow {
  const { state = null, area_kind: area = null, band, rate_from, rate_to, marketing_from, marketing_to } = row;
  if ((state === null) === (area === null)) return { reason: messages.stateOrArea };
  const ranges = [
    ["rate", rate_from, rate_to],
    ["marketing", marketing_from, marketing_to],
  ] as const;
  for (const [name, from, to] of ranges) {
    if ((from ?? null) === null && (to ?? null) !== null) return { reason: `${name}_from is required with ${name}_to` };
    if (from != null && to != null && from > to) return { reason: messages.order(name) };
  }
  if (rate_from == null && marketing_from == null) return { reason: "give rate_from, marketing_from or both" };
  const id = row.id ?? `${state ?? area} ${band}`;
  return [id, null, null, state, null, null, null, null, null, JSON.stringify({ ...row, id })];
}

/** What kind of area a postcode or suburb is. */
export function storeAreaKind(row: AreaKindRow): BusinessRow {
  const { postcode = null, suburb = null, state = null } = row;
  if (postcode === null && suburb === null) return { reason: messages.postcodeOrSuburb };
  const key = suburb === null ? null : suburbKey(suburb);
  const id = row.id ?? [postcode, key, state].filter((part) => part !== null).join(" ");
  return [id, null, key, state, postcode, null, null, null, null, JSON.stringify({ ...row, id })];
}

/** States in full are the states' short names, as everywhere. */
export function withShortState(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("state" in value) || typeof value.state !== "string")
    return value;
  return { ...value, state: parseState(value.state) ?? value.state };
}
