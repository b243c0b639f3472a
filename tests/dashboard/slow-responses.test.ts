import { expect } from "bun:test";
import type { Page, Route } from "playwright-core";
import { until, within } from "../until.ts";
import { openPage, untilLive } from "./browser.ts";
import { servedInBrowser } from "./served.ts";

/*
 * Responses that come late, or overtake each other: a click before one must not do anything but what it shows, and an
 * older state must not stay on the screen in place of a newer one.
 */

const TIMEOUT_MS = 120_000;
const testInBrowser = servedInBrowser(TIMEOUT_MS);

interface Held {
  /** Returns once the service has responded to such a request. */
  there(): Promise<void>;
  /** Lets the page have what is withheld, and returns after two frames. */
  release(): Promise<void>;
}

/** Withholds the first responses to such requests, as a slow line does; all others pass. */
async function hold(page: Page, isHeld: (url: URL) => boolean, first = 1): Promise<Held> {
  const there = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const passed = Promise.withResolvers<void>();
  let left = first;
  await page.route("**/api/**", async (route: Route) => {
    if (left === 0 || !isHeld(new URL(route.request().url()))) return route.fallback();
    left -= 1;
    const response = await route.fetch();
    there.resolve();
    await released.promise;
    await route.fulfill({ response });
    passed.resolve();
  });
  return {
    there: () => within(there.promise, "the request whose response is withheld"),
    async release() {
      released.resolve();
      await passed.promise;
      await drawn(page);
    },
  };
}

/** Waits for two frames. What is to be seen then is waited for: a slow page takes longer. */
async function drawn(page: Page): Promise<void> {
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
}

testInBrowser(
  "a job's page and the list show the newer state, however late the response with an older one comes",
  async ({ service, browser }) => {
    await service.request("/api/queue/pause", { method: "POST" });
    const id = await service.submit();
    await using watched = await openPage(browser, `${service.url}/docs`);
    const { page } = watched;
    const detail = await hold(page, ({ pathname }) => pathname === `/api/jobs/${id}`);
    await page.goto(`${service.url}/jobs/${id}`);
    await detail.there();
    await untilLive(page);
    await using other = await openPage(browser, `${service.url}/docs`);
    const list = await hold(other.page, ({ pathname }) => pathname === "/api/jobs");
    await other.page.goto(`${service.url}/jobs`);
    await list.there();
    await untilLive(other.page);
    await service.request("/api/queue/resume", { method: "POST" });
    const status = page.locator(".heading").getByText("Completed");
    const row = other.page.locator("tbody tr").filter({ has: other.page.locator(`a[href$="${id}"]`) });
    await status.waitFor();
    await row.getByText("Completed").waitFor();
    await Promise.all([detail.release(), list.release()]);
    expect(await status.count()).toBe(1);
    expect(await row.textContent()).toContain("Completed");
    watched.expectClean();
  },
);

testInBrowser(
  "Enter chooses no suburb that was found for fewer letters, and does not send the form",
  async ({ service, browser }) => {
    await using watched = await openPage(browser, `${service.url}/new`);
    const { page } = watched;
    const suburb = page.getByRole("combobox", { name: "Suburb" });
    const held = await hold(page, ({ searchParams }) => searchParams.get("q") === "Bondi Junction");
    await suburb.pressSequentially("Bondi");
    await page.getByRole("option", { name: "Bondi NSW 2026", exact: true }).waitFor();
    await suburb.pressSequentially(" Junction");
    await suburb.press("Enter");
    expect(await suburb.inputValue()).toBe("Bondi Junction");
    await held.there();
    await suburb.press("Enter");
    await suburb.press("Tab");
    expect(await suburb.inputValue()).toBe("Bondi Junction");
    expect(new URL(page.url()).pathname).toBe("/new");
    await suburb.focus();
    await held.release();
    const found = page.getByRole("option", { name: "Bondi Junction NSW 2022", includeHidden: true });
    await found.waitFor({ state: "attached" });
    await suburb.press("ArrowDown");
    await suburb.press("Enter");
    expect(await suburb.inputValue()).toBe("Bondi Junction NSW 2022");
    watched.expectClean();
  },
);

