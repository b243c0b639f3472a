import { expect } from "bun:test";
import { openPage } from "./browser.ts";
import { servedInBrowser } from "./served.ts";

const TIMEOUT_MS = 120_000;
const testInBrowser = servedInBrowser(TIMEOUT_MS);

testInBrowser(
  "the form completes the agencies that the data knows, and warns of one it does not before anything is sent; the job's page still says so",
  async ({ service, browser }) => {
    await using watched = await openPage(browser, `${service.url}/new`);
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
    await warning.getByText("does not include this agency").waitFor();
    expect(await warning.textContent()).toContain("Did you mean Norfolk & Pine Property?");
    await page.getByRole("button", { name: "Request the report" }).click();
    await page.waitForURL("**/jobs/*");
    const notified = page.getByRole("region", { name: "Warning" });
    await notified.getByText('no agency called "Norfolk & Pine Propperty"').waitFor();
    expect(await notified.textContent()).toContain('Did you mean "Norfolk & Pine Property"?');
    watched.expectClean();
  },
);

testInBrowser(
  "a job's address with any end of its id shows the job, under its whole address",
  async ({ service, browser }) => {
    const id = await service.submit();
    await using watched = await openPage(browser, `${service.url}/jobs/${id.slice(-8)}`);
    const { page } = watched;
    await page.locator(".heading").getByText("Completed").waitFor();
    await page.waitForURL(`**/jobs/${id}`);
    await page.goto(`${service.url}/jobs`);
    await page.getByRole("searchbox").fill(id.slice(-8));
    await page.waitForURL("**/jobs?q=*");
    await page.locator(`tbody a[href$="${id}"]`).waitFor();
    expect(await page.locator("tbody a.row").count()).toBe(1);
    watched.expectClean();
  },
);

testInBrowser(
  "the form requests all that a request can, says at the field what is wrong, and the job's page says what was asked for",
  async ({ service, browser }) => {
    await using watched = await openPage(browser, `${service.url}/new`);
    const { page } = watched;
    const suburb = page.getByRole("combobox", { name: "Suburb" });
    await suburb.pressSequentially("2095");
    await page.getByRole("option", { name: "Manly NSW 2095" }).waitFor();
    await suburb.press("Enter");
    await page.getByText("What counts, and how it looks").click();
    await page.getByLabel("Property types").fill("houses, castle");
    await page.getByLabel("Bedrooms, at least").fill("3");
    await page.getByLabel("Land, m², at most").fill("900");
    await page.getByLabel("Count the surrounding suburbs, too").check();
    await page.getByLabel("Price band of the home owner").selectOption("$1m-$1.5m");
    await page.getByLabel("Highlight agent").fill("nobody at all");
    await page.getByRole("button", { name: "Request the report" }).click();
    await page.getByRole("alert").getByText('not "castle"').waitFor();
    await page.getByLabel("Property types").fill("houses, townhouse");
    await page.getByRole("button", { name: "Request the report" }).click();
    await page.waitForURL("**/jobs/*");
    const words = "houses and townhouses, 3 bedrooms or more, 900 m² of land at most, Manly and 5 neighbours";
    await page.locator(".under").getByText(words).waitFor();
    await page.getByRole("region", { name: "Warning" }).getByText('no agent called "nobody at all"').waitFor();
    // What a browser logs about the refusal.
    expect(watched.complaints).toEqual([expect.stringContaining("422")]);
  },
);
