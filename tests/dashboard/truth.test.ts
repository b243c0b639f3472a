import { afterAll, beforeAll, expect, type test } from "bun:test";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { run, temporaryFolder, untilEnded } from "../e2e/binary.ts";
import { startReceiver } from "../fakes/receiver.ts";
import { FakeS3 } from "../fakes/s3.ts";
import { withPrograms } from "../programs.ts";
import { type RedisServer, startRedis } from "../queue/redis-server.ts";
import { until } from "../until.ts";
import { openPage, type TestBrowser, untilLive } from "./browser.ts";
import { openSampleService, type SampleService } from "./sample-service.ts";

/** Each statement of a screen, with a set-up in which it is true. */
const TIMEOUT_MS = 240_000;
const testInBrowser: typeof test = withPrograms("chromium");

let browser: TestBrowser | null = null;
beforeAll(async () => {
  if (Bun.which("chromium") === null) return;
  const { openBrowser } = await import("./browser.ts");
  browser = await openBrowser();
}, TIMEOUT_MS);
afterAll(() => browser?.close(), TIMEOUT_MS);

async function withService(
  settings: Record<string, string>,
  body: (service: SampleService, browser: TestBrowser) => Promise<void>,
) {
  const service = await openSampleService(settings);
  try {
    if (browser === null) throw new Error("there is no chromium");
    await body(service, browser);
  } finally {
    await service.stop();
  }
}

let redis: RedisServer | null = null;
afterAll(() => redis?.remove());

/** A test of what is read from where the jobs are, for each backend of theirs. */
function testOnEach(name: string, body: (settings: Record<string, string>) => Promise<void>): void {
  testInBrowser(`${name} (SQLite)`, () => body({}), TIMEOUT_MS);
  withPrograms("chromium", "redis-server")(
    `${name} (Redis)`,
    async () => {
      redis ??= await startRedis({ appendfsync: "no" });
      const folder = temporaryFolder();
      await body({
        AGENTLINK_REDIS_URL: redis.url,
        AGENTLINK_REDIS_PREFIX: crypto.randomUUID(),
        AGENTLINK_REPORTS: join(folder, "reports"),
        AGENTLINK_DELIVERY_FOLDER: join(folder, "out"),
      });
    },
    TIMEOUT_MS,
  );
}

const verdict = (page: Page) => page.locator(".verdict");
const says = (page: Page, words: string | RegExp) => verdict(page).filter({ hasText: words }).waitFor();
const health = (page: Page, name: string) => page.locator(`.health > div:has(dt:text-is("${name}")) dd`);

testOnEach(
  "a target that fails is failing, with since when and why; the PDF is there all the same; a restart does not forget it; once it works, it works",
  async (settings) => {
    const s3 = await new FakeS3().start();
    const { endpoint, region, bucket, accessKeyId, secretAccessKey } = s3.options();
    try {
      await withService(
        {
          ...settings,
          AGENTLINK_DELIVERY: "s3",
          AGENTLINK_S3_ENDPOINT: endpoint,
          AGENTLINK_S3_REGION: region,
          AGENTLINK_S3_BUCKET: bucket,
          AGENTLINK_S3_ACCESS_KEY_ID: accessKeyId,
          AGENTLINK_S3_SECRET_ACCESS_KEY: secretAccessKey,
        },
        async (service, browser) => {
          await using watched = await openPage(browser, `${service.url}/`);
          const { page } = watched;
          await untilLive(page);
          await says(page, "All is well.");
          await health(page, "Delivery: s3").getByText("no delivery on record").waitFor();
          await page.getByText("Nothing. The next job starts at once.").waitFor();

          const deliveries = async () =>
            (
              await service.request<{ deliveries: { failing_since: string | null; failures: number }[] }>(
                "/api/overview",
              )
            ).deliveries;
          let broken = true;
          s3.fault = (method) => (broken && method === "PUT" ? "500" : null);
          const id = await service.submit("Manly");
          await health(page, "Delivery: s3")
            .getByText(
              /^failing since just now, \d+ times? in a row: the bucket \S+ at \S+ responded with 500 \(InternalError\)/,
            )
            .waitFor();
          // A busy machine has another problem, which is then so.
          const bad = await page.locator(".health > .bad dt").allTextContents();
          expect(bad.filter((name) => name !== "Event-loop lag")).toEqual(["Delivery: s3"]);
          await says(page, /The last (delivery|\d+ deliveries) to s3 failed/);
          expect(await verdict(page).textContent()).not.toContain("well");
          await page.getByText("starts at once").waitFor({ state: "detached" });
          const since = (await deliveries())[0]?.failing_since;
          watched.expectClean();
          await service.stop();
          await service.start();
          // Whatever the page requested in between was refused.
          watched.complaints.length = 0;
          const [again] = await deliveries();
          expect([again?.failing_since, (again?.failures ?? 0) > 0]).toEqual([since, true]);

          await using second = await openPage(browser, `${service.url}/jobs/${id}`);
          await second.page.locator('iframe[title$="eport on Manly NSW 2095"]').waitFor();
          await second.page.getByRole("link", { name: "Open the PDF" }).waitFor();
          const report = await fetch(`${service.url}/api/jobs/${id}/report.pdf`);
          expect([report.status, report.headers.get("content-type")]).toEqual([200, "application/pdf"]);
          expect(await second.page.locator(".pdf").textContent()).not.toContain("appears here");
          expect((await service.request<{ status: string }>(`/api/job-status/${id}`)).status).toBe("processing");

          broken = false;
          await untilEnded(service.url, id);
          await health(page, "Delivery: s3")
            .getByText(/^last delivered just now, last failed /)
            .waitFor();
          await says(page, "All is well.");
          expect(await page.locator(".health > .bad").count()).toBe(0);
          second.expectClean();
          watched.expectClean();
        },
      );
    } finally {
      await s3.stop();
    }
  },
);

