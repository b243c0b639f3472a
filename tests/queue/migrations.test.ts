import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { migrate, SCHEMA_VERSION } from "../../src/queue/sqlite/migrations.ts";

const FOLDER = resolve(import.meta.dir, "../../src/queue/sqlite/migrations");

const schemaOf = (db: Database) => db.query("SELECT type, name, sql FROM sqlite_schema ORDER BY type, name").all();

test("each migration does what the file of its number says, one after the other, and none is left out", () => {
  const files = readdirSync(FOLDER)
    .filter((name) => name.endsWith(".sql"))
    .sort();
  expect(files.map((name) => Number(name.slice(0, 3)))).toEqual(Array.from(files, (_, index) => index + 1));
  expect(files.length).toBe(SCHEMA_VERSION);
  const [migrated, byFiles] = [new Database(":memory:"), new Database(":memory:")];
  for (const [index, name] of files.entries()) {
    migrate(migrated, index + 1);
    byFiles.run(readFileSync(join(FOLDER, name), "utf8"));
    expect({ name, schema: schemaOf(migrated) }).toEqual({ name, schema: schemaOf(byFiles) });
    expect(migrated.query("PRAGMA user_version").get()).toEqual({ user_version: index + 1 });
  }
});
