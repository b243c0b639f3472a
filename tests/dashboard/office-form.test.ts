import { expect } from "bun:test";
import type { Page } from "playwright-core";
import { until } from "../until.ts";
import { openPage, untilLive } from "./browser.ts";
import { expectFit } from "./findings.ts";
import { servedInBrowser } from "./served.ts";

const TIMEOUT_MS = 240_000;
const testInBrowser = servedInBrowser(TIMEOUT_MS);
/** A picture of one pixel. */
const DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

const suburbOf = (page: Page) => page.getByRole("combobox", { name: "Suburb" });
const linesOf = (page: Page) => page.getByLabel("Also for these suburbs");
const send = (page: Page) => page.getByRole("button", { name: "Request the report" }).press("Enter");

testInBrowser(
  "an office names its suburbs, requests all of them by that name, and changes or removes it, by keyboard",
  async ({ service, browser }) => {
    await using watched = await openPage(browser, `${service.url}/new`);
    const { page } = watched;
    await suburbOf(page).fill("Manly NSW");
    await linesOf(page).fill("Fairlight NSW\nBondi");
    await page.getByRole("button", { name: "Save as territory" }).press("Enter");
    await page.keyboard.press("Enter");
    await page.getByText("Give the territory a name").waitFor();
    await page.keyboard.type("Our territory");
    await page.keyboard.press("Enter");
    // The line that is no suburb is named, and nothing is lost.
    await page.getByText('"Bondi": the state is required').waitFor();
    await expectFit(page, "the name of a territory");
    await linesOf(page).fill("Fairlight NSW\nBondi NSW");
    await page.getByRole("textbox", { name: "Name of the territory" }).press("Enter");
    await page.getByText("Territory “Our territory” saved: 3 suburbs").waitFor();
    expect(watched.complaints.filter((each) => !each.includes("422"))).toEqual([]);

    // Another time the list alone is enough.
    await page.evaluate(() => sessionStorage.clear());
    await page.goto(`${service.url}/new`);
    await page.getByLabel("Territory", { exact: true }).selectOption("Our territory");
    expect(await linesOf(page).inputValue()).toBe("Manly NSW 2095\nFairlight NSW 2094\nBondi NSW 2026");
    await expectFit(page, "a territory in the form");
    const before = (await service.request<{ jobs: unknown[] }>("/api/jobs")).jobs.length;
    await send(page);
    await page.getByText("3 reports requested").waitFor();
    expect((await service.request<{ jobs: unknown[] }>("/api/jobs")).jobs.length).toBe(before + 3);

    await page.goto(`${service.url}/new`);
    await page.getByLabel("Territory", { exact: true }).selectOption("Our territory");
    await page.getByRole("button", { name: "Remove territory" }).press("Enter");
    await page.getByText("Territory “Our territory” removed").waitFor();
    expect(await service.request<object>("/api/territories")).toEqual({ territories: [] });
  },
);

