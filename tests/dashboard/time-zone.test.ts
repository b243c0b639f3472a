import { expect } from "bun:test";
import type { Page } from "playwright-core";
import { untilEnded } from "../e2e/binary.ts";
import { inlineJob } from "../e2e/jobs.ts";
import { until } from "../until.ts";
import { openPage } from "./browser.ts";
import { findings } from "./findings.ts";
import { servedInBrowser } from "./served.ts";

const testInBrowser = servedInBrowser(120_000);

const choice = (page: Page) => page.getByRole("combobox", { name: "Times" });

/** How the page shows a moment, and what it shows on hover. */
async function said(page: Page, at: string) {
  const time = page.locator(`.timeline time[datetime="${at}"]`).first();
  await time.waitFor();
  return { words: (await time.textContent()) ?? "", whole: (await time.getAttribute("title")) ?? "" };
}

/** The clock's time in a zone, with the zone's name. */
function clock(at: string, timeZone: string): string {
  const how = { hour: "numeric", minute: "2-digit", second: "2-digit", timeZoneName: "short" } as const;
  return new Intl.DateTimeFormat("en-AU", { ...how, timeZone }).format(new Date(at));
}

testInBrowser(
  "every time is by the clock that the reader chose, in a browser far away, too; the choice stays, and names its zone",
  async ({ service, browser }) => {
    const { data } = inlineJob(1);
    const [sydney, perth] = await Promise.all([
      service.submit("Manly"),
      service.submit("Cottesloe", { state: "WA", data: { agents: data.agents } }),
    ]);
    for (const id of [sydney, perth]) await untilEnded(service.url, id);
    const acceptedAt = async (id: string) =>
      (await service.request<{ job: { created_at: string } }>(`/api/jobs/${id}`)).job.created_at;
    const [inSydney, inPerth] = [await acceptedAt(sydney), await acceptedAt(perth)];

    await using watched = await openPage(browser, `${service.url}/jobs/${perth}`, { timeZone: "America/New_York" });
    const { page } = watched;
    // The reader's own, and its name: one could take it for the suburb's.
    expect((await said(page, inPerth)).words).toEndWith(clock(inPerth, "America/New_York"));
    expect(await choice(page).locator("option:checked").textContent()).toContain("(America/New_York)");

    await choice(page).selectOption("utc");
    expect((await said(page, inPerth)).words).toEndWith(clock(inPerth, "UTC"));
    expect((await said(page, inPerth)).whole).toContain("UTC");

    await choice(page).selectOption("suburb");
    expect((await said(page, inPerth)).words).toEndWith(clock(inPerth, "Australia/Perth"));
    await page.goto(`${service.url}/jobs/${sydney}`);
    expect(await choice(page).inputValue()).toBe("suburb");
    expect((await said(page, inSydney)).words).toEndWith(clock(inSydney, "Australia/Sydney"));

    // What belongs to no report is the reader's own then, and is labelled as such.
    await page.goto(`${service.url}/`);
    await page.getByText("The same as a table").click();
    const zone = clock(inSydney, "America/New_York").split(" ").at(-1) ?? "";
    await page.getByRole("columnheader", { name: `From (${zone})` }).waitFor();
    await choice(page).selectOption("utc");
    await page.getByRole("columnheader", { name: "From (UTC)" }).waitFor();

    // Days that the list is narrowed to are days of the same clock.
    const request = page.waitForRequest((request) => request.url().includes("created_after="));
    await page.goto(`${service.url}/jobs?from=2026-10-04&to=2026-10-04`);
    const { searchParams: query } = new URL((await request).url());
    expect([query.get("created_after"), query.get("created_before")]).toEqual([
      "2026-10-04T00:00:00.000Z",
      "2026-10-05T00:00:00.000Z",
    ]);
    watched.expectClean();
  },
);

testInBrowser("the choice is reached with the keyboard, on a phone, too", async ({ service, browser }) => {
  await using watched = await openPage(browser, `${service.url}/jobs`, { width: 320, timeZone: "Australia/Sydney" });
  const { page } = watched;
  await choice(page).focus();
  await page.keyboard.press("ArrowDown");
  await until(async () => (await choice(page).inputValue()) === "utc");
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  expect(await findings(page)).toEqual([]);
  watched.expectClean();
});
