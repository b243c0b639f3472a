import type { Database } from "bun:sqlite";
import type { TSchema } from "@sinclair/typebox";
import { CATALOGUE_KINDS, type CatalogueKind, KINDS } from "./kinds.ts";

/** A view a kind, for the `sqlite3` shell: `sales_view` has the fields of a sale as columns. */
export function missingViews(database: Database): readonly { readonly name: string; readonly sql: string }[] {
  const there = new Map(
    (
      database.query("SELECT name, sql FROM sqlite_schema WHERE type = 'view'").all() as {
        name: string;
        sql: string;
      }[]
    ).map(({ name, sql }) => [name, sql]),
  );
  return CATALOGUE_KINDS.map((kind) => ({ name: `${kind}_view`, sql: viewDefinition(kind) })).filter(
    ({ name, sql }) => there.get(name) !== sql,
  );
}

export function makeView(database: Database, { name, sql }: { readonly name: string; readonly sql: string }): void {
  database.run(`DROP VIEW IF EXISTS ${name}`);
  database.run(sql);
}

function viewDefinition(kind: CatalogueKind): string {
  const { row } = KINDS[kind];
  const properties = Object.entries(row.properties as Readonly<Record<string, TSchema>>);
  const columns = properties.flatMap(([name, schema]) => {
    if (["id", "suburb", "state", "postcode"].includes(name)) return [];
    const inner = objectFields(schema);
    if (inner === null) return [`json_extract(data, '$.${name}') AS "${name}"`];
    return inner.map((each) => `json_extract(data, '$.${name}.${each}') AS "${name}_${each}"`);
  });
  return `CREATE VIEW ${kind}_view AS SELECT id, suburb, state, postcode, ${columns.join(", ")}, import_id FROM ${kind}`;
}

function objectFields(schema: TSchema): readonly string[] | null {
  const choices = (schema.anyOf ?? [schema]) as readonly TSchema[];
  const object = choices.find((choice) => choice.type === "object" && choice.properties !== undefined);
  return object === undefined ? null : Object.keys(object.properties as object);
}
