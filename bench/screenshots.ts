import { Database } from "bun:sqlite";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { openFullBrowser, openPage, untilLive } from "../tests/dashboard/browser.ts";
import { openSampleService } from "../tests/dashboard/sample-service.ts";
import { untilEnded } from "../tests/e2e/binary.ts";

/**
 * `bun run screenshots`: the pictures of the dashboard in docs/images, from the compiled binary at work on the sample
 * data. With a folder, each page in both themes and three widths goes there instead, for looking at.
 */
const IMAGES = join(import.meta.dir, "../docs/images");
const SUBURBS = ["Manly", "Fairlight", "Balgowlah", "Freshwater", "Queenscliff", "Manly Vale"];
const REPORTS = 30;
/** What the browser's viewer of PDFs may take to draw; it does not report when it is done. */
const DRAWING_MS = 10_000;
const HOUR_MS = 3_600_000;

const folder = process.argv[2];
const service = await openSampleService();
const browser = await openFullBrowser();
try {
  const ids = await work();
  const job = ids[0] ?? "";
  await (folder === undefined ? documented(job) : everything(folder, job, ids.at(-1) ?? ""));
} finally {
  await browser.close();
  await service.stop();
}

/** Reports that were made, and a few that could not be; returns their ids. */
async function work(): Promise<readonly string[]> {
  const made = await Promise.all(
    Array.from({ length: REPORTS }, (_, i) => service.submit(SUBURBS[i % SUBURBS.length])),
  );
  const failed = await Promise.all(["Bondi", "Penrith", "Newtown"].map((suburb) => service.submit(suburb)));
  const ids = [...made, ...failed];
  for (const id of ids) await untilEnded(service.url, id);
  return ids;
}

/** They were made in a minute, and a chart of the hour would be a single bar: moved apart, each as long as it was. */
function spreadOverAnHour(): void {
  const database = new Database(join(service.dataDir, "agentlink.db"));
  const rows = database.query("SELECT id, created_at, started_at, ended_at FROM jobs ORDER BY id").all() as Row[];
  const update = database.query(
    "UPDATE jobs SET created_at = ?, started_at = ?, ended_at = ?, revision = revision + 1 WHERE id = ?",
  );
  rows.forEach(({ id, created_at, started_at, ended_at }, i) => {
    const target = Date.now() - HOUR_MS * (1 - ((i * 0.618) % 1) * 0.98) + 60_000;
    const move = (at: string) => new Date(target + Date.parse(at) - Date.parse(ended_at)).toISOString();
    update.run(move(created_at), move(started_at), move(ended_at), id);
  });
  database.close();
}

interface Row {
  readonly id: string;
  readonly created_at: string;
  readonly started_at: string;
  readonly ended_at: string;
}

async function documented(job: string): Promise<void> {
  const shot = async (
    name: string,
    path: string,
    options: { theme: "light" | "dark"; width: number; height: number },
    ready: (page: Page) => Promise<unknown>,
  ) => {
    await using watched = await openPage(browser, service.url + path, options);
    await untilLive(watched.page);
    await ready(watched.page);
    await watched.page.screenshot({ path: join(IMAGES, `dashboard-${name}.png`) });
    console.log(`${name}: ${Math.round(Bun.file(join(IMAGES, `dashboard-${name}.png`)).size / 1_000)} kB`);
  };
  const theme = "light";
  await shot("catalogue", "/catalogue", { theme, width: 1_360, height: 850 }, (page) =>
    page.locator(".localities tbody tr").first().waitFor(),
  );
  await shot("import", "/catalogue/import", { theme, width: 1_360, height: 1_500 }, lookedAt);
  await shot("job", `/jobs/${job}`, { theme: "light", width: 1_360, height: 850 }, drawn);
  await service.stop();
  spreadOverAnHour();
  await service.start();
  for (const suburb of [...SUBURBS, ...SUBURBS]) await service.submit(suburb);
  const running = (page: Page) => page.locator("tbody .status.running").first().waitFor();
  await shot("overview", "/", { theme: "light", width: 1_360, height: 1_120 }, running);
  await shot("jobs", "/jobs", { theme: "dark", width: 1_360, height: 850 }, running);
  await shot("phone", "/jobs?status=completed,failed", { theme: "light", width: 375, height: 780 }, (page) =>
    page.locator("tbody a.row").first().waitFor(),
  );
}

/** An export that was chosen, with a row that cannot be read. */
async function lookedAt(page: Page): Promise<void> {
  const rows = [
    "Street Address;Suburb;State;Property Type;Sale Date;Sale Price;Agency;Agent;Our ref",
    "12 Pine St;Bondi;NSW;Townhouse;14/06/2026;$2.45m;Gull Realty;Ann Lee;A1",
    "14 Pine St;Bondi;NSW;Apartment;15/06/2026;Contact agent;Gull Realty;Bob Roe;A2",
    "1 Tern St;Nowhereville;NSW;House;16/06/2026;$900,000;Gull Realty;Ann Lee;A3",
  ];
  const file = { name: "sales from our CRM.csv", mimeType: "text/csv", buffer: Buffer.from(rows.join("\n")) };
  await page.locator("input[type=file]").setInputFiles(file);
  await page.getByRole("heading", { name: "The catalogue would change as follows" }).waitFor();
}

async function everything(to: string, job: string, failed: string): Promise<void> {
  const pages = {
    overview: "/",
    jobs: "/jobs",
    job: `/jobs/${job}`,
    failed: `/jobs/${failed}`,
    new: "/new",
    catalogue: "/catalogue",
    locality: "/catalogue/localities/NSW/Manly",
    import: "/catalogue/import",
  };
  for (const [name, path] of Object.entries(pages)) {
    for (const theme of ["light", "dark"] as const) {
      for (const width of [375, 1_024, 1_600]) {
        await using watched = await openPage(browser, service.url + path, { theme, width, height: 900 });
        await untilLive(watched.page);
        await (name === "job" ? drawn(watched.page) : watched.page.waitForTimeout(1_000));
        await watched.page.screenshot({ path: join(to, `${name}-${theme}-${width}.png`), fullPage: true });
      }
    }
  }
}

async function drawn(page: Page): Promise<void> {
  await page.locator(".timeline").waitFor();
  await page.waitForTimeout(DRAWING_MS);
}
