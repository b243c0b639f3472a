import { expect } from "bun:test";
import type { Page } from "playwright-core";
import { run, untilEnded } from "../e2e/binary.ts";
import { until } from "../until.ts";
import { openPage, untilLive } from "./browser.ts";
import { expectNoWider, findings } from "./findings.ts";
import { servedInBrowser } from "./served.ts";

const TIMEOUT_MS = 240_000;
const testInBrowser = servedInBrowser(TIMEOUT_MS);
const MANY = 3_000;

testInBrowser("where nothing is yet, the list says what to do first", async ({ service, browser }) => {
  await using watched = await openPage(browser, `${service.url}/jobs`);
  const { page } = watched;
  await page.getByRole("heading", { name: "No job yet" }).waitFor();
  const command = await page.locator(".command code").textContent();
  // It is the whole of what one has to type.
  const { stdout, exitCode } = await Bun.$`sh -c ${command}`.quiet();
  expect(exitCode).toBe(0);
  const { job_id } = JSON.parse(stdout.toString()) as { job_id: string };
  await page.locator(`tbody a[href$="${job_id}"]`).waitFor();
  watched.expectClean();
});

testInBrowser(
  "axe finds nothing serious on any page, in either theme; nothing is wider than a phone or lost on a wide screen",
  async ({ service, browser }) => {
    const done = await service.submit();
    const failed = await service.submit("Bondi");
    for (const id of [done, failed]) await untilEnded(service.url, id);
    const pages = [
      "/",
      "/?window=day",
      "/jobs",
      "/jobs?status=failed&q=nowhere",
      `/jobs/${done}`,
      `/jobs/${failed}`,
      "/new",
    ];
    for (const theme of ["light", "dark"] as const) {
      await using watched = await openPage(browser, `${service.url}/`, { theme });
      const { page } = watched;
      for (const path of [...pages, "/sign-in"]) {
        await page.setViewportSize({ width: 1_280, height: 800 });
        await page.goto(service.url + path);
        await settled(page, path);
        const found = await findings(page, theme === "dark" ? "colours" : "all");
        expect({ path, theme, found }).toEqual({ path, theme, found: [] });
        if (theme === "light") for (const width of [320, 375, 1_920]) await expectNoWider(page, path, width);
      }
      watched.expectClean();
    }
  },
);

testInBrowser(
  "axe finds nothing serious in the dialogs, which give the focus back when they close",
  async ({ service, browser }) => {
    await using watched = await openPage(browser, `${service.url}/`);
    const { page } = watched;
    const pause = page.getByRole("button", { name: "Pause the queue" });
    await pause.focus();
    for (const [key, title] of [
      ["Enter", "Pause the queue?"],
      ["?", "Keyboard shortcuts"],
    ] as const) {
      await page.keyboard.press(key);
      await page.getByRole("dialog", { name: title }).waitFor();
      expect({ title, found: await findings(page) }).toEqual({ title, found: [] });
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
      const isBack = () => pause.evaluate((button) => button === document.activeElement);
      await until(isBack, TIMEOUT_MS / 8, `the focus to come back from ${title}`);
    }
    watched.expectClean();
  },
);

testInBrowser(
  "what a key opens has the focus before the next key, however late the next frame is",
  async ({ service, browser }) => {
    await using watched = await openPage(browser, `${service.url}/`);
    const { page } = watched;
    /** Whether the focus is in what the button opens, before anything else can happen in the page. */
    const opens = (name: string, opened: string) =>
      page.getByRole("button", { name }).evaluate(async (button, selector) => {
        (button as HTMLButtonElement).click();
        await Promise.resolve();
        return document.activeElement?.closest(selector) !== null;
      }, opened);
    expect(await opens("Pause the queue", "dialog")).toBe(true);
    await page.keyboard.press("Escape");
    await page.goto(`${service.url}/new`);
    await page.getByRole("combobox", { name: "Suburb" }).fill("Manly NSW");
    expect(await opens("Save as territory", ".naming input")).toBe(true);
    await page.getByRole("link", { name: "Jobs", exact: true }).click();
    await page.getByRole("searchbox").waitFor();
    const opensPage = (name: string) =>
      page.getByRole("link", { name, exact: true }).evaluate(async (link) => {
        (link as HTMLAnchorElement).click();
        await Promise.resolve();
        return document.activeElement?.id;
      });
    expect(await opensPage("New report")).toBe("main");
    const searches = await page.evaluate(async () => {
      document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "/", bubbles: true }));
      await Promise.resolve();
      return document.activeElement?.getAttribute("type");
    });
    expect(searches).toBe("search");
  },
);

testInBrowser(
  "a chosen theme holds against the system's, from the first paint of the next page on",
  async ({ service, browser }) => {
    await using watched = await openPage(browser, `${service.url}/`, { theme: "light" });
    const { page } = watched;
    const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const light = await paper();
    await page.getByRole("radio", { name: "Dark" }).check({ force: true });
    const dark = await paper();
    expect(dark).not.toBe(light);
    await page.goto(`${service.url}/new`, { waitUntil: "commit" });
    await page.waitForLoadState("domcontentloaded");
    expect(await paper()).toBe(dark);
    watched.expectClean();
  },
);

