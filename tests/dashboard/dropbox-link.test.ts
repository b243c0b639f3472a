import { expect } from "bun:test";
import { join, resolve } from "node:path";
import type { Page } from "playwright-core";
import { run, startBinary, temporaryFolder } from "../e2e/binary.ts";
import { inlineJob } from "../e2e/jobs.ts";
import { APP, FakeDropbox } from "../fakes/dropbox.ts";
import { withPrograms } from "../programs.ts";
import { until } from "../until.ts";
import { openBrowser } from "./browser.ts";
import { findings } from "./findings.ts";
import { FRONT_PROGRAMS, proxyTo, startTlsFront } from "./tls-front.ts";

const TIMEOUT_MS = 180_000;
const STEP_MS = 60_000;
const PUBLIC = "https://reports.example.com";
const testInBrowser = withPrograms("chromium", ...FRONT_PROGRAMS);

async function expectFit(page: Page, what: string): Promise<void> {
  for (const width of [320, 1_280]) {
    await page.setViewportSize({ width, height: 900 });
    expect({ what, width, found: await findings(page) }).toEqual({ what, width, found: [] });
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect({ what, width, over }).toEqual({ what, width, over: 0 });
    const folder = process.env.LINK_PICTURES;
    if (folder) await page.screenshot({ path: join(folder, `${what}-${width}.png`), fullPage: true });
  }
}

testInBrowser(
  "an admin links Dropbox on the Delivery page, by its code and by coming back from it; reports go there at once",
  async () => {
    const dropbox = await new FakeDropbox().start();
    dropbox.consents.redirectUris = [`${PUBLIC}/delivery`];
    const dataDir = join(temporaryFolder(), "data");
    const key = (
      await run(["keys", "create", "--name", "anna", "--scope", "admin", "--data-dir", dataDir])
    ).stdout.trim();
    const service = await startBinary({
      dataDir,
      command: [process.execPath, resolve(import.meta.dir, "../e2e/dropbox-service.ts"), dropbox.url],
      env: { AGENTLINK_PUBLIC_URL: PUBLIC },
    });
    const allows = { is: false };
    const front = startTlsFront({
      [new URL(PUBLIC).host]: proxyTo(service.url),
      "www.dropbox.com": async ({ url }) => {
        const next = dropbox.consents.open(url, allows.is);
        return "sentTo" in next ? Response.redirect(next.sentTo, 302) : new Response("", { status: 400 });
      },
    });
    const browser = await openBrowser(front.browserArguments);
    try {
      const context = await browser.newContext({ locale: "en-AU", ignoreHTTPSErrors: true });
      context.setDefaultTimeout(STEP_MS);
      const page = await context.newPage();
      await page.goto(`${PUBLIC}/delivery`);
      await page.getByLabel("Key", { exact: true }).fill(key);
      await page.getByLabel("Key", { exact: true }).press("Enter");
      await page.getByText("No account is linked.").waitFor();
      await expectFit(page, "unlinked");

      // With the code that Dropbox shows; by the keyboard.
      await page.getByLabel("App key").fill("not a key");
      await page.getByRole("button", { name: "Use a code instead" }).press("Enter");
      await page.getByText("must be the app key that the App Console shows under Settings").waitFor();
      await page.getByLabel("App key").fill(APP.key);
      await page.getByRole("button", { name: "Use a code instead" }).press("Enter");
      const address = await page.getByRole("link", { name: "Open Dropbox" }).getAttribute("href");
      await page.getByLabel("Code", { exact: true }).fill("wrong");
      await page.getByLabel("Code", { exact: true }).press("Enter");
      await page.getByText("Dropbox did not accept the code").waitFor();
      await expectFit(page, "wrong-code");
      expect(address).toStartWith("https://www.dropbox.com/oauth2/authorize?");
      await page.getByRole("button", { name: "Use a code instead" }).press("Enter");
      const again = (await page.getByRole("link", { name: "Open Dropbox" }).getAttribute("href")) ?? "";
      const shown = dropbox.consents.open(again);
      await page.getByLabel("Code", { exact: true }).fill("code" in shown ? shown.code : "");
      await page.getByLabel("Code", { exact: true }).press("Enter");
      await page.getByText("Linked to Ada Agent <ada@example.com> by anna (dashboard)").waitFor();
      await expectFit(page, "linked");

      // Without a restart, and beside the folder.
      const response = await fetch(`${service.url}/api/generate-agents-report`, {
        method: "POST",
        headers: { "Content-Type": "application/json", Authorization: `Bearer ${key}`, Prefer: "wait=60" },
        body: JSON.stringify(inlineJob(1)),
      });
      expect(await response.json()).toMatchObject({ stage: "completed" });
      expect(dropbox.files.paths().filter((path) => path.endsWith(".pdf"))).toHaveLength(1);
      await page.getByRole("heading", { name: "dropbox", exact: true }).waitFor();

      // By Dropbox's own page and back; its parameters are not left in the address.
      await page.getByRole("button", { name: "Link another account" }).press("Enter");
      await page.getByText("You did not allow the app in Dropbox.").waitFor();
      await until(() => page.url() === `${PUBLIC}/delivery`, STEP_MS);
      allows.is = true;
      const tokens = new Set(dropbox.refreshTokens);
      await page.getByRole("button", { name: "Link another account" }).press("Enter");
      await until(() => dropbox.refreshTokens.size > tokens.size, STEP_MS);
      await page.getByText("Linked to Ada Agent").first().waitFor();
      expect(page.url()).toBe(`${PUBLIC}/delivery`);
      // A forged way back does nothing.
      await page.goto(`${PUBLIC}/delivery?state=forged&code=stolen`);
      await page.getByText("was begun in another sign-in").waitFor();

      await page.getByRole("button", { name: "Unlink…" }).press("Enter");
      await page.getByRole("button", { name: "Unlink it" }).press("Enter");
      await page.getByText("No account is linked.").waitFor();
      await page.getByRole("heading", { name: "dropbox", exact: true }).waitFor({ state: "detached" });
    } finally {
      await browser.close();
      front.stop();
      await service.end("SIGKILL");
      await dropbox.stop();
    }
  },
  TIMEOUT_MS,
);
