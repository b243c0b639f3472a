import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ARCHITECTURE, headsOf, isWithin, roomNames, withRooms } from "./rooms.ts";

const ROOT = resolve(import.meta.dir, "../..");

describe("the rooms of src", () => {
  test("are its folders: beside them it has five files", () => {
    const files = readdirSync(join(ROOT, "src"), { withFileTypes: true }).filter((entry) => !entry.isDirectory());
    expect(files.map(({ name }) => name).toSorted()).toEqual([
      "command-line.ts",
      "failure.ts",
      "main.ts",
      "service.ts",
      "version.ts",
    ]);
  });

  test.each(roomNames())("%s begins with one file that says what it is for, and what may not enter", (name) => {
    const heads = headsOf(name).map(({ file }) => file);
    expect(heads.length).toBe(1);
    if (!isWithin(name)) expect(heads).toEqual([`src/${name}/${name}.ts`]);
  });

  test("are in the architecture as their files describe them (`bun run docs` writes it)", () => {
    const document = readFileSync(ARCHITECTURE, "utf8");
    expect(document).toBe(withRooms(document));
  });

  test("are all in the picture, which names no other", () => {
    const picture = readFileSync(join(ROOT, "docs/images/architecture.svg"), "utf8");
    const named = new Set([...picture.matchAll(/src\/([a-z]+)/g)].map(([, name = ""]) => name));
    expect([...named].toSorted()).toEqual(roomNames().filter((name) => !isWithin(name)));
  });
});
