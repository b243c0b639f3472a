import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { SETTINGS_PAGE, settingsPage } from "./settings-page.ts";

test("docs/settings.md has each setting as the program describes it (`bun run docs` writes it)", () => {
  expect(readFileSync(SETTINGS_PAGE, "utf8")).toBe(settingsPage());
});
