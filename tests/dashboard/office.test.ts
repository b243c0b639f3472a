import { expect } from "bun:test";
import { untilEnded } from "../e2e/binary.ts";
import { until } from "../until.ts";
import { openPage, untilLive } from "./browser.ts";
import { expectFit, findings } from "./findings.ts";
import { servedInBrowser } from "./served.ts";

const TIMEOUT_MS = 240_000;
const testInBrowser = servedInBrowser(TIMEOUT_MS);
/** A picture of one pixel. */
const DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

testInBrowser(
  "an office looks at failures by their cause, retries or dismisses them, and acts on what it selects",
  async ({ service, browser }) => {
    for (const suburb of ["Bondi", "Bondi", "Manly", "Manly"])
      await untilEnded(service.url, await service.submit(suburb));
    await using watched = await openPage(browser, `${service.url}/failures`);
    const { page } = watched;
    await untilLive(page);
    const cause = page.getByRole("listitem").filter({ hasText: "no_data" });
    await cause.getByText("2 jobs, first").waitFor();
    await expectFit(page, "failures");

    // By keyboard: retried, they fail again for lack of data.
    await cause.getByRole("button", { name: "Retry 2 jobs of no_data" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Retry 2 jobs?" }).waitFor();
    expect(await findings(page)).toEqual([]);
    await page.getByRole("button", { name: "Retry them" }).press("Enter");
    await page.getByText("2 jobs queued again").waitFor();
    await cause.getByText("2 jobs, first").waitFor();
    await cause.getByRole("button", { name: "Dismiss no_data" }).press("Enter");
    await page.getByRole("heading", { name: "No failures" }).waitFor();
    await page.getByRole("link", { name: "Include dismissed" }).click();
    await cause.getByText("dismissed").waitFor();

    // The jobs of the cause, both of them selected, and then deleted.
    await cause.getByRole("link", { name: "Show the jobs of no_data" }).click();
    await page.waitForURL("**/jobs?**error_code=no_data**");
    await until(async () => (await page.locator("tbody a.row").count()) === 2, TIMEOUT_MS / 8, "two rows");
    const boxes = page.getByRole("checkbox", { name: "Select Bondi NSW 2026" });
    await boxes.first().check();
    await page.getByText("1 job selected").waitFor();
    await page.getByRole("button", { name: "Select all that match" }).click();
    await page.getByText("All that match are selected").waitFor();
    await expectFit(page, "jobs with a selection");
    await page.getByRole("button", { name: "Delete" }).press("Enter");
    await page.getByRole("dialog", { name: "Delete 2 jobs?" }).waitFor();
    await page.getByRole("button", { name: "Delete them" }).press("Enter");
    await page.getByText("2 jobs deleted").waitFor();
    const { jobs } = await service.request<{ jobs: { suburb: string }[] }>("/api/jobs");
    expect(jobs.map(({ suburb }) => suburb)).toEqual(["Manly", "Manly"]);

    // What is left, found by its file's name, comes as one zip.
    await page.goto(`${service.url}/jobs?filename=manly`);
    await untilLive(page);
    await page
      .getByRole("link", { name: /^Manly/ })
      .nth(1)
      .waitFor();
    await page.getByRole("checkbox", { name: "Select all shown" }).check();
    await page.getByText("2 jobs selected").waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Download PDFs" }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^reports-.*\.zip$/);
    watched.expectClean();
  },
);

testInBrowser(
  "reports for three suburbs with our brand, then one again and another like it",
  async ({ service, browser }) => {
    const before = (await service.request<{ jobs: unknown[] }>("/api/jobs")).jobs.length;
    await using watched = await openPage(browser, `${service.url}/new`);
    const { page } = watched;
    await page.getByLabel("Suburb", { exact: true }).fill("Manly NSW 2095");
    await page.getByLabel("Also for these suburbs").fill("Fairlight");
    await page.getByText("Brand, folder and data").click();
    await page.getByLabel("Name on the report").fill("Norfolk & Pine Property");
    await page.getByLabel("Colour").fill("#17494d");
    await page
      .getByLabel("Logo")
      .setInputFiles({ name: "logo.png", mimeType: "image/png", buffer: Buffer.from(DOT, "base64") });
    await expectFit(page, "the form with all that it asks");
    await page.getByRole("button", { name: "Request the report" }).press("Enter");
    await page.getByText('"Fairlight": the state is required: there is only Fairlight NSW 2094').waitFor();
    await page.getByLabel("Also for these suburbs").fill("Fairlight NSW\nBalgowlah NSW 2093");
    await page.getByRole("button", { name: "Request the report" }).press("Enter");
    await page.getByText("3 reports requested").waitFor();
    const { jobs } = await service.request<{ jobs: { job_id: string; suburb: string }[] }>("/api/jobs");
    expect(jobs.length - before).toBe(3);
    expect(new Set(jobs.slice(0, 3).map(({ suburb }) => suburb))).toEqual(new Set(["Manly", "Fairlight", "Balgowlah"]));
    for (const { job_id } of jobs.slice(0, 3)) await untilEnded(service.url, job_id);
    const id = jobs[0]?.job_id ?? "";
    const branding = {
      name: "Norfolk & Pine Property",
      colour: "#17494d",
      logo: expect.stringMatching(/^data:image\/png;base64,/),
    };
    expect(await service.request(`/api/jobs/${id}`)).toMatchObject({
      request: { branding },
      job: { status: "completed" },
    });

    await page.goto(`${service.url}/jobs/${id}`);
    await page.getByRole("button", { name: "Make again" }).press("Enter");
    await page.getByRole("button", { name: "Make it again" }).press("Enter");
    await page.waitForURL((url) => /^\/jobs\/./.test(url.pathname) && !url.pathname.endsWith(id));
    const again = new URL(page.url()).pathname.split("/").at(-1);
    expect(await service.request(`/api/jobs/${again}`)).toMatchObject({ request: { branding } });
    await page.getByRole("link", { name: "Another like this" }).click();
    await page.getByText("Brand, folder and data").click();
    const name = page.getByLabel("Name on the report");
    await until(async () => (await name.inputValue()) === branding.name, TIMEOUT_MS / 8, "the form to be filled in");
    // A request that is refused is an error to the browser, and to nothing else.
    expect(watched.complaints.filter((each) => !each.includes("422"))).toEqual([]);
  },
);

testInBrowser("the page of deliveries tests a target when one asks", async ({ service, browser }) => {
  await using watched = await openPage(browser, `${service.url}/delivery`);
  const { page } = watched;
  await page.getByRole("button", { name: "Test now folder" }).press("Enter");
  await page.getByText("Reports can be delivered to folder").waitFor();
  await page.getByText("all receivers were notified").waitFor();
  await expectFit(page, "delivery");
  watched.expectClean();
});

testInBrowser(
  "the first key is made in the browser, which then signs in with it, makes others and revokes them",
  async ({ service, browser }) => {
    await using watched = await openPage(browser, `${service.url}/keys`);
    const { page } = watched;
    await page.getByRole("heading", { name: "Create the first key" }).waitFor();
    await expectFit(page, "the first key");
    await page.getByLabel("Client").fill("office boss");
    await page.getByLabel("Client").press("Enter");
    await page.getByRole("alert").getByText("1 to 64 letters").waitFor();
    await page.getByLabel("Client").fill("office");
    await page.getByLabel("Client").press("Enter");
    const shown = page.getByRole("dialog", { name: "The key of office" });
    expect(await shown.locator("code").textContent()).toMatch(/^al_/);
    expect(await findings(page)).toEqual([]);
    await shown.getByRole("button", { name: "I have copied the key: sign in" }).press("Enter");
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    await untilLive(page);
    await page.getByRole("link", { name: "Keys" }).click();
    await page.getByRole("row").filter({ hasText: "office" }).getByText("admin").waitFor();
    await page.getByLabel("Client").fill("prometheus");
    await page.getByLabel("Scope").selectOption("metrics");
    await page.getByRole("button", { name: "Create the key" }).click();
    const other = page.getByRole("dialog", { name: "The key of prometheus" });
    const metrics = (await other.locator("code").textContent()) ?? "";
    await other.getByRole("button", { name: "I have copied the key" }).click();
    const request = (path: string) => fetch(service.url + path, { headers: { Authorization: `Bearer ${metrics}` } });
    expect([(await request("/metrics")).status, (await request("/api/jobs")).status]).toEqual([200, 403]);
    await expectFit(page, "keys");
    await page.getByRole("button", { name: /^Revoke the key .* of prometheus$/ }).press("Enter");
    await page.getByRole("button", { name: "Revoke the key", exact: true }).press("Enter");
    await page.getByText("Revoked (1)").waitFor();
    expect((await request("/metrics")).status).toBe(401);
    await page.getByRole("button", { name: /^Revoke the key .* of office$/ }).press("Enter");
    await page.getByRole("button", { name: "Revoke the key", exact: true }).press("Enter");
    await page.getByRole("alert").getByText("This is the last admin key").waitFor();
  },
);
