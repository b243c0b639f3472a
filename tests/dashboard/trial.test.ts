import { expect, test as plain, type test as Test } from "bun:test";
import { join, resolve } from "node:path";
import type { Page } from "playwright-core";
import { startBinary, temporaryFolder } from "../e2e/binary.ts";
import { APP, FakeDropbox } from "../fakes/dropbox.ts";
import { ok, startReceiver } from "../fakes/receiver.ts";
import { withPrograms } from "../programs.ts";
import { until } from "../until.ts";
import { openBrowser, openFullBrowser, openPage, untilLive } from "./browser.ts";
import { findings } from "./findings.ts";

/*
 * docs/office.md as a person walks it: from an empty service to "a report for three suburbs with our brand, and email me if
 * Dropbox breaks", in the browser alone. With OFFICE_PICTURES=1 it makes that page's pictures again.
 */

const TIMEOUT_MS = 240_000;
const STEP_MS = 60_000;
const IMAGES = resolve(import.meta.dir, "../../docs/images");
const DRAWS = process.env.OFFICE_PICTURES === "1";
const SUBURBS = ["Manly", "Fairlight", "Balgowlah"] as const;

/** An export of the agency's own sales, with names and without ids, as its CRM has it. */
function ownSales(): string {
  const agents = ["Ann Lee,Gull Realty", "Bob Roe,Gull Realty", "Cleo Day,Norfolk & Pine Property"];
  const rows = SUBURBS.flatMap((suburb, index) =>
    Array.from({ length: 24 }, (_, n) => {
      const sold = new Date(Date.now() - (20 + n * 29) * 86_400_000);
      const day = `${sold.getUTCDate()}/${sold.getUTCMonth() + 1}/${sold.getUTCFullYear()}`;
      const [agent = "", agency = ""] = (agents[(n + index) % 3] ?? "").split(",");
      const price = `$${(2_400_000 + index * 310_000 + ((n * 7) % 11) * 45_000).toLocaleString("en")}`;
      return `"${n + 1} Pine Street",${suburb},NSW,House,3,2,${day},"${price}",Auction,"${agency}","${agent}"`;
    }),
  );
  return [
    "Address,Suburb,State,Property Type,Bedrooms,Bathrooms,Sale Date,Sale Price,Method,Agency,Agent",
    ...rows,
  ].join("\n");
}

/** The agency's sign: a white bar on green. */
async function logo(page: Page): Promise<Buffer> {
  const data = await page.evaluate(() => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 120 });
    const pen = canvas.getContext("2d");
    if (pen === null) throw new Error("no canvas");
    pen.fillStyle = "#2f6b3c";
    pen.fillRect(0, 0, 320, 120);
    pen.fillStyle = "#ffffff";
    pen.fillRect(40, 50, 240, 20);
    return canvas.toDataURL("image/png");
  });
  return Buffer.from(data.split(",")[1] ?? "", "base64");
}

const testInBrowser: typeof Test = Bun.which("chromium") === null ? withPrograms("chromium") : plain;

testInBrowser(
  "an office makes a report for three suburbs with its brand and learns that Dropbox broke, in the browser alone",
  async () => {
    const dropbox = await new FakeDropbox().start();
    await using notified = startReceiver(ok);
    const service = await startBinary({
      dataDir: join(temporaryFolder(), "data"),
      command: [process.execPath, resolve(import.meta.dir, "../e2e/dropbox-service.ts"), dropbox.url],
      env: {
        AGENTLINK_NOTIFY_WEBHOOK: notified.url,
        AGENTLINK_NOTIFY_AFTER: "0s",
        AGENTLINK_ALLOW_HOSTS: notified.host,
      },
    });
    const browser = await (DRAWS ? openFullBrowser() : openBrowser());
    try {
      await using watched = await openPage(browser, `${service.url}/`, { width: 1_280, height: 900 });
      const { page } = watched;
      const shot = async (name: string) => {
        expect([name, await findings(page)]).toEqual([name, []]);
        if (DRAWS) await page.screenshot({ path: join(IMAGES, `office-${name}.png`) });
      };
      await firstKey(page, service.url, shot);
      await linkDropbox(page, service.url, dropbox, shot);
      await ownData(page, service.url, shot);
      await threeReports(page, service.url, shot);
      for (const suburb of SUBURBS)
        await until(() => dropbox.files.paths().some((path) => path.includes(`/${suburb}/`)), STEP_MS);

      // The app's access is revoked.
      await page.goto(`${service.url}/delivery`);
      await untilLive(page);
      await page.getByRole("button", { name: "Test now dropbox" }).click();
      await page.getByText("Reports can be delivered to dropbox").waitFor();
      await shot("delivery");
      dropbox.refreshTokens.clear();
      dropbox.expireTokens();
      await page.getByRole("button", { name: "Test now dropbox" }).click();
      await page.locator(".card .error-text").first().waitFor();
      // Each time in it is by the reader's clock.
      expect(await page.locator(".card .error-text").first().textContent()).not.toMatch(/\d{4}-\d\d-\d\dT/);
      await shot("broken");
      await page.getByRole("link", { name: "Overview" }).click();
      await page.locator(".verdict").filter({ hasText: "dropbox" }).waitFor();
      const message = await until(() => notified.received.find(({ body }) => body.includes("dropbox")), STEP_MS);
      expect(JSON.parse(message.body).text).toMatch(/dropbox/i);

      // It is linked again, and that is notified, too.
      await linkDropbox(page, service.url, dropbox);
      await page.getByRole("button", { name: "Test now dropbox" }).click();
      await page.getByText("Reports can be delivered to dropbox").waitFor();
      await until(() => notified.received.length > 1, STEP_MS);
      expect(JSON.parse(notified.received.at(-1)?.body ?? "{}").text).toMatch(
        /dropbox.*well again|well again.*dropbox|resolved/is,
      );
    } finally {
      await browser.close();
      await service.end("SIGKILL");
      await dropbox.stop();
    }
  },
  TIMEOUT_MS,
);

