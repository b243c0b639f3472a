import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(import.meta.dir, "migrations");
const NAMES = readdirSync(FOLDER).toSorted();

/** The schema that the files of the folder `migrations` lead to: the n-th brings a database to `user_version` n. */
export const MIGRATION_COUNT = NAMES.length;

/** Their texts in order. From source they are read from the folder; build.ts puts them, packed, in place of this module. */
export function migrationTexts(): readonly string[] {
  return NAMES.map((name) => readFileSync(join(FOLDER, name), "utf8"));
}