testInBrowser(
  "what is wrong in a folded part of the form is unfolded and has the focus; a chosen logo comes before the catalogue's",
  async ({ service, browser }) => {
    await using watched = await openPage(browser, `${service.url}/new`);
    const { page } = watched;
    await suburbOf(page).fill("Manly NSW");
    await page.getByLabel("Prepared for").fill("Norfolk & Pine Property");
    await page.getByRole("button", { name: "Use its brand" }).press("Enter");
    await page.getByText("The brand of Norfolk & Pine Property is filled in").waitFor();
    await page.getByLabel("Colour").fill("blueish");
    const fold = page.getByText("Brand, folder and data");
    await fold.click();
    await page.getByLabel("Colour").waitFor({ state: "hidden" });
    await send(page);
    await page.getByText('must be a colour such as #1f4e79, not "blueish"').waitFor();
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute("name") ?? "");
    await until(async () => (await focused()) === "branding_colour");
    await page.getByLabel("Colour").fill("#123456");

    for (const [file, words] of [
      [{ name: "big.png", mimeType: "image/png", buffer: Buffer.alloc(5_000_000) }, "big.png is 5.0 MB"],
      [{ name: "logo.png", mimeType: "image/png", buffer: Buffer.from("no picture at all") }, "is text, not a picture"],
    ] as const) {
      await page.getByLabel("Logo").setInputFiles(file);
      await send(page);
      await page.getByRole("alert").filter({ hasText: words }).first().waitFor();
    }
    await page
      .getByLabel("Logo")
      .setInputFiles({ name: "l.png", mimeType: "image/png", buffer: Buffer.from(DOT, "base64") });
    await page
      .getByLabel("Own data")
      .setInputFiles({ name: "d.csv", mimeType: "text/csv", buffer: Buffer.from("a;b") });
    await send(page);
    await page.getByText("d.csv is not JSON").waitFor();
    await page.getByLabel("Own data").setInputFiles([]);
    await page.getByLabel("Notes for your own use").fill("no colon here");
    await send(page);
    await page.getByText("“no colon here” is not a note").waitFor();
    await page.getByLabel("Notes for your own use").fill('deal: 0815\ntags: ["a", "b"]');
    await page.getByText("A property to compare with").click();
    await page.getByLabel("Address").fill("12 Ocean Road");
    await page.getByLabel("Expected price, $").fill("2500000");
    await page.getByLabel("Archive standard").selectOption("PDF/A-2b");
    await expectFit(page, "the form with all its parts open");
    // However often the key is pressed it is one report.
    await page.getByRole("button", { name: "Request the report" }).dblclick();
    await page.waitForURL("**/jobs/*");
    const requested = () =>
      service.request<{ request: Record<string, unknown> & { branding: { logo: string } } }>(
        `/api${new URL(page.url()).pathname}`,
      );
    const { request } = await requested();
    expect(request).toMatchObject({
      metadata: { deal: "0815", tags: ["a", "b"] },
      subject: { address: "12 Ocean Road", price: 2_500_000 },
      pdf_standard: "PDF/A-2b",
    });
    expect(request.branding.logo).toContain(DOT.slice(0, 40));
    const jobs = await service.request<{ jobs: { job_id: string }[] }>("/api/jobs?q=Manly");
    expect(jobs.jobs.filter(({ job_id }) => page.url().endsWith(job_id))).toHaveLength(1);

    // And another like it has all of that again.
    await page.getByRole("link", { name: "Another like this" }).press("Enter");
    await until(async () => (await page.getByLabel("Address").inputValue()) === "12 Ocean Road");
    expect(await page.getByLabel("Notes for your own use").inputValue()).toBe('deal: 0815\ntags: ["a","b"]');
    expect(await page.getByLabel("Archive standard").inputValue()).toBe("PDF/A-2b");
    // Back from there is the job, and not a form that was sent.
    await page.goBack();
    await page.waitForURL("**/jobs/*");
  },
);

testInBrowser(
  "what was typed is still there after the session ended, the page was loaded again or the service restarted",
  async ({ service, browser }) => {
    const boss = await service.request<{ secret: string }>("/api/keys", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ name: "boss", scope: "admin" }),
    });
    const asBoss = { Authorization: `Bearer ${boss.secret}`, "Content-Type": "application/json" };
    const makeKey = (name: string) =>
      service.request<{ key: { id: string }; secret: string }>("/api/keys", {
        ...{ method: "POST", headers: asBoss, body: JSON.stringify({ name, scope: "submit" }) },
      });
    const office = await makeKey("office");
    await using watched = await openPage(browser, `${service.url}/new`);
    const { page } = watched;
    const signIn = async (secret: string) => {
      await page.getByLabel("Key", { exact: true }).fill(secret);
      await page.getByRole("button", { name: "Sign in" }).press("Enter");
      await suburbOf(page).waitFor();
    };
    await signIn(office.secret);
    await untilLive(page);
    await suburbOf(page).fill("Manly NSW");
    await linesOf(page).fill("Fairlight NSW");
    await page.getByText("Brand, folder and data").click();
    await page.getByLabel("Contact").fill("Ada Birke, 0400 000 000");

    // The key is revoked while the form is filled in.
    await service.request(`/api/keys/${office.key.id}`, { method: "DELETE", headers: asBoss });
    await send(page);
    await page.getByText("Your session has ended.").waitFor();
    const { secret } = await makeKey("office");
    await page.getByRole("link", { name: "Sign in again" }).press("Enter");
    await signIn(secret);
    await page.getByText("The form is as you left it").waitFor();
    expect(await suburbOf(page).inputValue()).toBe("Manly NSW");
    expect(await linesOf(page).inputValue()).toBe("Fairlight NSW");
    expect(await page.getByLabel("Contact").inputValue()).toBe("Ada Birke, 0400 000 000");

    // The service is away when it is sent, and back when it is sent again.
    await service.stop();
    await send(page);
    await page.getByText("The service does not respond.").first().waitFor();
    await service.start();
    await send(page);
    await page.getByText("2 reports requested").waitFor();
    await page.goto(`${service.url}/new`);
    expect(await suburbOf(page).inputValue()).toBe("");

    // Another person in the same tab sees nothing of it.
    await linesOf(page).fill("Mosman NSW");
    await page.getByRole("button", { name: "Sign out" }).press("Enter");
    await page.goto(`${service.url}/new`);
    await signIn((await makeKey("other")).secret);
    expect(await linesOf(page).inputValue()).toBe("");
  },
);
