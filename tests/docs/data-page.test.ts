import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { DATA_PAGE, dataPage } from "./data-page.ts";

test("docs/data.md has each kind and column as the schema has them (`bun run docs` writes them)", () => {
  const page = readFileSync(DATA_PAGE, "utf8");
  expect(page).toBe(dataPage(page));
});
