import type { TSchema } from "@sinclair/typebox";
import { type CatalogueKind, KINDS } from "../../report/sources/catalogue.ts";
import { csvText } from "../../text/csv.ts";
import { columnWords } from "./column-words.ts";
import { type Field, fieldsOf } from "./fields.ts";

/** A column of the documentation and the templates. */
export interface ColumnDescription {
  readonly name: string;
  readonly required: boolean;
  /** What it contains, and in which unit. */
  readonly contents: string;
  readonly example: string;
}

/** Examples of columns whose type determines their content. */
const EXAMPLES: Readonly<Record<string, string>> = {
  category: "unit",
  land_sqm: "450",
  listed_date: "2026-05-02",
  sold_date: "2026-05-30",
  leased_date: "2026-05-30",
  price_disclosed: "yes",
  method: "auction",
  outcome: "sold",
  agency_ids: "ag-1",
  agents: "a-1:lead;a-2:co",
  agent_ids: "a-1",
  colour: "#1f6f5c",
};

/** The columns of a kind, in the schema's order; those that place a row last. */
export function describeColumns(kind: CatalogueKind): readonly ColumnDescription[] {
  return [...fieldsOf(kind).values()].map((field) => ({
    name: field.name,
    required: field.required,
    contents: columnWords(kind, field.name)?.[0] ?? describe(field),
    example: columnWords(kind, field.name)?.[1] ?? EXAMPLES[field.name] ?? exampleOf(field),
  }));
}

/** A table with the columns of a kind and one row as an example: CSV. */
export function csvTemplate(kind: CatalogueKind): string {
  const columns = templateColumns(kind);
  return `${columns.map(({ name }) => name).join(",")}\n${columns.map(({ example }) => csvText(example)).join(",")}\n`;
}

/** The same as an Excel workbook. */
export async function workbookTemplate(kind: CatalogueKind): Promise<Uint8Array> {
  const { writeXlsxStream } = await import("../spreadsheet.ts");
  const columns = templateColumns(kind);
  const examples = [columns.map(({ example }) => example)];
  return new Response(
    writeXlsxStream(examples, { name: kind, columns: columns.map(({ name }) => ({ header: name })) }),
  ).bytes();
}

/** Pictures are too long for a cell that a person fills in. */
function templateColumns(kind: CatalogueKind): readonly ColumnDescription[] {
  return describeColumns(kind).filter(({ name }) => !["logo", "photo"].includes(name));
}

function describe({ name, type, schema }: Field): string {
  switch (type) {
    case "date":
      return "a day, such as 2026-05-30 or 30/05/2026";
    case "money":
      return "dollars";
    case "area":
      return "square metres";
    case "count":
      return "a whole number";
    case "number":
      return "a number";
    case "yes_no":
      return "yes or no";
    case "words":
      return ((schema.anyOf ?? []) as readonly TSchema[]).map((choice) => String(choice.const)).join(", ");
    case "postcode":
      return "four digits";
    case "ids":
      return "ids or names, separated by semicolons";
    case "agents":
      return "ids or names of agents, each with `:lead` or `:co`, separated by semicolons";
    default:
      if (name === "logo" || name === "photo")
        return "a picture (PNG, JPEG, GIF or WebP as a data URI), or its https address";
      return String(schema.description ?? "a text");
  }
}

function exampleOf({ type, schema, name }: Field): string {
  if (type === "words") return String(((schema.anyOf ?? []) as readonly TSchema[])[0]?.const ?? "");
  if (type === "date") return "2026-06-30";
  if (type === "yes_no") return "no";
  return name === "id" ? "id-1" : "";
}

export function isKindOf(kind: string): kind is CatalogueKind {
  return Object.hasOwn(KINDS, kind);
}
