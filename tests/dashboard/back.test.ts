import { expect } from "bun:test";
import type { Page } from "playwright-core";
import { until } from "../until.ts";
import { openPage, untilLive } from "./browser.ts";
import { servedInBrowser } from "./served.ts";

const TIMEOUT_MS = 240_000;
const testInBrowser = servedInBrowser(TIMEOUT_MS);

/** How the list is: how far down, how much of it is read, and what has the focus. */
const spotOf = (page: Page) =>
  page.evaluate(() => {
    const list = document.querySelector<HTMLElement>(".rows");
    return {
      top: Math.round(list?.scrollTop ?? -1),
      rows: Number(list?.dataset.count ?? 0),
      focus: document.activeElement?.getAttribute("href") ?? null,
    };
  });

testInBrowser(
  "back from a job, and after a reload, the list is where it was: its rows, its scroll position and the focus",
  async ({ service, browser }) => {
    await service.request("/api/queue/pause", { method: "POST" });
    const reports = Array.from({ length: 700 }, () => ({ suburb: "Manly", state: "NSW" }));
    await service.request("/api/generate-agents-reports", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ reports }),
    });
    for (const [width, height] of [
      [1_280, 800],
      [375, 700],
    ] as const) {
      await using watched = await openPage(browser, `${service.url}/jobs?status=queued`, { width, height });
      const { page } = watched;
      await untilLive(page);
      await page.locator("tbody a.row").first().waitFor();
      const list = page.locator(".rows");
      // Down by pages, as a person scrolls.
      await until(
        async () => {
          await list.evaluate((element) => element.scrollBy(0, 2_000));
          return (await spotOf(page)).rows >= 600;
        },
        60_000,
        "600 rows of the list to be read",
      );
      const row = page.locator("tbody a.row").nth(8);
      await row.focus();
      const before = await spotOf(page);
      expect(before.top).toBeGreaterThan(5_000);
      await page.keyboard.press("Enter");
      await page.waitForURL("**/jobs/*");
      await page.locator(".heading").getByText("Queued").waitFor();
      const isBack = async () => {
        const now = await spotOf(page);
        return now.focus === before.focus && Math.abs(now.top - before.top) <= 2 && now.rows >= before.rows;
      };
      await page.goBack();
      await until(isBack, 30_000, `the list as it was: ${JSON.stringify(before)}`);
      await page.goForward();
      await page.locator(".heading").getByText("Queued").waitFor();
      await page.goBack();
      await until(isBack, 30_000, "the list as it was, after forth and back");
      await page.reload();
      await until(isBack, 30_000, "the list as it was, after a reload");
      // A new visit begins at the top.
      await page.getByRole("link", { name: "Overview", exact: true }).click();
      await page.getByRole("heading", { name: "Overview" }).waitFor();
      await page.getByRole("link", { name: "Jobs", exact: true }).click();
      await page.locator("tbody a.row").first().waitFor();
      expect((await spotOf(page)).top).toBe(0);
      watched.expectClean();
    }
  },
);
