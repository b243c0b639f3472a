import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const foldersOf = (path: string) =>
  readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));

test("a folder of tests is a room of src, or tests/README.md says what is in it", () => {
  const rooms = new Set(foldersOf(join(import.meta.dir, "../src")));
  const readme = readFileSync(join(import.meta.dir, "README.md"), "utf8");
  const described = [...readme.matchAll(/^\| `([a-z0-9]+)` \|/gm)].map(([, name]) => name);
  expect(described).toEqual(
    foldersOf(import.meta.dir)
      .filter((name) => !rooms.has(name))
      .sort(),
  );
});
