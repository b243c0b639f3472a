import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ARCHITECTURE, roomNames, roomOf, withRooms } from "./rooms.ts";

const ROOT = resolve(import.meta.dir, "../..");

describe("the rooms of src", () => {
  test("are its folders: beside them it has four files", () => {
    const files = readdirSync(join(ROOT, "src"), { withFileTypes: true }).filter((entry) => !entry.isDirectory());
    expect(files.map(({ name }) => name).toSorted()).toEqual(["failure.ts", "main.ts", "service.ts", "version.ts"]);
  });

  test.each(roomNames())("%s begins with a file that says what it is for, and what may not enter", (name) => {
    expect(roomOf(name)).not.toBeNull();
  });

  test("have each an entry in the rules of what may import what, and no rule is of a room that is gone", async () => {
    const { forbidden } = await import(join(ROOT, ".dependency-cruiser.cjs"));
    const ruled = (forbidden as readonly { readonly name: string }[]).flatMap(
      ({ name }) => /^arrows-of-(.+)$/.exec(name)?.[1] ?? [],
    );
    expect(ruled.toSorted()).toEqual([...roomNames()]);
  });

  test("are in the architecture as their files describe them (`bun run docs` writes it)", () => {
    const document = readFileSync(ARCHITECTURE, "utf8");
    expect(document).toBe(withRooms(document));
  });

  test("are all in the picture, which names no other", () => {
    const picture = readFileSync(join(ROOT, "docs/images/architecture.svg"), "utf8");
    const named = new Set([...picture.matchAll(/src\/([a-z]+)/g)].map(([, name = ""]) => name));
    expect([...named].toSorted()).toEqual([...roomNames()]);
  });
});
