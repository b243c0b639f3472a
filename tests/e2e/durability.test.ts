import { expect } from "bun:test";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { withPrograms } from "../programs.ts";
import { within } from "../until.ts";
import { post, type RunningBinary, startBinary, temporaryFolder, untilEnded } from "./binary.ts";
import { inlineJob } from "./jobs.ts";

const test = withPrograms("strace");

const CALLS = "fsync,fdatasync,write,writev,sendto,sendmsg,pwrite64,rename,renameat,renameat2,link,linkat";
const WAL_SYNC = /\bf(data)?sync\(\d+<[^>]*agentlink\.db-wal>/;

/** Follows the service's system calls; `calls` ends the service, and returns them in order. */
async function trace(service: RunningBinary): Promise<{ calls(): Promise<readonly string[]> }> {
  const path = join(temporaryFolder(), "trace");
  const strace = Bun.spawn(
    ["strace", "-f", "-y", "-s", "4096", "-o", path, "-e", `trace=${CALLS}`, "-p", `${service.pid}`],
    { stdout: "ignore", stderr: "pipe" },
  );
  await within(strace.stderr.getReader().read(), "strace to attach");
  return {
    async calls() {
      await service.end("SIGKILL");
      await strace.exited;
      return readFileSync(path, "utf8").split("\n");
    },
  };
}

test("no post gets its response before its commit is synced to the disk", async () => {
  const service = await startBinary({ dataDir: temporaryFolder() });
  const traced = await trace(service);
  const jobs: string[] = [];
  for (let i = 0; i < 10; i += 1) jobs.push(await post(service.url, { suburb: "Cottesloe", state: "WA" }));
  const calls = await traced.calls();
  for (const id of jobs) {
    const written = calls.findIndex((call) => call.includes("agentlink.db-wal>") && call.includes(id));
    const synced = calls.findIndex((call, at) => at > written && WAL_SYNC.test(call));
    const responded = calls.findIndex((call) => /HTTP\/1\.1 200/.test(call) && call.includes(id));
    expect({ written: written >= 0, synced: synced > written, responded: responded > synced }).toEqual({
      written: true,
      synced: true,
      responded: true,
    });
  }
}, 60_000);

test("each step of a job is on the disk before the next one builds on it", async () => {
  const service = await startBinary({ dataDir: temporaryFolder() });
  const traced = await trace(service);
  const id = await post(service.url, inlineJob(1));
  const job = await untilEnded(service.url, id);
  const calls = await traced.calls();

  let at = -1;
  /** The first such call after the one before. */
  const then = (what: string, call: RegExp) => {
    const found = calls.findIndex((line, index) => index > at && call.test(line));
    if (found < 0) throw new Error(`after line ${at} of the trace there is no ${what}`);
    at = found;
  };
  const delivered = basename(job.result?.delivered_to ?? "").replaceAll(".", "\\.");
  const named = (call: string, path: string) => new RegExp(`\\b${call}.*${path}`);
  then("sync of the PDF's bytes", /\bf(data)?sync\(\d+<[^>]*\/reports\/[^>]*\.pdf[^>/]*>/);
  then("rename of the PDF to its name", named("rename(at2?)?\\(", `/reports/.*${id}[-\\w]*\\.pdf"`));
  then("sync of the PDF's folder", /\bf(data)?sync\(\d+<[^>]*\/reports\/[\d-]+>/);
  then("write of the checkpoint", named("pwrite64\\(\\d+<[^>]*agentlink\\.db-wal>", `${id}[-\\w]*\\.pdf`));
  then("sync of the checkpoint", WAL_SYNC);
  then("write of the delivery's path", named("pwrite64\\(\\d+<[^>]*agentlink\\.db-wal>", delivered));
  then("sync of the delivery's path", WAL_SYNC);
  then("sync of the delivered bytes", /\bf(data)?sync\(\d+<[^>]*\/delivered\/[^>]*\.part>/);
  then("link of the delivered file", named("(link|linkat|rename|renameat2?)\\(", delivered));
  then("sync of the delivery's folder", /\bf(data)?sync\(\d+<[^>]*\/delivered\/[^>.]*>/);
  then("write of the job's end", named("pwrite64\\(\\d+<[^>]*agentlink\\.db-wal>", "completed"));
  then("sync of the job's end", WAL_SYNC);
}, 60_000);