type Shot = (name: string) => Promise<void>;

/** The first key is an admin's; with it one is signed in. */
async function firstKey(page: Page, url: string, shot: Shot): Promise<void> {
  await page.goto(`${url}/keys`);
  await page.getByLabel("Client").fill("office");
  await page.getByRole("button", { name: "Create the key" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.locator("code").waitFor();
  await shot("key");
  await dialog.getByRole("button", { name: "I have copied the key: sign in" }).click();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  await untilLive(page);
}

/** Dropbox is linked with the code that it shows, whether for the first time or again. */
async function linkDropbox(page: Page, url: string, dropbox: FakeDropbox, shot: Shot = async () => {}): Promise<void> {
  await page.goto(`${url}/delivery`);
  await page.getByLabel("App key").fill(APP.key);
  await page.getByRole("button", { name: /^Link (Dropbox|another account)$/ }).click();
  const address = (await page.getByRole("link", { name: "Open Dropbox" }).getAttribute("href")) ?? "";
  const allowed = dropbox.consents.open(address);
  await page.getByLabel("Code", { exact: true }).fill("code" in allowed ? allowed.code : "");
  await shot("link");
  await page.getByRole("button", { name: "Finish" }).click();
  await page.getByText("Linked to Ada Agent <ada@example.com>", { exact: true }).waitFor();
}

/** The agency's own sales are examined, then imported. */
async function ownData(page: Page, url: string, shot: Shot): Promise<void> {
  await page.goto(`${url}/catalogue/import`);
  const file = { name: "our sales.csv", mimeType: "text/csv", buffer: Buffer.from(ownSales()) };
  await page.locator("input[type=file]").setInputFiles(file);
  await page.getByRole("heading", { name: "The catalogue would change as follows" }).waitFor();
  await shot("import");
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await page.getByRole("heading", { name: "Imported" }).waitFor();
}

/** A draft for each suburb is examined, then sent. */
async function threeReports(page: Page, url: string, shot: Shot): Promise<void> {
  await page.goto(`${url}/new`);
  await page.getByLabel("Suburb", { exact: true }).pressSequentially("manly");
  await page.getByRole("option", { name: "Manly NSW 2095" }).click();
  await page.getByLabel("Also for these suburbs").fill("Fairlight NSW\nBalgowlah NSW");
  await page.getByText("Brand, folder and data").click();
  await page.getByLabel("Name on the report").fill("Norfolk & Pine Property");
  await page.getByLabel("Colour").fill("#2f6b3c");
  await page.getByLabel("Logo").setInputFiles({ name: "logo.png", mimeType: "image/png", buffer: await logo(page) });
  await shot("form");
  await page.getByRole("button", { name: "Preview" }).click();
  await page.getByText("3 reports requested").waitFor();
  for (const suburb of SUBURBS) {
    await page.goto(`${url}/jobs`);
    await page.locator("tbody a.row").filter({ hasText: suburb }).click();
    const send = page.getByRole("button", { name: "Send", exact: true });
    await send.waitFor({ timeout: STEP_MS });
    await page.locator("iframe, object, embed").first().waitFor();
    if (suburb === "Manly") {
      // The viewer that draws the PDF does not report when it is done.
      if (DRAWS) await page.waitForTimeout(8_000);
      await shot("draft");
    }
    await send.click();
    await page.locator(".heading").getByText("Completed").waitFor({ timeout: STEP_MS });
    await send.waitFor({ state: "detached", timeout: STEP_MS });
  }
}