testInBrowser(
  "a job that only waited for a delivery slot was not put back because the service stopped",
  async () => {
    const s3 = await new FakeS3().start();
    const { endpoint, region, bucket, accessKeyId, secretAccessKey } = s3.options();
    try {
      await withService(
        {
          AGENTLINK_DELIVERY: "s3",
          AGENTLINK_S3_ENDPOINT: endpoint,
          AGENTLINK_S3_REGION: region,
          AGENTLINK_S3_BUCKET: bucket,
          AGENTLINK_S3_ACCESS_KEY_ID: accessKeyId,
          AGENTLINK_S3_SECRET_ACCESS_KEY: secretAccessKey,
        },
        async (service, browser) => {
          s3.fault = () => "stall";
          const ids = await Promise.all(Array.from({ length: 16 }, () => service.submit("Manly")));
          interface Detail {
            readonly attempts: readonly { readonly outcome: string | null; readonly release_reason: string | null }[];
          }
          const released = await until(
            async () => {
              for (const id of ids) {
                const { attempts } = await service.request<Detail>(`/api/jobs/${id}`);
                if (attempts.some(({ outcome }) => outcome === "released")) return { id, attempts };
              }
              return null;
            },
            TIMEOUT_MS / 2,
            "a job that is put back for want of a delivery slot",
          );
          expect(released.attempts[0]?.release_reason).toBe("delivery_busy");
          await using watched = await openPage(browser, `${service.url}/jobs/${released.id}`);
          const timeline = watched.page.locator(".timeline");
          await timeline.getByText("Requeued: waited for a delivery slot").waitFor();
          expect(await timeline.textContent()).not.toContain("the service stopped");
          s3.fault = () => "reset";
        },
      );
    } finally {
      await s3.stop();
    }
  },
  TIMEOUT_MS,
);

testOnEach(
  "callbacks whose every attempt fails are failing, on the overview and on the job's page, until one is taken",
  async (settings) => {
    let broken = true;
    await using receiver = startReceiver(() => new Response("no", { status: broken ? 500 : 200 }));
    await withService(settings, async (service, browser) => {
      await using watched = await openPage(browser, `${service.url}/`);
      const { page } = watched;
      await untilLive(page);
      const id = await service.submit("Manly", { callback_url: receiver.url });
      await health(page, "Callbacks")
        .getByText(/^1 callback failing since .*, \d+ attempts?: the receiver responded with 500$/)
        .waitFor();
      await says(page, "1 callback is failing.");
      await using second = await openPage(browser, `${service.url}/jobs/${id}`);
      await second.page.locator(".callback").getByText("Failing, will be retried").waitFor();

      const status = await run(["queue", "status", "--url", service.url]);
      expect(status.stdout).toMatch(
        /^callbacks +1 failing \(since .*, \d+ attempts?: the receiver responded with 500\)$/m,
      );
      const looked = ["doctor", "--offline", "--data-dir", service.dataDir, "--url", service.url];
      const doctor = await run(looked, { env: settings });
      expect(doctor.stdout).toMatch(/^warn {2}callbacks +1 failing/m);
      expect(doctor.stdout).not.toContain("all checks passed");

      broken = false;
      await service.request(`/api/jobs/${id}/callback`, { method: "POST" });
      await health(page, "Callbacks").getByText("none to send").waitFor();
      await says(page, "All is well.");
    });
  },
);

