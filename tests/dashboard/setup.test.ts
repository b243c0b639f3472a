import { expect } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { startProxy } from "../deploy/proxy.ts";
import { startBinary, temporaryFolder } from "../e2e/binary.ts";
import { freePort } from "../free-port.ts";
import { withPrograms } from "../programs.ts";
import { until } from "../until.ts";
import { openBrowser } from "./browser.ts";
import { findings } from "./findings.ts";

const TIMEOUT_MS = 120_000;

withPrograms("chromium", "nginx", "openssl")(
  "behind nginx, whoever has the setup code of the log makes the first key on a phone, by keyboard; a stranger does not",
  async () => {
    const port = freePort();
    await using proxy = await startProxy(port);
    const dataDir = join(temporaryFolder(), "data");
    const env = { AGENTLINK_PORT: String(port), AGENTLINK_PUBLIC_URL: proxy.url };
    const codeIn = (log: string) => /setup code ([A-Z2-9-]{29})/.exec(log)?.[1];
    const first = await startBinary({ dataDir, env });
    const code = await until(() => codeIn(first.log()) ?? false);
    await first.end("SIGTERM");
    const service = await startBinary({ dataDir, env });
    const browser = await openBrowser();
    try {
      // A restart did not change it.
      await until(() => codeIn(service.log()) === code);
      expect(readFileSync(join(dataDir, "setup.code"), "utf8").trim()).toBe(code);
      const strange = (body: string, headers: Record<string, string> = {}) =>
        proxy.request("/setup", {
          ...{ method: "POST", body, redirect: "manual" },
          headers: { "Content-Type": "application/x-www-form-urlencoded", Accept: "text/html", ...headers },
        });
      expect((await strange("code=GUESS-GUESS-GUESS-GUESS-GUESS&name=thief")).status).toBe(403);
      expect((await strange(`code=${code}&name=thief`, { Origin: "https://evil.example" })).status).toBe(403);

      const context = await browser.newContext({ viewport: { width: 320, height: 700 }, ignoreHTTPSErrors: true });
      context.setDefaultTimeout(TIMEOUT_MS / 2);
      const page = await context.newPage();
      const expectFit = async (what: string) => {
        for (const width of [1_280, 320]) {
          await page.setViewportSize({ width, height: 700 });
          expect({ what, width, found: await findings(page) }).toEqual({ what, width, found: [] });
          const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          expect({ what, width, over }).toEqual({ what, width, over: 0 });
          const folder = process.env.SETUP_PICTURES;
          if (folder) await page.screenshot({ path: join(folder, `setup-${what}-${width}.png`), fullPage: true });
        }
      };
      await page.goto(`${proxy.url}/jobs`);
      await page.getByRole("heading", { name: "This service has no key yet" }).waitFor();
      await expectFit("asked");
      // The code's field has the focus.
      await page.keyboard.type("WRONG-WRONG-WRONG-WRONG-WRONG");
      await page.keyboard.press("Tab");
      await page.keyboard.type("office");
      await page.keyboard.press("Enter");
      await page.getByText("This is not the setup code.").waitFor();
      await expectFit("wrong");
      await page.getByLabel("Setup code").fill(code);
      await page.getByLabel("Your name").fill("Our Office");
      await page.getByLabel("Your name").press("Enter");
      await page
        .getByText('"Our Office" cannot be the name of a key')
        .filter({ hasText: /digit\.$/ })
        .waitFor();
      await page.getByLabel("Your name").fill("office");
      await page.getByLabel("Setup code").fill(code.toLowerCase());
      await page.getByLabel("Setup code").press("Enter");
      await page.getByRole("heading", { name: "Your key" }).waitFor();
      await expectFit("made");
      const secret = (await page.locator("code").textContent()) ?? "";
      await page.getByRole("link", { name: "I have copied the key: continue" }).press("Enter");
      await page.getByRole("heading", { name: "Overview" }).waitFor();
      const listed = await proxy.request("/api/keys", { headers: { "X-API-Key": secret } });
      expect(await listed.json()).toMatchObject({ keys: [{ name: "office", scope: "admin" }] });
      const audit = await proxy.request("/api/audit", { headers: { "X-API-Key": secret } });
      expect(await audit.json()).toMatchObject({
        entries: expect.arrayContaining([
          expect.objectContaining({ actor: expect.stringContaining("office"), action: "createKey" }),
        ]),
      });
      // From here on the code is good for nothing.
      const late = await strange(`code=${code}&name=thief`);
      expect([late.status, late.headers.get("location")]).toEqual([303, "sign-in?setup=done"]);
      await page.goto(`${proxy.url}/sign-in?setup=done`);
      await page.getByText("The first key has already been created. Sign in with it.").waitFor();
      expect(existsSync(join(dataDir, "setup.code"))).toBe(false);
    } finally {
      await browser.close();
      await service.end("SIGKILL");
    }
  },
  TIMEOUT_MS,
);
