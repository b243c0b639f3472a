import { type Part, SCHEMA_VERSION, schemaAt } from "./migrations.ts";

/**
 * What a database of this binary has. From source the migrations are run for it; build.ts runs them once, and puts the
 * result, packed, in the place of this module.
 */
export function newestSchema(): readonly Part[] {
  return schemaAt(SCHEMA_VERSION);
}
