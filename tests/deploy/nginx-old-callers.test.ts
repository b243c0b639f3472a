import { expect } from "bun:test";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { shellBlocks } from "../docs/blocks.ts";
import { run, startBinary, temporaryFolder } from "../e2e/binary.ts";
import { inlineJob } from "../e2e/jobs.ts";
import { freePort } from "../free-port.ts";
import { withPrograms } from "../programs.ts";
import { until } from "../until.ts";
import { startProxy } from "./proxy.ts";

const test = withPrograms("nginx", "openssl");
const ROOT = resolve(import.meta.dir, "../..");
const GENERATE = "/api/generate-agents-report";

/** By the very lines of the document, with this folder for /etc/nginx. */
async function installFiles(folder: string, key: string, addresses: string): Promise<void> {
  const blocks = shellBlocks(await readFile(join(ROOT, "docs/migrate-from-rq.md"), "utf8"));
  const block = blocks.find(({ code }) => code.includes("agentlink-old-callers.conf"))?.code ?? "";
  const lines = block.split("\n").filter((line) => /^(cd|cp|chmod|sed) /.test(line));
  const here = lines
    .join("\n")
    .replaceAll("/usr/local/share/agentlink/nginx", join(ROOT, "deploy/nginx"))
    .replaceAll("/etc/nginx/", `${folder}/`)
    .replace("THE_KEY", key)
    .replace("THE_ADDRESSES", addresses.replaceAll("\\", "\\\\"));
  await Bun.$`bash -euc ${here}`.quiet();
}

test("callers without a key have one for the old calls from where they are expected, at its rate, and for nothing else", async () => {
  const port = freePort();
  const dataDir = temporaryFolder();
  const keyOf = async (...words: string[]) =>
    (await run(["keys", "create", ...words, "--data-dir", dataDir])).stdout.trim();
  const admin = { authorization: `Bearer ${await keyOf("--name", "office", "--scope", "admin")}` };
  const old = await keyOf("--name", "old-callers", "--scope", "submit", "--rate", "60/min");
  const env = { AGENTLINK_PORT: String(port), AGENTLINK_STOP_GRACE: "0s", AGENTLINK_PUBLIC_URL: "https://localhost" };
  await using nginx = await startProxy(port, (folder) =>
    installFiles(folder, old, String.raw`203\.0\.113\.7|198\.51\.100\..*`),
  );
  let service = await startBinary({ dataDir, env });
  const request = (path: string, init: RequestInit = {}, address = "203.0.113.7") =>
    nginx.request(path, {
      ...init,
      headers: { "x-test-address": address, ...(init.headers as Record<string, string>) },
    });
  const post = (headers: Record<string, string> = {}, address?: string, path = GENERATE) =>
    request(path, { method: "POST", headers, body: JSON.stringify(inlineJob(1)) }, address);
  const idOf = async (response: Response) => ((await response.json()) as { job_id: string }).job_id;

  const accepted = await post({ "content-type": "application/json" });
  expect(accepted.status).toBe(200);
  const id = await idOf(accepted);
  expect((await request(`/api/job-status/${id}`, {}, "198.51.100.200")).status).toBe(200);
  // Each waits for the job's end: requests one after the other would use up the rate of the key.
  const link = await until(async () => {
    const response = await request(`/api/job-status/${id}?wait=60`);
    const { dropbox_url } = (await response.json()) as { dropbox_url: string };
    return dropbox_url !== "" && dropbox_url;
  });
  expect((await request(new URL(link).pathname)).status).toBe(200);
  const own = await idOf(await post(admin));
  const clientOf = async (job: string) =>
    ((await (await request(`/api/job-status/${job}`, { headers: admin })).json()) as { client: string }).client;
  expect([await clientOf(id), await clientOf(own)]).toEqual(["old-callers", "office"]);
  // Another client's job is unknown to them.
  expect((await request(`/api/job-status/${own}`)).status).toBe(404);
  expect((await request(`/api/jobs/${own}/documents/agents.pdf`)).status).toBe(404);

  for (const address of ["203.0.113.70", "198.51.10.1", "192.0.2.1"])
    expect([address, (await post({}, address)).status]).toEqual([address, 401]);
  for (const path of [
    ...["/api/jobs", `/api/jobs/${id}`, `/api/jobs/${id}/report.pdf`, "/api/overview"],
    ...[`/api/job-status/${id}/../../jobs`, "/api/job-status/..%2Fjobs", "/api/job-status/", "/api/events"],
  ]) {
    const status = (await request(path)).status;
    expect([path, [401, 404].includes(status)]).toEqual([path, true]);
  }
  expect((await post({}, undefined, "/api/generate-agents-reports")).status).toBe(401);
  expect((await post({ authorization: "Bearer al_wrong" })).status).toBe(401);
  expect((await post({ "x-api-key": "al_wrong" })).status).toBe(401);

  // While the service restarts, the request waits, and retains its key.
  await service.end("SIGTERM");
  const waiting = request(`/api/job-status/${id}`);
  service = await startBinary({ dataDir, env });
  expect((await waiting).status).toBe(200);

  const responded: number[] = [];
  await until(
    async () => {
      responded.push((await request(`/api/job-status/${id}`)).status);
      return responded.at(-1) === 429;
    },
    30_000,
    "the rate of the key to be used up",
  );
  expect(new Set(responded)).toEqual(new Set([200, 429]));
  expect(responded.length).toBeLessThan(120);
  expect((await request(`/api/job-status/${id}`, { headers: admin })).status).toBe(200);
  await service.end("SIGTERM");
}, 120_000);
