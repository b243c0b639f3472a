import { expect } from "bun:test";
import { openPage } from "./browser.ts";
import { servedInBrowser } from "./served.ts";

const TIMEOUT_MS = 120_000;
const testInBrowser = servedInBrowser(TIMEOUT_MS);

testInBrowser(
  "the form completes the agencies that the data knows, and warns of one it does not before anything is sent; the job's page goes on saying so",
  async ({ place, browser }) => {
    await using watched = await openPage(browser, `${place.url}/new`);
    const { page } = watched;
    const suburb = page.getByRole("combobox", { name: "Suburb" });
    await suburb.pressSequentially("2095");
    await page.getByRole("option", { name: "Manly NSW 2095" }).waitFor();
    await suburb.press("Enter");
    const option = page.locator('#agencies option[value="Norfolk & Pine Property"]');
    await option.waitFor({ state: "attached" });
    const agency = page.getByLabel("Prepared for");
    await agency.fill("norfolk &  pine PROPERTY");
    await agency.blur();
    const warning = page.locator("output.warning");
    expect(await warning.textContent()).toBe("");
    await agency.fill("Norfolk & Pine Propperty");
    await agency.blur();
    await warning.getByText("knows no such agency").waitFor();
    expect(await warning.textContent()).toContain("Did you mean Norfolk & Pine Property?");
    await page.getByRole("button", { name: "Make the report" }).click();
    await page.waitForURL("**/jobs/*");
    const told = page.getByRole("region", { name: "Warning" });
    await told.getByText("knows no agency “Norfolk & Pine Propperty”").waitFor();
    expect(await told.textContent()).toContain("Did you mean “Norfolk & Pine Property”?");
    watched.expectClean();
  },
);

testInBrowser(
  "a job's address with any end of its id shows the job, under its whole address",
  async ({ place, browser }) => {
    const id = await place.submit();
    await using watched = await openPage(browser, `${place.url}/jobs/${id.slice(-8)}`);
    const { page } = watched;
    await page.locator(".heading").getByText("Completed").waitFor();
    await page.waitForURL(`**/jobs/${id}`);
    await page.goto(`${place.url}/jobs`);
    await page.getByRole("searchbox").fill(id.slice(-8));
    await page.waitForURL("**/jobs?q=*");
    await page.locator(`tbody a[href$="${id}"]`).waitFor();
    expect(await page.locator("tbody a.row").count()).toBe(1);
    watched.expectClean();
  },
);
