import type { TSchema } from "@sinclair/typebox";
import { PATTERN } from "../../report/input/patterns.ts";
import { type CatalogueKind, KINDS } from "../../report/sources/catalogue.ts";

/** How a field's text is read. */
export type FieldType =
  | "text"
  | "date"
  | "money"
  | "count"
  | "area"
  | "number"
  | "yes_no"
  | "words"
  | "postcode"
  | "ids"
  | "agents"
  | "picture";

/** A column that a kind has: a field of its schema, flat, or a part of one that tables have in a column of its own. */
export interface Field {
  /** The column's name: `address`, `first_ask_from`, `auctions_sold_at`. */
  readonly name: string;
  /** Where the value goes: one key, or two for a nested field. */
  readonly path: readonly [string] | readonly [string, string];
  readonly type: FieldType;
  readonly schema: TSchema;
  readonly required: boolean;
}

/** Columns that are no field themselves: their values become one. */
export const PARTS = [
  "unit",
  "street_number",
  "street_name",
  "street_type",
  "agency",
  "agent",
  "co_agent",
  "agent_email",
  "agent_phone",
  "first_name",
  "last_name",
  "first_ask",
  "land_unit",
  "rent_period",
  "currency",
  "carports",
  "open_spaces",
] as const;
export type NamePart = (typeof PARTS)[number];

const fieldsByKind = new Map<CatalogueKind, ReadonlyMap<string, Field>>();

/** The columns of a kind, from its schema, in its order. */
export function fieldsOf(kind: CatalogueKind): ReadonlyMap<string, Field> {
  const known = fieldsByKind.get(kind);
  if (known !== undefined) return known;
  const fields = new Map<string, Field>();
  const { row, needsLocality } = KINDS[kind];
  const required = new Set<string>([
    ...((row.required ?? []) as string[]),
    ...(needsLocality ? ["suburb", "state"] : []),
  ]);
  const add = (name: string, path: Field["path"], schema: TSchema) =>
    fields.set(name, { name, path, schema, type: typeOf(name, schema), required: required.has(name) });
  for (const [name, schema] of Object.entries(row.properties as Readonly<Record<string, TSchema>>)) {
    const plain = withoutNull(schema);
    if (plain.type === "object" && plain.properties !== undefined)
      for (const [inner, part] of Object.entries(plain.properties as Readonly<Record<string, TSchema>>))
        add(`${name}_${inner}`, [name, inner], withoutNull(part));
    else if (name === "agents" && plain.type === "array") add(name, [name], plain);
    else if (plain.type !== "array" || (plain.items as TSchema).type === "string") add(name, [name], plain);
  }
  fieldsByKind.set(kind, fields);
  return fields;
}

/** The parts that a kind's tables may have. */
export function partsOf(kind: CatalogueKind): readonly NamePart[] {
  const fields = fieldsOf(kind);
  const has = (name: string) => fields.has(name);
  return PARTS.filter((part) => {
    if (has(part)) return false;
    if (part === "first_ask") return has("first_ask_from");
    if (part === "land_unit") return has("land_sqm");
    if (part === "rent_period") return has("weekly_rent");
    if (part === "currency")
      return has("price") || has("first_ask_from") || has("weekly_rent") || has("median_sold_price");
    if (part === "carports" || part === "open_spaces") return has("cars");
    if (part === "agency") return has("agency_ids") || has("agency_id");
    if (part === "first_name" || part === "last_name") return kind === "agents";
    if (part.startsWith("agent") || part === "co_agent") return has("agents") || has("agent_ids");
    return has("address");
  });
}

/** What a column of a kind's table can be taken for, by a map or by its own name. */
export function columnNames(kind: CatalogueKind): readonly string[] {
  return [...fieldsOf(kind).keys(), ...partsOf(kind)];
}

function typeOf(name: string, schema: TSchema): FieldType {
  if (schema.pattern === PATTERN.date) return "date";
  if (schema.pattern === PATTERN.postcode) return "postcode";
  if (schema.type === "boolean") return "yes_no";
  if (schema.type === "array") return name === "agents" ? "agents" : "ids";
  if (schema.anyOf !== undefined) return "words";
  if (schema.type === "integer" || schema.type === "number") {
    if (name.endsWith("_sqm")) return "area";
    if (/dollars/i.test(schema.description ?? "")) return "money";
    return schema.type === "integer" ? "count" : "number";
  }
  return "text";
}

function withoutNull(schema: TSchema): TSchema {
  const choices = (schema.anyOf ?? []) as readonly TSchema[];
  return (
    (choices.length === 2 &&
      choices.some(({ type }) => type === "null") &&
      choices.find(({ type }) => type !== "null")) ||
    schema
  );
}
