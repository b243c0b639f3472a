import { SCHEMA_VERSION, type SchemaObject, schemaAt } from "./migrations.ts";

/** Written once, by `newestSchema`. */
let schema: readonly SchemaObject[] | undefined;

/**
 * What a database of this binary has. From source the migrations are run for it, once; build.ts runs them, and puts the
 * result, packed, in place of this module.
 */
export function newestSchema(): readonly SchemaObject[] {
  schema ??= schemaAt(SCHEMA_VERSION);
  return schema;
}