testInBrowser(
  "the form of another job like one cannot be sent before it is filled in",
  async ({ service, browser }) => {
    const id = await service.submit("Manly", { branding: { name: "Gull Realty" } });
    await using watched = await openPage(browser, `${service.url}/docs`);
    const { page } = watched;
    const held = await hold(page, ({ pathname }) => pathname === `/api/jobs/${id}`);
    await page.goto(`${service.url}/new?like=${id}`);
    await held.there();
    await page.getByRole("heading", { name: "Another like this" }).waitFor();
    const send = page.getByRole("button", { name: "Request the report" });
    await send.scrollIntoViewIfNeeded();
    const { x, y, width, height } = (await send.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    expect(width).toBeGreaterThan(0);
    await page.mouse.click(x + width / 2, y + height / 2);
    await held.release();
    await page.locator("form.form:not([inert])").waitFor();
    expect(new URL(page.url()).pathname).toBe("/new");
    expect(await page.locator("#suburb-error").count()).toBe(0);
    expect(await page.getByLabel("Name on the report").inputValue()).toBe("Gull Realty");
    watched.expectClean();
  },
);

testInBrowser(
  "a file that is chosen while another is imported is not shown as imported",
  async ({ service, browser }) => {
    await using watched = await openPage(browser, `${service.url}/catalogue/import`);
    const { page } = watched;
    const choose = async (name: string, street: string) => {
      const row = `${street},Manly,NSW,House,3,1/3/2026,"$2,000,000",Gull Realty,Ann Lee`;
      const text = `Address,Suburb,State,Property Type,Bedrooms,Sale Date,Sale Price,Agency,Agent\n${row}`;
      await page.locator("input[type=file]").setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
      await page.locator(".count").getByText(name).waitFor();
    };
    const held = await hold(
      page,
      ({ pathname, searchParams }) => pathname === "/api/import" && searchParams.get("dry_run") === null,
    );
    await choose("first sales.csv", "1 Pine Street");
    const button = page.getByRole("button", { name: "Import", exact: true });
    await button.click();
    await held.there();
    await choose("second sales.csv", "2 Pine Street");
    await held.release();
    await page.getByText("first sales.csv is imported: ").waitFor();
    expect(await page.getByRole("heading", { name: "Imported" }).count()).toBe(0);
    await button.click();
    await page.getByText("second sales.csv: ").waitFor();
    watched.expectClean();
  },
);

testInBrowser("what is typed, and chosen, while the list is searched stays", async ({ service, browser }) => {
  await using watched = await openPage(browser, `${service.url}/jobs`);
  const { page } = watched;
  const search = page.getByRole("searchbox");
  await search.evaluate((field: HTMLInputElement) => {
    const type = (text: string) => {
      field.value = text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    };
    const { pushState } = history;
    // The next letter comes after the page is drawn, and before anything else.
    history.pushState = (...entry) => {
      history.pushState = pushState;
      history.pushState(...entry);
      void Promise.resolve()
        .then(() => {})
        .then(() => type("balg"));
    };
    type("bal");
  });
  await page.waitForURL("**/jobs?q=balg");
  await search.evaluate((field: HTMLInputElement) => {
    field.value = "balgow";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    document.querySelector<HTMLInputElement>(".chip.failed input")?.click();
  });
  await page.waitForURL("**/jobs?q=balgow&status=failed");
  watched.expectClean();
});

testInBrowser("more rows are shown once, and not in a list that is narrowed by then", async ({ service, browser }) => {
  await using watched = await openPage(browser, `${service.url}/docs`);
  const { page } = watched;
  let asked = 0;
  let gate = Promise.withResolvers<void>();
  // Each list has two pages, of which the second comes late.
  await page.route("**/api/audit*", async (route) => {
    const { searchParams } = new URL(route.request().url());
    const isMore = searchParams.has("cursor");
    const actor = isMore ? "earlier" : (searchParams.get("actor") ?? "first");
    const entry = { id: isMore ? 1 : 2, at: "2026-03-01T00:00:00Z", actor, key_id: null, action: "key_created" };
    if (isMore) {
      asked += 1;
      await gate.promise;
    }
    const json = { entries: [{ ...entry, subject: null, detail: null }], next_cursor: isMore ? null : "1" };
    // A request that the page has given up takes no response.
    await route.fulfill({ json }).catch(() => {});
  });
  await page.goto(`${service.url}/audit`);
  const row = (actor: string) => page.getByRole("rowheader", { name: actor, exact: true });
  const button = page.getByRole("button", { name: "Show earlier ones" });
  await row("first").waitFor();
  await button.dblclick();
  await until(() => asked === 2);
  gate.resolve();
  await row("earlier").waitFor();
  await button.waitFor({ state: "detached" });
  await drawn(page);
  expect(await page.getByRole("rowheader").allTextContents()).toEqual(["first", "earlier"]);

  gate = Promise.withResolvers<void>();
  const who = page.getByRole("searchbox", { name: "Who" });
  await who.fill("second");
  await who.press("Enter");
  await row("second").waitFor();
  await button.click();
  await until(() => asked === 3);
  await who.fill("third");
  await who.press("Enter");
  await row("third").waitFor();
  gate.resolve();
  await drawn(page);
  expect(await page.getByRole("rowheader").allTextContents()).toEqual(["third"]);
  watched.expectClean();
});

testInBrowser(
  "the form of the first key offers nothing before it is known whether there are keys, and then an admin's alone",
  async ({ service, browser }) => {
    await using watched = await openPage(browser, `${service.url}/docs`);
    const { page } = watched;
    const held = await hold(page, ({ pathname }) => pathname === "/api/keys", Number.POSITIVE_INFINITY);
    await page.goto(`${service.url}/keys`);
    await held.there();
    await page.getByRole("heading", { name: "Keys" }).waitFor();
    const button = page.getByRole("button", { name: "Create the key" });
    expect(await button.count()).toBe(0);
    await held.release();
    await page.getByLabel("Client").fill("office");
    await button.click();
    await page.getByRole("dialog").locator("code").waitFor();
  },
);
