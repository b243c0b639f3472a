import type { TSchema } from "@sinclair/typebox";
import { asFailure } from "../../../failure.ts";
import type {
  Agency,
  Agent,
  AreaKindRow,
  CommissionRate,
  Listing,
  MarketPoint,
  Partner,
  Rental,
  Sale,
} from "../../data-set.ts";
import { isCalendarDay } from "../../figures/days.ts";
import { readForm } from "../../input/form.ts";
import { knownFields } from "../../input/schema.ts";
import { createRowCheck, unknownFields } from "../../validation.ts";
import { messages } from "../messages.ts";
import { type StoredRow, storeAreaKind, storePartner, storeRate, withShortState } from "./business-row.ts";
import type { CatalogueKind } from "./kind-names.ts";
import { KINDS, type MarketRow, RowLocality } from "./kinds.ts";
import { createLocalities } from "./locality.ts";

export type { StoredRow } from "./business-row.ts";

export type RowReader = (value: unknown) => { readonly rows: readonly StoredRow[] } | { readonly reason: string };

type AnyRow = Partial<Agency & Agent & Sale & Listing & MarketPoint & MarketRow & Omit<Rental, "status">> & RowLocality;

/**
 * Reads rows of one kind: checks each and finds its suburb. A market row with a `series` is a row a point.
 * `given` is the locality of rows that name none.
 */
export function createRowReader(
  kind: CatalogueKind,
  given: RowLocality | null,
  warn: (warning: string) => void,
): RowReader {
  const fallback = given && (readForm(RowLocality, given) as RowLocality);
  const schema = KINDS[kind].row as TSchema;
  const check = createRowCheck(schema);
  const locate = createLocalities();
  const readOne = (given: unknown): StoredRow | { readonly reason: string } => {
    const value = KINDS[kind].placing === "own" ? withShortState(given) : given;
    const checked = check(value);
    if ("problems" in checked)
      return {
        reason: checked.problems.map(({ path, message }) => `${path.slice(1) || "the row"} ${message}`).join("; "),
      };
    const unknown = unknownFields(schema, value);
    for (const path of unknown) warn(messages.unknownRowField(path.slice(1)));
    const row = (unknown.length === 0 ? checked.value : knownFields(schema, checked.value)) as AnyRow;
    const problem = dayProblem(row);
    if (problem !== null) return { reason: problem };
    switch (kind) {
      case "partners":
        return storePartner(row as Partner & RowLocality, locate, fallback);
      case "commission_rates":
        return storeRate(row as CommissionRate);
      case "area_kinds":
        return storeAreaKind(row as AreaKindRow);
      default:
        return store(kind, row, locate, fallback);
    }
  };
  return (value) => {
    const rows: StoredRow[] = [];
    for (const each of kind === "market" ? pointsOf(value) : [value]) {
      const read = readOne(each);
      if ("reason" in read) return read;
      rows.push(read);
    }
    return { rows };
  };
}

function store(
  kind: CatalogueKind,
  row: AnyRow,
  locate: ReturnType<typeof createLocalities>,
  fallback: RowLocality | null,
): StoredRow | { readonly reason: string } {
  const { suburb = null, state = null, postcode = null, ...data } = row;
  const named = suburb !== null && state !== null;
  if (!named && (suburb !== null || state !== null)) return { reason: messages.suburbWithState };
  const locality = named ? { suburb, state, postcode } : fallback;
  if (!locality?.suburb || !locality.state) {
    if (KINDS[kind].needsLocality) return { reason: messages.suburbRequired };
    return stored(kind, data, [null, null, null, null]);
  }
  try {
    const { key, locality: found } = locate({
      suburb: locality.suburb,
      state: locality.state,
      postcode: locality.postcode,
    });
    return stored(kind, data, [key, found.suburb, found.state, found.postcode]);
  } catch (error) {
    return { reason: asFailure(error).message };
  }
}

function stored(kind: CatalogueKind, data: AnyRow, locality: readonly (string | null)[]): StoredRow {
  const agentIds = data.agent_ids ?? data.agents?.map(({ id }) => id);
  const agencyIds = kind === "agents" && data.agency_id ? [data.agency_id] : data.agency_ids;
  const id =
    kind === "market"
      ? [locality[0], data.category, data.bedrooms ?? "all", data.source ?? "", data.period_end].join(" ")
      : (data.id ?? "");
  return [
    id,
    ...locality,
    data.sold_date ?? data.period_end ?? data.listed_date ?? data.leased_date ?? null,
    agencyIds?.length ? JSON.stringify(agencyIds) : null,
    agentIds?.length ? JSON.stringify(agentIds) : null,
    data.source ?? null,
    JSON.stringify(data),
  ];
}

/** A series as the data set has it, taken apart. */
function pointsOf(value: unknown): readonly unknown[] {
  if (typeof value !== "object" || value === null || !("series" in value) || !Array.isArray(value.series))
    return [value];
  const { series, ...shared } = value;
  return series.map((point: unknown) => (typeof point === "object" ? { ...shared, ...point } : point));
}

function dayProblem(row: AnyRow): string | null {
  const dated = row as AnyRow & Pick<Partner, "from" | "to">;
  for (const key of ["listed_date", "sold_date", "leased_date", "period_end", "from", "to"] as const) {
    const day = dated[key];
    if (day && !isCalendarDay(day)) return messages.noSuchDay(key, day);
  }
  return null;
}
