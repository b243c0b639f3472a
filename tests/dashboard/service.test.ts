import { expect } from "bun:test";
import type { Page } from "playwright-core";
import { run } from "../e2e/binary.ts";
import { until } from "../until.ts";
import { openPage, untilLive } from "./browser.ts";
import { expectFit, findings } from "./findings.ts";
import { servedInBrowser } from "./served.ts";

const TIMEOUT_MS = 240_000;
const testInBrowser = servedInBrowser(TIMEOUT_MS);

/** As `expectFit`, in the other theme, too. */
async function expectFitInBoth(page: Page, what: string): Promise<void> {
  await page.emulateMedia({ colorScheme: "dark" });
  expect({ what, found: await findings(page, "colours") }).toEqual({ what, found: [] });
  await page.emulateMedia({ colorScheme: "light" });
  await expectFit(page, what);
}

testInBrowser(
  "an admin sees each setting with where it comes from, runs the doctor's checks, and reads who did what",
  async ({ service, browser }) => {
    await service.submit("Manly");
    await using watched = await openPage(browser, `${service.url}/settings`);
    const { page } = watched;
    const row = (name: string) => page.getByRole("row").filter({ hasText: name });
    await row("AGENTLINK_PORT").getByText("environment").waitFor();
    await row("AGENTLINK_PORT").getByText(new URL(service.url).port).waitFor();
    await row("AGENTLINK_RETENTION").getByText("default", { exact: true }).waitFor();
    await row("AGENTLINK_RETENTION").getByText("duration", { exact: true }).waitFor();
    await expectFitInBoth(page, "settings");
    await page.getByLabel("Find a setting").fill("DROPBOX_FOLDER");
    await until(async () => (await page.locator("tbody tr").count()) === 1, TIMEOUT_MS / 8, "one setting to be left");
    await page.getByLabel("Find a setting").fill("");
    await page.getByLabel("Only settings that are set").press("Space");
    await until(async () => (await row("AGENTLINK_RETENTION").count()) === 0, TIMEOUT_MS / 8, "the set ones alone");

    // By keyboard: the checks, then the same with a backup.
    await page.getByRole("link", { name: "Health" }).press("Enter");
    await page.getByText("No check has run since the start").waitFor();
    await page.getByText("No backup has been taken with").waitFor();
    await page.getByRole("button", { name: "Check now" }).press("Enter");
    await page.getByText(/^(All is well|\d+ errors?, \d+ warnings?)\. Checked/).waitFor();
    await row("database").filter({ hasText: "sound" }).getByText("OK").first().waitFor();
    await row("reports to folder").waitFor();
    await row("service")
      .filter({ hasText: `${service.url} is ready` })
      .waitFor();
    await expectFitInBoth(page, "health");
    const backup = await run(["backup", "--data-dir", service.dataDir, `${service.dataDir}-backup`]);
    expect(backup.code).toBe(0);
    await page.reload();
    await page.getByText(/^Last just now by .* \(command line\), to .*-backup\.$/).waitFor();

    await page.goto(service.url);
    await untilLive(page);
    await page.getByRole("button", { name: "Pause the queue" }).press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Pause the queue" }).press("Enter");
    await dialog.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Resume" }).first().press("Enter");
    await dialog.getByRole("button", { name: "Resume the queue" }).press("Enter");
    await page.getByRole("button", { name: "Pause the queue" }).waitFor();
    await page.goto(`${service.url}/audit`);
    await row("resumed the queue").getByText("local (dashboard)").waitFor();
    await row("took a backup").getByText("(command line)").waitFor();
    await expectFitInBoth(page, "audit");
    await page.getByLabel("What was done").selectOption("Pause and resume");
    await page.waitForURL("**/audit?action=pauseQueue,resumeQueue");
    await until(async () => (await row("took a backup").count()) === 0, TIMEOUT_MS / 8, "pauses alone");
    expect(await page.locator("tbody tr").count()).toBe(2);
    await page.getByLabel("Who").fill("nobody");
    await page.getByLabel("Who").press("Enter");
    await page.getByText("No entry matches").waitFor();

    watched.expectClean();
  },
);
