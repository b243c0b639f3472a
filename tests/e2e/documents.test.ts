import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { PDFDocument } from "@cantoo/pdf-lib";
import { openBrowser, openPage } from "../dashboard/browser.ts";

import { HAS_REDIS, type RedisServer, startRedis } from "../queue/redis-server.ts";
import { until } from "../until.ts";
import { post, type RunningBinary, startBinary, temporaryFolder, untilEnded } from "./binary.ts";
import { importManly } from "./jobs.ts";

setDefaultTimeout(180_000);

/** As a form sends it, with the price band that requests the commission document. */
const REQUEST = { suburb: "Manly", state: "NSW", home_owner_pricing: "$1m-$1.5m", min_bedrooms: "", region: "null" };
const KINDS = ["agents", "commission", "complete"];

let redis: RedisServer | null = null;
beforeAll(async () => {
  if (HAS_REDIS) redis = await startRedis();
});
afterAll(() => redis?.remove());

interface ReportedStatus {
  readonly status: string;
  readonly result: { readonly delivered_to: string; readonly sha256: string } | null;
  readonly documents: readonly {
    kind: string;
    filename: string;
    pages: number;
    sha256: string;
    delivered_to: string;
  }[];
  readonly dropbox_url: string;
  readonly filename: string;
  readonly commission_dropbox_url: string;
  readonly commission_filename: string;
  readonly commission_rate: string;
  readonly completed_pdf_url: string;
  readonly completed_filename: string;
  readonly warnings: readonly string[];
}

describe.each(HAS_REDIS ? ["SQLite", "Redis"] : ["SQLite"])(
  "a request with a price band, with its jobs in %s",
  (store) => {
    const folder = temporaryFolder();
    const dataDir = join(folder, "data");
    const out = join(folder, "out");
    let service: RunningBinary;
    const start = async () => {
      const front = join(folder, "front.pdf");
      if (!existsSync(front)) {
        const own = await PDFDocument.create();
        own.addPage([300, 300]).drawText("How to sell", { x: 20, y: 150 });
        own.setTitle("How to sell");
        await Bun.write(front, await own.save());
        await importManly(dataDir);
      }
      const shared =
        store === "Redis" ? { AGENTLINK_REDIS_URL: redis?.url ?? "", AGENTLINK_REPORTS: join(folder, "pdf") } : {};
      service = await startBinary({
        dataDir,
        env: {
          ...shared,
          AGENTLINK_DELIVERY_FOLDER: out,
          AGENTLINK_FILE_NAME: "v1",
          AGENTLINK_FOLDER: "v1",
          AGENTLINK_COMPLETE_FRONT: front,
        },
      });
    };
    const filesIn = (name: string) => (existsSync(join(out, name)) ? readdirSync(join(out, name)) : []);
    const hashOf = async (response: Response) =>
      new Bun.CryptoHasher("sha256").update(await response.bytes()).digest("hex");
    const notified = async (id: string) =>
      (await (await fetch(`${service.url}/api/job-status/${id}`)).json()) as ReportedStatus;

    beforeAll(start);
    afterAll(() => service.end("SIGKILL"));

    test("makes three documents, each under one name, served, delivered and linked", async () => {
      const id = await post(service.url, REQUEST);
      await untilEnded(service.url, id);
      const job = await notified(id);
      expect([job.status, job.warnings]).toEqual(["completed", []]);
      expect(job.documents.map(({ kind }) => kind)).toEqual(KINDS);
      const names = [
        `Manly_Top_Agents_${id}.pdf`,
        `Manly_Commission_${id}.pdf`,
        "AgentLink_Manly_Agent_Suburb_Report.pdf",
      ];
      expect(job.documents.map(({ filename }) => filename)).toEqual(names);
      expect([job.filename, job.commission_filename, job.completed_filename]).toEqual(names);
      expect(job.commission_rate).toMatch(/^[\d.]+-[\d.]+%$/);
      for (const [at, url] of [job.dropbox_url, job.commission_dropbox_url, job.completed_pdf_url].entries()) {
        const response = await fetch(url);
        expect(response.headers.get("content-disposition")).toContain(`filename="${names[at]}"`);
        expect(await hashOf(response)).toBe(job.documents[at]?.sha256 ?? "");
      }
      const [main] = job.documents;
      expect(job.result).toMatchObject({ delivered_to: main?.delivered_to, sha256: main?.sha256 });
      for (const { delivered_to: to, sha256 } of job.documents)
        expect(new Bun.CryptoHasher("sha256").update(await Bun.file(to).bytes()).digest("hex")).toBe(sha256);
      const [agents, commission, complete] = job.documents.map(({ pages }) => pages);
      expect(complete).toBe(1 + (agents ?? 0) + (commission ?? 0));
      expect(filesIn("Commission Rate")).toEqual([names[1] ?? ""]);
      // The page is made of what is compared above, wherever it is stored.
      if (store !== "SQLite" || Bun.which("chromium") === null) return;
      const browser = await openBrowser();
      await using shown = await openPage(browser, `${service.url}/jobs/${id}`);
      await shown.page.getByRole("tab", { name: "Commission" }).click();
      await shown.page.locator(`iframe[src*="/documents/commission.pdf"]`).waitFor();
      expect(await shown.page.getByRole("tab").allInnerTexts()).toEqual([
        "Agents report",
        "Commission",
        "Complete report",
      ]);
      await browser.close();
    });

    test("is killed again and again on its way, and makes and delivers each document once", async () => {
      const before = new Set(filesIn("Commission Rate"));
      const ids = await Promise.all(
        Array.from({ length: 3 }, (_, at) =>
          post(service.url, { ...REQUEST, edition: "brief", branding: { name: `Office ${at}` } }),
        ),
      );
      for (let kill = 1; kill <= 2; kill += 1) {
        const progress = async () =>
          (await Promise.all(ids.map(notified))).filter(({ documents }) => documents.length > 0).length;
        await until(async () => (await progress()) >= kill, 60_000, `${kill} jobs to have a document`);
        await service.end("SIGKILL");
        await start();
      }
      for (const id of ids) expect(await untilEnded(service.url, id)).toMatchObject({ status: "completed", error: "" });
      const fresh = filesIn("Commission Rate").filter((name) => !before.has(name));
      expect(fresh.toSorted()).toEqual(ids.map((id) => `Manly_Commission_${id}.pdf`).toSorted());
      expect(filesIn("Suburbs Top Agents")).toHaveLength(1 + ids.length);
      // All have one name, and none is overwritten.
      expect(filesIn("Completed Pdfs")).toHaveLength(1 + ids.length);
      const paths = new Set<string>();
      for (const id of ids) for (const { delivered_to } of (await notified(id)).documents) paths.add(delivered_to);
      expect(paths.size).toBe(3 * ids.length);
    });
  },
);
