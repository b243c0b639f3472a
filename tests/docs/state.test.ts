import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FIELDS, longLived, MOST_LINES, namedWriters, ONE_CALL, ROOT } from "./state.ts";

const objects = [...longLived()];

describe("what lives as long as the service", () => {
  test("is found by the syntax tree, in all rooms", () => {
    expect(objects.length).toBeGreaterThan(100);
    expect(new Set(objects.map(([object]) => object.split("/")[1])).size).toBeGreaterThan(12);
  });

  test.each(objects)("%s: each field that changes says who writes it, and says so of all of them", (_, fields) => {
    const unsaid = fields.flatMap((field) => {
      const named = namedWriters(field);
      const missing = field.writers.filter((writer) => !named.includes(writer));
      return missing.length === 0 ? [] : [[field.name, ...missing]];
    });
    expect(unsaid).toEqual([]);
  });

  test("is in files of fewer than 200 lines", () => {
    const files = new Set(objects.flatMap(([, fields]) => fields.map(({ file }) => file)));
    const long = [...files].map(
      (file) => [file, readFileSync(join(ROOT, file), "utf8").split("\n").length - 1] as const,
    );
    expect(long.filter(([, lines]) => lines >= MOST_LINES)).toEqual([]);
  });
});

test("each function that builds something for one call is still there, and has something that changes", () => {
  const found = new Set(FIELDS.map(({ file, owner }) => `${file} ${owner}`));
  expect(Object.keys(ONE_CALL).filter((object) => !found.has(object))).toEqual([]);
});
