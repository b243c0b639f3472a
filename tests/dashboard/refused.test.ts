import { expect } from "bun:test";
import type { Page } from "playwright-core";
import { openPage, untilLive } from "./browser.ts";
import { servedInBrowser } from "./served.ts";

const testInBrowser = servedInBrowser(240_000);

const send = (page: Page) => page.getByRole("button", { name: "Request the report" }).press("Enter");

testInBrowser(
  "the form says what is missing by its label, how many to compare, and that an earlier request arrived",
  async ({ service, browser }) => {
    await using watched = await openPage(browser, `${service.url}/new`);
    const { page } = watched;
    await page.getByRole("combobox", { name: "Suburb" }).fill("Manly NSW");
    await page.getByText("A property to compare with").click();
    await page.getByLabel("Expected price, $").fill("-5");
    await send(page);
    await page.getByText("Address is required.", { exact: true }).waitFor();
    await page.getByText("Must be 1 or more, not -5.", { exact: true }).waitFor();
    await page.getByLabel("Expected price, $").fill("");
    await page.getByText("What counts, and how it looks").click();
    await page.getByLabel("Compare").fill("One Agency");
    await send(page);
    await page.getByText("Name two to four agents or agencies, separated by semicolons.", { exact: true }).waitFor();
    await page.getByLabel("Compare").fill("");

    // The request arrives, and its response is lost; then the form is changed.
    const address = "**/api/generate-agents-report";
    const { promise: arrived, resolve: arrives } = Promise.withResolvers<void>();
    await page.route(address, async (route) => {
      await route.fetch();
      await route.abort();
      arrives();
    });
    await send(page);
    await arrived;
    await page.getByText("The service does not respond.").first().waitFor();
    await page.unroute(address);
    await page.getByRole("combobox", { name: "Suburb" }).fill("Fairlight NSW");
    await send(page);
    await page.getByText("Your earlier request did arrive").waitFor();
    await send(page);
    await page.waitForURL("**/jobs/*");
    const { jobs } = await service.request<{ jobs: { suburb: string }[] }>("/api/jobs");
    expect(jobs.map(({ suburb }) => suburb).toSorted()).toEqual(["Fairlight", "Manly"]);
  },
);

testInBrowser("an internal error and a proxy's error say what to do", async ({ service, browser }) => {
  await using watched = await openPage(browser, `${service.url}/new`);
  const { page } = watched;
  await page.getByRole("combobox", { name: "Suburb" }).fill("Manly NSW");
  const address = "**/api/generate-agents-report";
  for (const [response, words] of [
    [
      { status: 500, json: { code: "internal", detail: "Internal error." }, headers: { "X-Request-Id": "r-77" } },
      "tell the operator, who can find the cause in the log under the id r-77.",
    ],
    [{ status: 502, body: "<html>" }, "responded with 502. Try again in a moment."],
    [{ status: 413, body: "<html>" }, "too large for the proxy in front of the service (413). Choose smaller files."],
  ] as const) {
    await page.route(address, (route) => route.fulfill(response));
    await send(page);
    await page.getByText(words).waitFor();
    await page.unroute(address);
  }
});

testInBrowser(
  "the page of a suburb without data, in whatever letters it was requested, names the suburb once and correctly",
  async ({ service, browser }) => {
    await using watched = await openPage(browser, `${service.url}/catalogue/localities/NSW/BONDI`);
    const { page } = watched;
    await page.getByRole("heading", { name: "No data about this suburb yet" }).waitFor();
    await page.getByText("The catalogue has no data for Bondi NSW 2026.").waitFor();
    expect(await page.getByText(/BONDI/).count()).toBe(0);
    await page.goto(`${service.url}/catalogue/localities/NSW/NOWHERE`);
    await page.getByRole("heading", { name: "This suburb cannot be shown" }).waitFor();
    await page.getByText('There is no suburb "NOWHERE" in NSW; correct the name, or send the postcode.').waitFor();
  },
);

testInBrowser(
  "a page whose first response was an error has its contents once the connection is made again",
  async ({ service, browser }) => {
    await using watched = await openPage(browser, `${service.url}/docs`);
    const { page } = watched;
    const contents = {
      settings: page.getByText(/^\d+ settings? set$/),
      usage: page.locator("table.usage, p.empty"),
      audit: page.locator("table.audit, p.empty"),
      health: page.getByRole("heading", { name: "Backup" }),
      delivery: page.locator(".cards li").first(),
      keys: page.getByRole("button", { name: "Create the key" }),
    };
    for (const [path, found] of Object.entries(contents)) {
      await page.route("**/api/**", (route) => route.fulfill({ status: 503, json: { detail: "Down for a moment." } }));
      await page.goto(`${service.url}/${path}`);
      await page.getByText("Down for a moment.").first().waitFor();
      await page.unroute("**/api/**");
      await untilLive(page);
      await found.waitFor();
      await page.getByText("Down for a moment.").waitFor({ state: "hidden" });
    }
  },
);
