import { expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { post, run, startBinary, temporaryFolder, untilEnded } from "./binary.ts";

const FEED = `<propertyList>${Array.from(
  { length: 3 },
  (_, n) =>
    `<residential modTime="2026-05-02-09:00:00" status="sold"><agentID>ABCDEF</agentID><uniqueID>P-${n}</uniqueID><address><streetNumber>${n + 1}</streetNumber><street>Pine St</street><suburb>Mosman</suburb><state>NSW</state></address><category name="House"/><soldDetails><soldPrice>2460000</soldPrice><soldDate>2026-05-01</soldDate></soldDetails></residential>`,
).join("")}</propertyList>`;

test("jobs that failed for lack of data are named by the import that brings it, whichever way it comes, and can be retried", async () => {
  const dataDir = temporaryFolder();
  const service = await startBinary({ dataDir });
  const ended = async (suburb: string) => {
    const id = await post(service.url, { suburb, state: "NSW" });
    expect(await untilEnded(service.url, id)).toMatchObject({ status: "failed" });
    return id;
  };
  const send = async (method: string, path: string, type: string, body: string) =>
    (await fetch(`${service.url}${path}`, { method, headers: { "content-type": type }, body })).json() as Promise<{
      failed_jobs: readonly { readonly job_id: string }[];
    }>;
  try {
    const [manly, mosman] = [await ended("Manly"), await ended("Mosman")];
    const csv = "Address,Suburb,State,Sold Date,Price\n1 Pine St,Manly,NSW,1/6/2026,2450000\n";
    const attempted = await send("PUT", "/api/catalogue/sales?dry_run=true", "text/csv", csv);
    expect(attempted.failed_jobs).toEqual([]);
    const table = await send("PUT", "/api/catalogue/sales", "text/csv", csv);
    expect(table.failed_jobs).toMatchObject([{ job_id: manly, suburb: "Manly", state: "NSW" }]);
    const feed = await send("POST", "/api/import/reaxml", "application/xml", FEED);
    expect(feed.failed_jobs.map(({ job_id }) => job_id).sort()).toEqual([manly, mosman].sort());
    const listed = await fetch(`${service.url}/api/catalogue/failed-jobs`);
    expect(await listed.json()).toEqual({ failed_jobs: feed.failed_jobs });
    await Bun.write(join(dataDir, "own.csv"), csv.replace("1 Pine", "3 Pine"));
    const shell = await run(["import", "--data-dir", dataDir, join(dataDir, "own.csv")], {
      env: { AGENTLINK_URL: service.url },
    });
    expect(shell.stdout).toMatch(/2 jobs failed for lack of this data .*\. Retry them:\n {2}agentlink jobs retry /);
    for (const id of [manly, mosman]) {
      expect(shell.stdout).toContain(id);
      expect((await fetch(`${service.url}/api/jobs/${id}/retry`, { method: "POST" })).status).toBe(200);
      expect(await untilEnded(service.url, id)).toMatchObject({ status: "completed" });
    }
  } finally {
    await service.end("SIGTERM");
    rmSync(dataDir, { recursive: true });
  }
}, 120_000);
