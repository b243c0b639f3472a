import { expect } from "bun:test";
import type { Page } from "playwright-core";
import { untilEnded } from "../e2e/binary.ts";
import { until } from "../until.ts";
import { openPage, untilLive } from "./browser.ts";
import { findings } from "./findings.ts";
import { servedInBrowser } from "./served.ts";

const TIMEOUT_MS = 240_000;
const testInBrowser = servedInBrowser(TIMEOUT_MS);

const EXPORT = `Street Address;Suburb;State;Property Type;Sale Date;Sale Price;Agency;Agent;Our ref
12 Pine St;Bondi;NSW;Townhouse;14/06/2026;$2.45m;Gull Realty;Ann Lee;A1
14 Pine St;Bondi;NSW;Apartment;15/06/2026;Contact agent;Gull Realty;Bob Roe;A2
1 Tern St;Nowhereville;NSW;House;16/06/2026;900000;Gull Realty;Ann Lee;A3
2 Tern St;Bondi;NSW;House;16/06/2090;900000;Gull Realty;Ann Lee;A4
`;

const WIDTHS = [320, 375, 1_280];

/** Asserts that what is shown fits the widths and that axe finds nothing, at the one that the page has and the others. */
async function expectSound(page: Page, what: string): Promise<void> {
  const { width = 1_280, height = 800 } = page.viewportSize() ?? {};
  for (const each of WIDTHS) {
    await page.setViewportSize({ width: each, height });
    const fits = async () => (await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0;
    await until(fits, TIMEOUT_MS / 8, `${what} to be no wider than ${each} px`);
    if (each !== 375) expect({ what, each, found: await findings(page) }).toEqual({ what, each, found: [] });
  }
  await page.setViewportSize({ width, height });
}

/** Chooses a file as the browser's dialog does. */
async function choose(page: Page, name: string, content: string): Promise<void> {
  const opened = page.waitForEvent("filechooser");
  // The browser must have been requested its dialog before the key is pressed.
  await page.evaluate(() => document.title);
  await page.keyboard.press("Enter");
  await (await opened).setFiles({ name, mimeType: "text/csv", buffer: Buffer.from(content) });
}

testInBrowser(
  "from a report without data to its import by the keyboard: examined, bad rows left out, imported, tried again, undone",
  async ({ service, browser }) => {
    const failed = await service.submit("Bondi");
    await untilEnded(service.url, failed);
    await using watched = await openPage(browser, `${service.url}/jobs/${failed}`, { width: 375, height: 800 });
    const { page } = watched;
    const add = page.getByRole("link", { name: "Add data for Bondi" });
    await add.waitFor();
    await add.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Add data for Bondi NSW 2026" }).waitFor();
    await expectSound(page, "the page that takes a file");

    await page.getByRole("button", { name: "Choose a file" }).focus();
    await choose(page, "from our CRM.csv", EXPORT);
    await page.getByText("2 new sales, 2 new agents, 1 new agency").waitFor();
    await page.getByText("The sample data is removed; an undo restores it.").waitFor();
    await page.getByText("Sales, as its columns show").waitFor();
    await page.getByText('there is no suburb "Nowhereville"').waitFor();
    await page.getByText("sold_date 2090-06-16 is in the future").waitFor();
    await page.locator(".first-rows").getByText("2450000").waitFor();
    await expectSound(page, "a file that was looked at");
    // A check imports nothing.
    expect((await fetch(`${service.url}/api/catalogue/localities/NSW/Bondi`)).status).toBe(404);

    const importIt = page.getByRole("button", { name: "Import", exact: true });
    expect(await importIt.isDisabled()).toBe(true);
    await page.getByLabel("Leave out the 1 row that cannot be read").focus();
    await page.keyboard.press("Space");
    await importIt.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Imported" }).waitFor();
    const found = await service.request<{ sales: number }>("/api/catalogue/localities/NSW/Bondi");
    expect(found.sales).toBe(2);

    await page.getByRole("button", { name: "Try it again" }).focus();
    await page.keyboard.press("Enter");
    await page.getByText("1 report queued again").waitFor();
    await untilEnded(service.url, failed);
    expect((await service.request<{ status: string }>(`/api/job-status/${failed}`)).status).toBe("completed");

    await page.getByRole("button", { name: "Undo" }).focus();
    await page.keyboard.press("Enter");
    await page
      .getByRole("dialog")
      .getByText(/2 new and [\d,]+ removed sales/)
      .waitFor();
    await page.getByRole("button", { name: "Undo the import" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "The import was undone" }).waitFor();
    expect((await fetch(`${service.url}/api/catalogue/localities/NSW/Bondi`)).status).toBe(404);
    expect(watched.complaints).toEqual([]);
  },
);

testInBrowser(
  "a file with unknown columns is dropped, mapped manually, and the mapping saved for the next one",
  async ({ service, browser }) => {
    await using watched = await openPage(browser, `${service.url}/catalogue`);
    const { page } = watched;
    await page.locator(".localities tbody tr").first().waitFor();
    const table = "Wo,Wann,Was\n1 Pine St,14/06/2026,House\n";
    await page.evaluate((text) => {
      const data = new DataTransfer();
      data.items.add(new File([text], "Liste 1.csv", { type: "text/csv" }));
      dispatchEvent(new DragEvent("drop", { dataTransfer: data, cancelable: true }));
    }, table);
    await page.getByRole("heading", { name: "What does it contain?" }).waitFor();
    await page.getByLabel("Kind of rows").selectOption("sales");
    await page.getByRole("heading", { name: "Choose what its columns are" }).waitFor();
    await page.getByText("No column was recognised as address, suburb, state").waitFor();
    await page.getByRole("combobox", { name: "Suburb" }).fill("bondi nsw");
    await page.getByRole("option", { name: "Bondi NSW 2026", exact: true }).click();
    await page.getByLabel("What Wo is").selectOption("address");
    await page.getByLabel("What Wann is").selectOption("sold_date");
    await page.getByLabel("What Was is").selectOption("category");
    await page.getByText("1 new sale", { exact: true }).waitFor();
    await expectSound(page, "a file that is mapped");
    await page.getByLabel("Save this mapping as").fill("liste");
    await page.getByRole("button", { name: "Save the mapping" }).click();
    await page.getByText("Mapping liste saved").waitFor();
    const { maps } = await service.request<{ maps: { built_in: boolean }[] }>("/api/catalogue-maps");
    expect(maps.filter(({ built_in }) => !built_in)).toMatchObject([
      { name: "liste", map: { columns: { address: ["Wo"], sold_date: ["Wann"], category: ["Was"] } } },
    ]);
    await until(async () => (await page.getByLabel("Saved mapping").inputValue()) === "liste");

    // Checks that were given up are still running: another one waits for them.
    const busy = { type: "about:blank", title: "Busy", status: 503, code: "catalogue_busy", detail: "Other uploads" };
    await page.route("**/api/import?*", (route) => route.fulfill({ status: 503, json: busy }), { times: 2 });
    // The next file like it needs nothing but the mapping's name.
    await page.getByRole("button", { name: "Choose another file" }).focus();
    await choose(page, "sales 2.csv", table.replace("1 Pine St", "3 Pine St"));
    await page.getByRole("heading", { name: "Choose what its columns are" }).waitFor();
    await page.getByLabel("Saved mapping").selectOption("liste");
    await page
      .getByText("suburb and state are required")
      .or(page.getByText("No column was recognised as suburb"))
      .first()
      .waitFor();
    await page.getByRole("combobox", { name: "Suburb" }).fill("bondi nsw");
    await page.getByRole("option", { name: "Bondi NSW 2026", exact: true }).click();
    await page.getByText("1 new sale", { exact: true }).waitFor();
    // The browser logs each refused upload as an error; nothing else does.
    expect(watched.complaints.filter((each) => !/422|503/.test(each))).toEqual([]);
  },
);

testInBrowser(
  "localities are found, one is looked into and removed after its rows were counted, and brought back from the list of imports",
  async ({ service, browser }) => {
    await using watched = await openPage(browser, `${service.url}/`);
    const { page } = watched;
    await untilLive(page);
    await page.getByRole("heading", { name: "Reports are made from the sample" }).waitFor();
    await page.getByRole("link", { name: "Go to the catalogue" }).click();
    await page.getByRole("heading", { name: "This is the sample" }).waitFor();
    await page.locator(".localities tbody tr").nth(5).waitFor();
    await expectSound(page, "the catalogue");
    await page.getByLabel("Find a suburb").fill("manly v");
    await page.getByText("1 suburb found").waitFor();
    await page.waitForURL("**/catalogue?q=manly+v");
    await page.getByRole("link", { name: "Manly Vale" }).click();
    await page.getByRole("heading", { name: "Manly Vale NSW 2093" }).waitFor();
    await page.getByRole("heading", { name: "Agencies" }).waitFor();
    const sales = page.getByRole("region", { name: "Sales" });
    await sales.getByRole("button", { name: "Show more sales" }).click();
    await until(async () => (await sales.locator("tbody tr").count()) === 20, TIMEOUT_MS / 8, "a second page of sales");
    await expectSound(page, "a locality");
    // A report of it is one click away.
    expect(await page.getByRole("link", { name: "New report" }).last().getAttribute("href")).toContain(
      "suburb=Manly+Vale",
    );

    await page.getByRole("button", { name: "Remove…" }).click();
    const dialog = page.getByRole("dialog", { name: "Remove Manly Vale NSW 2093 from the catalogue?" });
    await dialog.waitFor();
    expect(await dialog.getByText(/^[\d,]+ rows would be removed/).count()).toBe(1);
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    expect((await fetch(`${service.url}/api/catalogue/localities/NSW/Manly%20Vale`)).status).toBe(200);
    await page.getByRole("button", { name: "Remove…" }).click();
    await dialog.getByRole("button", { name: /^Remove [\d,]+ rows$/ }).click();
    await page.waitForURL("**/catalogue");
    await page.getByText(/rows removed; undo import \d+ to bring them back/).waitFor();
    await page.getByText("Removed manually").waitFor();
    expect((await fetch(`${service.url}/api/catalogue/localities/NSW/Manly%20Vale`)).status).toBe(404);
    await page
      .getByRole("button", { name: /^Undo import/ })
      .first()
      .click();
    await page.getByRole("button", { name: "Undo the import" }).click();
    await page.getByText(/^Import \d+ undone/).waitFor();
    await page.getByRole("link", { name: "Manly Vale" }).waitFor();
    watched.expectClean();
  },
);

testInBrowser(
  "an emptied catalogue says what to do first, and a client that may only look cannot import",
  async ({ service, browser }) => {
    const [boss, reader] = [await service.createKey("boss", "admin"), await service.createKey("reader", "read")];
    const signIn = async (page: Page, secret: string) => {
      await page.getByLabel("Key", { exact: true }).fill(secret);
      await page.getByRole("button", { name: "Sign in" }).click();
    };

    await using looking = await openPage(browser, `${service.url}/catalogue/localities/NSW/Manly%20Vale?postcode=2093`);
    await signIn(looking.page, reader);
    // Back to the suburb that was requested, whose name has a blank.
    await looking.page.getByRole("heading", { name: "Manly Vale NSW 2093" }).waitFor();
    await looking.page.getByRole("heading", { name: "Agencies" }).waitFor();
    expect(await looking.page.getByRole("button", { name: "Remove…" }).count()).toBe(0);
    await looking.page.goto(`${service.url}/catalogue`);
    await looking.page
      .getByText("another client")
      .or(looking.page.getByText("Nothing has been imported yet"))
      .first()
      .waitFor();
    expect(await looking.page.getByRole("button", { name: /Import|Undo|Remove/ }).count()).toBe(0);
    await looking.page.goto(`${service.url}/catalogue/import`);
    await looking.page.getByText("Your key can only read the catalogue").waitFor();

    await using working = await openPage(browser, `${service.url}/catalogue`);
    const { page } = working;
    await signIn(page, boss);
    await page.getByRole("button", { name: "Remove everything…" }).click();
    const dialog = page.getByRole("dialog", { name: "Remove everything from the catalogue?" });
    await dialog.getByText("this cannot be undone").waitFor();
    await dialog.getByRole("button", { name: /^Remove [\d,]+ rows permanently$/ }).click();
    await page.getByRole("heading", { name: "No data yet" }).waitFor();
    await expectSound(page, "an empty catalogue");
    await page.goto(`${service.url}/`);
    await page.getByRole("heading", { name: "Add your data first" }).waitFor();
    await page.getByText("Reports are delivered to").waitFor();
    await page.getByRole("link", { name: "request the first report" }).waitFor();
    await page.getByText("there is no data for reports yet").waitFor();
    await expectSound(page, "the overview of an empty service");
    await page.getByRole("link", { name: "Import a file" }).click();
    await page.getByText("Drop a file here").waitFor();
  },
);
