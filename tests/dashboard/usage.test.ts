import { expect } from "bun:test";
import type { Page } from "playwright-core";
import { untilEnded } from "../e2e/binary.ts";
import { until } from "../until.ts";
import { openPage, untilLive } from "./browser.ts";
import { findings } from "./findings.ts";
import { servedInBrowser } from "./served.ts";

const TIMEOUT_MS = 240_000;
const testInBrowser = servedInBrowser(TIMEOUT_MS);

/** Nothing serious by axe, and nothing wider than the screen, on a phone and on a desk. */
async function expectFit(page: Page, what: string): Promise<void> {
  for (const width of [375, 1_280]) {
    await page.setViewportSize({ width, height: 800 });
    expect({ what, width, found: await findings(page) }).toEqual({ what, width, found: [] });
    const fits = async () => (await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) === 0;
    await until(fits, TIMEOUT_MS / 8, `${what} to be no wider than ${width} px`);
  }
}

testInBrowser(
  "who writes invoices sees the reports of each month, and takes them and the list of jobs into a spreadsheet",
  async ({ place, browser }) => {
    await untilEnded(place.url, await place.submit("Manly"));
    await untilEnded(place.url, await place.submit("Bondi"));
    const name = new Intl.DateTimeFormat("en-AU", { month: "long", year: "numeric" }).format(new Date());
    await using watched = await openPage(browser, place.url);
    const { page } = watched;
    await untilLive(page);
    await page.getByRole("link", { name: "Usage" }).press("Enter");
    const row = page.getByRole("row", { name });
    await row.waitFor();
    expect((await row.getByRole("cell").allTextContents()).slice(-4)).toEqual(["1", "1", "12", "2"]);
    await expectFit(page, "usage");
    const download = async (link: string) => {
      const [file] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("link", { name: link }).press("Enter"),
      ]);
      return file.suggestedFilename();
    };
    expect(await download("CSV of these months")).toMatch(/^usage-\d{4}-\d\d-\d{4}-\d\d\.csv$/);
    await page.getByLabel("From").fill("2025-01");
    await page.getByLabel("To").fill("2025-02");
    await page.getByText("No report was asked for in these months.").waitFor();
    expect(page.url()).toContain("from=2025-01&to=2025-02");

    await page.goto(`${place.url}/jobs?q=manly`);
    expect(await download("CSV of the jobs that match")).toMatch(/^jobs-.*\.csv$/);
    expect(await download("Excel of the jobs that match")).toMatch(/^jobs-.*\.xlsx$/);
    await expectFit(page, "jobs with tables");
    watched.expectClean();
  },
);
