import { expect } from "bun:test";
import { chmod, copyFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { onLinux } from "../programs.ts";
import { binaryPath, post, startBinary, temporaryFolder, untilEnded } from "./binary.ts";
import { inlineJob } from "./jobs.ts";

onLinux(
  "a report that is requested between the replacement of the program and the restart is rendered by the one that runs",
  async () => {
    const folder = temporaryFolder();
    const binary = join(folder, "agentlink");
    await copyFile(binaryPath(), binary);
    await chmod(binary, 0o755);
    const service = await startBinary({ dataDir: join(folder, "data"), binary });
    await writeFile(join(folder, "newer"), "#!/bin/sh\n", { mode: 0o755 });
    await rename(join(folder, "newer"), binary);
    const operate = (what: "pause" | "resume") => fetch(`${service.url}/api/queue/${what}`, { method: "POST" });
    await operate("pause");
    const id = await post(service.url, inlineJob(1));
    // The service responds after so many seconds; by then it has released the pages of its program.
    await fetch(`${service.url}/api/job-status/${id}?wait=3`);
    await operate("resume");
    expect(await untilEnded(service.url, id)).toMatchObject({ status: "completed", attempts: 1 });
    expect(await service.end("SIGTERM")).toBe(0);
  },
  120_000,
);
