import { expect, test } from "bun:test";
import { cpSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { ok, startReceiver } from "../fakes/receiver.ts";
import { until } from "../until.ts";
import { post, run, startBinary, temporaryFolder, untilEnded } from "./binary.ts";
import { inlineJob } from "./jobs.ts";

const TIMEOUT_MS = 120_000;
const PENDING = "the data folder may be a copy, so no job starts, and no report or callback is sent";

async function ready(url: string, headers = {}): Promise<string> {
  const response = await fetch(`${url}/readyz`, { headers });
  return `${response.status} ${await response.text()}`;
}

async function copiedMetric(url: string): Promise<string | undefined> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return /^agentlink_data_folder_copied (.+)$/m.exec(text)?.[1];
}

/** How many PDFs are below a folder. */
function delivered(folder: string): number {
  return readdirSync(folder, { recursive: true }).filter((name) => String(name).endsWith(".pdf")).length;
}

test(
  "a copy beside its original starts, delivers and reports nothing until an operator confirms that the copy is to be used",
  async () => {
    const folder = temporaryFolder();
    const [dataDir, copied, out] = [join(folder, "original"), join(folder, "copy"), join(folder, "out")];
    let away = true;
    await using receiver = startReceiver(() => (away ? new Response(null, { status: 503 }) : ok()));
    const dataSet = { ...inlineJob(3).data, suburb: { name: "Mosman", state: "NSW" } };
    using source = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: () => (away ? new Response(null, { status: 503 }) : Response.json(dataSet)),
    });
    const env = {
      AGENTLINK_DELIVERY_FOLDER: out,
      AGENTLINK_ALLOW_HOSTS: `127.0.0.1:${source.port},${receiver.host}`,
      AGENTLINK_CALLBACK_URL: receiver.url,
      AGENTLINK_SOURCE_URL: `http://127.0.0.1:${source.port}/{state}/{suburb}`,
    };
    const original = await startBinary({ dataDir, env });
    const done = await post(original.url, inlineJob(1));
    await untilEnded(original.url, done);
    const open = await post(original.url, { suburb: "Mosman", state: "NSW" });
    await until(() => receiver.received.length > 0);
    // While it works, as rsync and snapshots do.
    cpSync(dataDir, copied, { recursive: true });
    const elsewhere = { ...env, AGENTLINK_DELIVERY_FOLDER: `${out}-of-the-copy` };
    const copy = await startBinary({ dataDir: copied, env: elsewhere });
    expect(copy.log()).toContain(`${PENDING}: the original still exists at ${join(dataDir, "agentlink.db")}.`);
    expect(await ready(copy.url)).toMatch(/^503 .*may be a copy/);
    // Only an admin key sees where it is.
    const stranger = await ready(copy.url, { "x-forwarded-for": "203.0.113.9" });
    expect(stranger).toContain(PENDING);
    expect(stranger).not.toContain(folder);
    expect(await copiedMetric(copy.url)).toBe("1");
    const doctor = await run(["doctor", "--offline"], { env: { ...elsewhere, AGENTLINK_DATA_DIR: copied } });
    expect(doctor.stdout).toMatch(/^fail {2}data folder +may be a copy, .+the original still exists/m);
    expect(await ready(original.url)).toStartWith("200");
    expect(await copiedMetric(original.url)).toBe("0");

    away = false;
    for (const { url } of [original, copy]) await fetch(`${url}/api/jobs/${open}/retry`, { method: "POST" });
    // What the copy accepts itself waits, too: it is not known yet whether this copy is the right one.
    const later = await post(copy.url, inlineJob(4));
    await untilEnded(original.url, open);
    const notified = (ids: readonly string[]) => {
      const jobs = receiver.received.map(({ body }) => (JSON.parse(body) as { job_id: string }).job_id);
      return ids.every((id) => jobs.includes(id));
    };
    await until(() => notified([done, open]), TIMEOUT_MS, "the callbacks of the original");
    for (const id of [open, later])
      expect(await (await fetch(`${copy.url}/api/job-status/${id}`)).json()).toMatchObject({
        ...{ status: "processing", waiting_for: "paused", eta_seconds: null },
      });
    expect(delivered(`${out}-of-the-copy`)).toBe(0);
    // It is found out again at each start; the original never is.
    await copy.end("SIGKILL");
    const again = await startBinary({ dataDir: copied, env: elsewhere });
    expect(await ready(again.url)).toStartWith("503");
    expect(await original.end("SIGTERM")).toBe(0);
    const next = await startBinary({ dataDir, env });
    expect(await ready(next.url)).toStartWith("200");
    expect(await next.end("SIGTERM")).toBe(0);

    const resumed = await run(["queue", "resume"], { env: { AGENTLINK_URL: again.url, AGENTLINK_DATA_DIR: copied } });
    expect(resumed).toMatchObject({ code: 0, stdout: "running\n" });
    for (const id of [open, later]) expect((await untilEnded(again.url, id)).status).toBe("completed");
    await until(() => notified([later]), TIMEOUT_MS, "the callback of the copy");
    expect(await ready(again.url)).toStartWith("200");
    expect(await again.end("SIGTERM")).toBe(0);
    const third = await startBinary({ dataDir: copied, env: elsewhere });
    expect(await ready(third.url)).toStartWith("200");
    expect(await third.end("SIGTERM")).toBe(0);
  },
  TIMEOUT_MS,
);

test(
  "a renamed or restored folder resumes by itself, and of two running copies under new names the later one is paused",
  async () => {
    const folder = temporaryFolder();
    const [before, renamed, copied] = [join(folder, "before"), join(folder, "renamed"), join(folder, "copied")];
    const first = await startBinary({ dataDir: before });
    expect(await first.end("SIGTERM")).toBe(0);
    renameSync(before, renamed);
    cpSync(renamed, copied, { recursive: true });
    const one = await startBinary({ dataDir: renamed });
    expect(await ready(one.url)).toStartWith("200");
    // The name that the copy knows is unused now.
    const other = await startBinary({ dataDir: copied });
    expect(await ready(other.url)).toStartWith("503");
    expect(other.log()).toContain(PENDING);
    expect(await other.end("SIGTERM")).toBe(0);
    // So is a restored backup, as long as the service that it is of works here.
    const [backup, restored] = [join(folder, "backup"), join(folder, "restored")];
    expect((await run(["backup", backup, "--data-dir", renamed])).code).toBe(0);
    expect((await run(["restore", backup, "--data-dir", restored])).code).toBe(0);
    const drill = await startBinary({ dataDir: restored });
    expect(await ready(drill.url)).toStartWith("503");
    for (const service of [drill, one]) expect(await service.end("SIGTERM")).toBe(0);
    const instead = await startBinary({ dataDir: restored });
    expect(await ready(instead.url)).toStartWith("200");
    expect(await instead.end("SIGTERM")).toBe(0);
  },
  TIMEOUT_MS,
);
