import { expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { startBinary, temporaryFolder } from "./binary.ts";
import { importManly } from "./jobs.ts";

const MOST_POLLS = 24;
const POLL_MS = 5_000;

/** What the clients of the FastAPI stack do: no header but the content's type, and a look at two fields of the answers. */
async function oldClient(url: string): Promise<{ readonly statuses: readonly string[]; readonly id: string }> {
  const accepted = await fetch(`${url}/api/generate-agents-report`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ suburb: "Manly", state: "NSW" }),
  });
  expect(accepted.status).toBe(200);
  const { job_id: id } = (await accepted.json()) as { job_id: string };
  expect(id).toBeString();
  const statuses: string[] = [];
  while (statuses.at(-1) !== "completed" && statuses.at(-1) !== "failed") {
    if (statuses.length > MOST_POLLS) throw new Error(`the job did not end: ${statuses.at(-1)}`);
    if (statuses.length > 0) await Bun.sleep(POLL_MS);
    const answer = await fetch(`${url}/api/job-status/${id}`);
    expect(answer.status).toBe(200);
    const job = (await answer.json()) as { job_id: string; status: string };
    expect(job.job_id).toBe(id);
    statuses.push(job.status);
  }
  return { statuses, id };
}

test("the old stack's clients find what they know: five posts at once, each polled every five seconds to its end", async () => {
  const dataDir = temporaryFolder();
  await importManly(dataDir);
  const service = await startBinary({ dataDir });
  const clients = await Promise.all(Array.from({ length: 5 }, () => oldClient(service.url)));
  for (const { statuses } of clients) {
    expect(statuses.at(-1)).toBe("completed");
    expect(statuses.slice(0, -1).every((status) => status === "processing")).toBe(true);
  }
  expect(new Set(clients.map(({ id }) => id)).size).toBe(5);
  const delivered = await readdir(join(dataDir, "delivered"), { recursive: true });
  expect(delivered.filter((name) => name.endsWith(".pdf"))).toHaveLength(5);

  const unknown = await fetch(`${service.url}/api/job-status/3f0c2f0e-0000-4000-8000-000000000000`);
  expect([unknown.status, typeof ((await unknown.json()) as { detail: unknown }).detail]).toEqual([404, "string"]);
  const wrong = await fetch(`${service.url}/api/generate-agents-report`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ state: "NSW" }),
  });
  expect([wrong.status, "detail" in ((await wrong.json()) as object)]).toEqual([422, true]);
  await service.end("SIGTERM");
}, 120_000);