testInBrowser(
  "of three thousand jobs those in view are drawn, and one can go to the last",
  async ({ service, browser }) => {
    await service.request("/api/queue/pause", { method: "POST" });
    const reports = Array.from({ length: 1_000 }, () => ({ suburb: "Manly", state: "NSW" }));
    let first = "";
    for (let sent = 0; sent < MANY; sent += reports.length) {
      const { jobs } = await service.request<{ jobs: { job_id: string }[] }>("/api/generate-agents-reports", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ reports }),
      });
      if (first === "") first = jobs[0]?.job_id ?? "";
    }
    await using watched = await openPage(browser, `${service.url}/jobs?status=queued`);
    const { page } = watched;
    await page.locator("tbody a.row").first().waitFor();
    const rows = page.getByRole("region", { name: "Queued jobs" });
    await rows.focus();
    let most = 0;
    const last = page.locator(`tbody a[href$="${first}"]`);
    const isLastThere = async () => {
      if ((await last.count()) > 0) return true;
      await page.keyboard.press("End");
      most = Math.max(most, await page.locator("tbody tr").count());
      return false;
    };
    await until(isLastThere, TIMEOUT_MS / 2, "the last of the rows");
    await page.getByText("3,000 jobs", { exact: true }).waitFor();
    expect(most).toBeLessThan(80);
    expect(await page.locator("tbody tr").count()).toBeLessThan(80);
    expect(await page.getByRole("table").getAttribute("aria-rowcount")).toBe(String(MANY + 1));
    // A row that is drawn takes part: the last one opens.
    await last.press("Enter");
    await page.waitForURL(`**/jobs/${first}`);
    watched.expectClean();
  },
);

testInBrowser(
  "one signs in with a key and sees what that key may: all, its own, or nothing to change",
  async ({ service, browser }) => {
    const id = await service.submit();
    const admin = await service.createKey("boss", "admin");
    const submit = await service.createKey("make", "submit");
    const read = await service.createKey("viewer", "read");
    const signIn = async (page: Page, secret: string) => {
      await page.getByLabel("Key", { exact: true }).fill(secret);
      await page.getByRole("button", { name: "Sign in" }).click();
    };

    await using boss = await openPage(browser, `${service.url}/jobs/${id}`);
    await signIn(boss.page, "al_wrong");
    await boss.page.getByRole("alert").getByText("does not exist").waitFor();
    await signIn(boss.page, admin);
    // To the page that was requested.
    await boss.page.getByRole("heading", { name: "Manly NSW 2095" }).waitFor();
    expect(new URL(boss.page.url()).pathname).toBe(`/jobs/${id}`);
    // A restart signs no one out.
    await service.stop();
    await service.start();
    await boss.page.reload();
    await boss.page.getByRole("heading", { name: "Manly NSW 2095" }).waitFor();

    await using maker = await openPage(browser, `${service.url}/`);
    await signIn(maker.page, submit);
    await untilLive(maker.page);
    expect(await maker.page.getByRole("heading", { name: "Health" }).count()).toBe(0);
    expect(await maker.page.getByRole("button", { name: "Pause the queue" }).count()).toBe(0);
    await maker.page.goto(`${service.url}/jobs`);
    await maker.page.getByRole("heading", { name: "No job yet" }).waitFor();
    await maker.page.goto(`${service.url}/jobs/${id}`);
    await maker.page.getByRole("heading", { name: "No such job" }).waitFor();

    await using viewer = await openPage(browser, `${service.url}/`);
    await signIn(viewer.page, read);
    await untilLive(viewer.page);
    expect(await viewer.page.getByRole("link", { name: "New report" }).count()).toBe(0);
    await viewer.page.goto(`${service.url}/new`);
    await viewer.page.getByText("Your key can only read").waitFor();

    await viewer.page.getByRole("button", { name: "Sign out" }).click();
    await viewer.page.getByLabel("Key", { exact: true }).waitFor();
    await viewer.page.goto(`${service.url}/jobs`);
    await viewer.page.waitForURL("**/sign-in?next=jobs");

    // A key that is revoked while its page is open.
    await run(["keys", "revoke", "make", "--data-dir", service.dataDir]);
    await maker.page.getByText("Your session has ended.").waitFor();
    await maker.page.getByRole("link", { name: "Sign in again" }).click();
    await maker.page.waitForURL("**/sign-in?next=jobs*");
  },
);

/** Waits until there is what the page is for. */
async function settled(page: Page, path: string): Promise<void> {
  if (path === "/sign-in") return;
  await untilLive(page);
  if (path.startsWith("/?") || path === "/") await page.locator(".plot canvas").first().waitFor();
  else if (path.startsWith("/jobs?")) await page.getByRole("heading", { name: "No job matches" }).waitFor();
  else if (path.startsWith("/jobs/")) await page.getByRole("heading", { name: "Timeline" }).waitFor();
  else if (path === "/jobs") await page.locator("tbody a.row").first().waitFor();
}
