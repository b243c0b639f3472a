import { expect } from "bun:test";
import type { Page } from "playwright-core";
import { untilEnded } from "../e2e/binary.ts";
import { openPage, untilLive } from "./browser.ts";
import { expectFit } from "./findings.ts";
import { servedInBrowser } from "./served.ts";

const TIMEOUT_MS = 240_000;
const testInBrowser = servedInBrowser(TIMEOUT_MS);

testInBrowser(
  "an office that writes invoices sees the reports of each month, and takes them and the list of jobs into a spreadsheet",
  async ({ service, browser }) => {
    await untilEnded(service.url, await service.submit("Manly", { edition: "full" }));
    await untilEnded(service.url, await service.submit("Bondi"));
    const name = new Intl.DateTimeFormat("en-AU", { month: "long", year: "numeric" }).format(new Date());
    await using watched = await openPage(browser, service.url);
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
    await page.getByText("No report was requested in these months.").waitFor();
    expect(page.url()).toContain("from=2025-01&to=2025-02");

    await page.goto(`${service.url}/jobs?q=manly`);
    expect(await download("CSV of the jobs that match")).toMatch(/^jobs-.*\.csv$/);
    expect(await download("Excel of the jobs that match")).toMatch(/^jobs-.*\.xlsx$/);
    // The filter gets a name, which all see, until it is removed.
    await page.getByRole("button", { name: "Save this view" }).press("Enter");
    await page.getByLabel("Name of the view").fill("Ours in Manly");
    await page.getByLabel("For all clients").check();
    await page.getByLabel("Name of the view").press("Enter");
    await page.getByText("View “Ours in Manly” saved").waitFor();
    await expectFit(page, "jobs with tables and views");
    await page.goto(`${service.url}/jobs`);
    await page.getByRole("link", { name: "Ours in Manly" }).press("Enter");
    await page.waitForURL("**/jobs?q=manly");
    await page.getByRole("button", { name: "Remove the view Ours in Manly" }).press("Enter");
    await page.getByText("View “Ours in Manly” removed").waitFor();
    watched.expectClean();
  },
);

testInBrowser(
  "a person previews a report, looks at it, and sends or discards it, by keyboard",
  async ({ service, browser }) => {
    const preview = async (page: Page) => {
      await page.goto(`${service.url}/new`);
      await page.getByRole("combobox", { name: "Suburb" }).fill("Manly NSW");
      const button = page.getByRole("button", { name: "Preview" });
      await button.focus();
      await page.keyboard.press("Enter");
      await page.waitForURL("**/jobs/*");
      await page.getByText("This is a draft and was not delivered.").waitFor();
      return page.url().split("/").at(-1) ?? "";
    };
    const get = (id: string) =>
      service.request<{ draft: boolean; stage: string; result: { delivered_to: string | null } }>(
        `/api/job-status/${id}`,
      );
    await using watched = await openPage(browser, service.url);
    const { page } = watched;
    await untilLive(page);
    const sent = await preview(page);
    expect(await get(sent)).toMatchObject({ draft: true, stage: "completed", result: { delivered_to: null } });
    const stretches = page.locator(".segments .name");
    expect((await stretches.allInnerTexts()).filter((name) => name !== "Gathering")).toEqual(["Rendering"]);
    await expectFit(page, "a draft");
    await page.getByRole("button", { name: "Send" }).press("Enter");
    await page.getByText("Delivered", { exact: true }).waitFor();
    expect((await get(sent)).result.delivered_to).toEndWith(".pdf");
    await page.getByText("This is a draft").waitFor({ state: "detached" });

    const discarded = await preview(page);
    await page.goto(service.url);
    await page.locator('[aria-labelledby="latest-completed"]').getByText("Draft", { exact: true }).waitFor();
    await page.goto(`${service.url}/jobs`);
    await page.getByText("Draft", { exact: true }).first().waitFor();
    await expectFit(page, "a draft in the list");
    await page.goto(`${service.url}/jobs/${discarded}`);
    await page.getByRole("button", { name: "Discard" }).press("Enter");
    await page.getByRole("button", { name: "Discard the draft" }).press("Enter");
    await page.getByText("draft discarded").waitFor();
    expect((await fetch(`${service.url}/api/job-status/${discarded}`)).status).toBe(404);
  },
);

testInBrowser(
  "the form fills in an agency's brand and territory from the catalogue, and requests the document that is chosen",
  async ({ service, browser }) => {
    await using watched = await openPage(browser, `${service.url}/new`);
    const { page } = watched;
    await page.getByRole("combobox", { name: "Suburb" }).fill("Manly NSW");
    await page.getByLabel("Prepared for").fill("Norfolk & Pine Property");
    await page.getByRole("button", { name: "Use its brand" }).press("Enter");
    await page.getByText("The brand of Norfolk & Pine Property is filled in").waitFor();
    expect(await page.getByLabel("Colour").inputValue()).toBe("#1f6f50");
    await page.getByRole("button", { name: "Its territory" }).press("Enter");
    await page.getByText(/Norfolk & Pine Property sold in \d+ suburb/).waitFor();
    const others = page.getByLabel("Also for these suburbs");
    // What the form has already is not asked for twice.
    expect(await others.inputValue()).toContain("Fairlight NSW 2094");
    expect(await others.inputValue()).not.toContain("Manly NSW");
    await others.fill("");
    await page.getByText("What counts, and how it looks").click();
    await page.getByLabel("Document").selectOption("agency");
    await page.getByLabel("Price band of the home owner").selectOption("$1m-$1.5m");
    await expectFit(page, "the form with a brand");
    await page.getByRole("button", { name: "Request the report" }).press("Enter");
    await page.waitForURL("**/jobs/*");
    const { request } = await service.request<{ request: Readonly<Record<string, unknown>> }>(
      `/api${new URL(page.url()).pathname}`,
    );
    expect(request).toMatchObject({
      report: "agency",
      home_owner_pricing: "$1m-$1.5m",
      branding: { name: "Norfolk & Pine Property", colour: "#1f6f50" },
    });
    watched.expectClean();
  },
);