testInBrowser(
  "a service that has stopped leaves nothing on the screen that claims to be current",
  async () => {
    await withService({}, async (service, browser) => {
      await using watched = await openPage(browser, `${service.url}/`);
      const { page } = watched;
      await untilLive(page);
      await says(page, "All is well.");
      await service.stop();
      await says(page, "The service does not respond: this page was last updated");
      await page.getByText("Unknown: the service does not respond.").waitFor();
      await page.getByText("All is well.").waitFor({ state: "detached" });
      await service.start();
      await untilLive(page);
      await says(page, "All is well.");
    });
  },
  TIMEOUT_MS,
);

testOnEach(
  "jobs that failed recently, and jobs that wait, are named where it would say that all is well",
  async (settings) => {
    await withService(settings, async (service, browser) => {
      await using watched = await openPage(browser, `${service.url}/`);
      const { page } = watched;
      await untilLive(page);
      await untilEnded(service.url, await service.submit("Bondi"));
      await says(page, "1 job failed in the last hour.");
      expect(await page.getByText("starts at once").count()).toBe(0);
    });
  },
);

testInBrowser(
  "every scope sees that the queue is paused, and one that may resume is offered it",
  async () => {
    await withService({}, async (service, browser) => {
      const [read, admin] = [await service.createKey("reader", "read"), await service.createKey("boss", "admin")];
      const signIn = async (secret: string) => {
        const watched = await openPage(browser, `${service.url}/sign-in`);
        await watched.page.getByLabel("Key", { exact: true }).fill(secret);
        await watched.page.getByRole("button", { name: "Sign in" }).click();
        await untilLive(watched.page);
        return watched;
      };
      await using reader = await signIn(read);
      await using boss = await signIn(admin);
      const as = { method: "POST", headers: { Authorization: `Bearer ${admin}` } };
      await service.request("/api/queue/pause", as);
      for (const { page } of [reader, boss]) await page.locator(".banner strong").waitFor();
      await boss.page.getByText("The queue is paused by boss").waitFor();
      expect(await reader.page.getByRole("button", { name: "Resume" }).count()).toBe(0);
      await says(boss.page, "Paused: no new job starts.");
      await boss.page.getByText("Nothing: the queue is paused.").waitFor();
      await using late = await signIn(read);
      await late.page.locator(".banner strong").waitFor();
      await boss.page.getByRole("button", { name: "Resume" }).click();
      await boss.page.getByRole("dialog").getByRole("button", { name: "Resume the queue" }).click();
      for (const { page } of [reader, late, boss]) await page.locator(".banner strong").waitFor({ state: "detached" });
      await boss.page.getByText("Queue resumed by boss (dashboard)").waitFor();
      reader.expectClean();
    });
  },
  TIMEOUT_MS,
);

testInBrowser(
  "the latest report is the one that ended last, a retry takes its own time, and the history names who wanted it",
  async () => {
    await withService({}, async (service, browser) => {
      const old = await service.submit("Bondi");
      await untilEnded(service.url, old);
      for (const suburb of ["Manly", "Fairlight"]) await untilEnded(service.url, await service.submit(suburb));
      await untilEnded(service.url, await service.submit("Penrith"));
      // A day goes by before the data is corrected.
      const change = "UPDATE jobs SET suburb = 'Balgowlah', postcode = '2093' WHERE id = ";
      await service.stop();
      await run(["sql", "--write", "--data-dir", service.dataDir, `${change}'${old}'`]);
      await service.start();
      await using watched = await openPage(browser, `${service.url}/jobs/${old}`);
      const { page } = watched;
      await untilLive(page);
      await page.getByRole("button", { name: "Retry" }).click();
      await untilEnded(service.url, old);
      await page.getByText("History").click();
      const history = page.locator("details.panel table");
      await history.getByText("local (dashboard)").waitFor();
      expect(await history.locator("tbody tr").first().locator("td").last().textContent()).toBe("local");

      await page.goto(`${service.url}/`);
      const latest = page.locator('section:has(> h2:text("Latest reports")) li a.row');
      await latest.first().waitFor();
      await until(async () => (await latest.first().getAttribute("href"))?.endsWith(old) ?? false);
      watched.expectClean();
    });
  },
  TIMEOUT_MS,
);
