import { expect } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { withPrograms } from "../programs.ts";
import { post, startBinary, temporaryFolder } from "./binary.ts";

const test = withPrograms("strace");

test("no post is answered before its commit is synced to the disk", async () => {
  const dataDir = temporaryFolder();
  const trace = join(temporaryFolder(), "trace");
  const service = await startBinary({ dataDir });
  const strace = Bun.spawn(
    [
      "strace",
      "-f",
      "-y",
      "-s",
      "4096",
      "-o",
      trace,
      "-e",
      "trace=fsync,fdatasync,write,writev,sendto,sendmsg,pwrite64",
      "-p",
      `${service.pid}`,
    ],
    { stdout: "ignore", stderr: "pipe" },
  );
  await strace.stderr.getReader().read();
  const jobs: string[] = [];
  for (let i = 0; i < 10; i += 1) jobs.push(await post(service.url, { suburb: "Cottesloe", state: "WA" }));
  await service.end("SIGKILL");
  await strace.exited;

  const calls = readFileSync(trace, "utf8").split("\n");
  for (const id of jobs) {
    const written = calls.findIndex((call) => call.includes("agentlink.db-wal>") && call.includes(id));
    const synced = calls.findIndex(
      (call, at) => at > written && /\bf(data)?sync\(\d+<[^>]*agentlink\.db-wal>/.test(call),
    );
    const answered = calls.findIndex((call) => /HTTP\/1\.1 200/.test(call) && call.includes(id));
    expect({ written: written >= 0, synced: synced > written, answered: answered > synced }).toEqual({
      written: true,
      synced: true,
      answered: true,
    });
  }
}, 60_000);
