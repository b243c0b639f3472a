import { expect } from "bun:test";
import { join } from "node:path";
import { withPrograms } from "../programs.ts";
import { until, within } from "../until.ts";
import { post, startBinary, temporaryFolder, untilEnded } from "./binary.ts";
import { inlineJob } from "./jobs.ts";

const test = withPrograms("strace");

test("a disk that reports errors is called that; nothing is taken until it works again, and then all goes on", async () => {
  const dataDir = temporaryFolder();
  const service = await startBinary({ dataDir });
  await untilEnded(service.url, await post(service.url, inlineJob(1)));
  const strace = Bun.spawn(
    [
      ...["strace", "-f", "-o", "/dev/null", "-P", join(dataDir, "agentlink.db-wal")],
      ...["-e", "trace=pwrite64", "-e", "inject=pwrite64:error=EIO", "-p", `${service.pid}`],
    ],
    { stdout: "ignore", stderr: "pipe" },
  );
  await within(strace.stderr.getReader().read(), "strace to attach");
  const ask = () =>
    fetch(`${service.url}/api/generate-agents-report`, { method: "POST", body: JSON.stringify(inlineJob(2)) });
  const refused = await ask();
  expect(refused.status).toBe(503);
  expect(await refused.json()).toMatchObject({
    code: "disk_error",
    detail: expect.stringMatching(/reports an error \(SQLITE_IOERR\w*\): check the disk/),
  });
  strace.kill("SIGTERM");
  await strace.exited;
  const accepted = await until(async () => {
    const response = await ask();
    return response.status === 200 && ((await response.json()) as { job_id: string });
  });
  expect(await untilEnded(service.url, accepted.job_id)).toMatchObject({ status: "completed", attempts: 1 });
  expect(await service.end("SIGTERM")).toBe(0);
}, 60_000);
