import { afterAll, beforeAll, expect, type test } from "bun:test";
import type { Page } from "playwright-core";
import { openApi } from "../http/api.ts";
import { withPrograms } from "../programs.ts";
import { openBrowser, openPage, type TestBrowser } from "./browser.ts";
import { violationsOn } from "./findings.ts";

const TIMEOUT_MS = 180_000;
const testInBrowser: typeof test = withPrograms("chromium");

let browser: TestBrowser | null = null;
beforeAll(async () => {
  if (Bun.which("chromium") !== null) browser = await openBrowser();
}, TIMEOUT_MS);
afterAll(() => browser?.close(), TIMEOUT_MS);

/** Of whatever weight. The page has dozens of calls: of one that is opened only its own part is another than before. */
const violations = async (page: Page, part?: string) => (await violationsOn(page, "all", part)).map(({ what }) => what);

testInBrowser(
  "axe finds nothing on /docs, closed, opened and about to be attempted, on a phone and on a wide screen",
  async () => {
    if (browser === null) throw new Error("there is no chromium");
    await using api = await openApi();
    for (const width of [320, 1_280]) {
      await using watched = await openPage(browser, `${api.url}/docs`, { width });
      const { page } = watched;
      await page.locator("h3.opblock-tag[aria-level]").first().waitFor();
      expect({ width, state: "closed", found: await violations(page) }).toEqual({ width, state: "closed", found: [] });
      const first = page.locator(".opblock").first();
      await first.locator(".opblock-summary-control").click();
      await first.locator("pre[tabindex]").first().waitFor();
      expect({ width, state: "open", found: await violations(page, ".opblock.is-open") }).toEqual({
        width,
        state: "open",
        found: [],
      });
      await first.getByRole("button", { name: "Try it out" }).click();
      await first.getByLabel("Request body").waitFor();
      expect({ width, state: "tried", found: await violations(page, ".opblock.is-open") }).toEqual({
        width,
        state: "tried",
        found: [],
      });
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect([width, wider]).toEqual([width, 0]);
      watched.expectClean();
    }
  },
  TIMEOUT_MS,
);
