import { expect } from "bun:test";
import { readdir, readFile } from "node:fs/promises";
import { onLinux } from "../programs.ts";
import { binaryPath, post, startBinary, temporaryFolder, untilEnded } from "./binary.ts";
import { inlineJob } from "./jobs.ts";

const NICE_OF_RENDERS = 10;
/** Lower than any of the service's own threads requests. */
const LOWER = 15;
/** Behind the name, which may have spaces: the state is the third field of proc_pid_stat(5), the nice value the 19th. */
const NICE_FIELD = 19 - 3;

onLinux(
  "renders have a lower priority than the threads that serve requests, and nothing exceeds the service's own",
  async () => {
    const usual = await nicesOf([binaryPath(), "serve"]);
    expect(Math.max(...usual.threads)).toBeGreaterThanOrEqual(NICE_OF_RENDERS);
    const low = await nicesOf(["nice", "-n", String(LOWER), binaryPath(), "serve"]);
    expect(low.main).toBeGreaterThanOrEqual(LOWER);
    expect(low.threads.filter((nice) => nice < low.main)).toEqual([]);
  },
  60_000,
);

/** The nice values of a service that has rendered and has read a large body. */
async function nicesOf(command: readonly string[]) {
  const service = await startBinary({ command, dataDir: temporaryFolder() });
  const large = { ...inlineJob(1), ballast: "x".repeat(100_000) };
  await untilEnded(service.url, await post(service.url, large));
  const process = `/proc/${service.pid}`;
  const main = niceOf(await readFile(`${process}/stat`, "utf8"));
  // One that idles may end during this.
  const stats = (await readdir(`${process}/task`)).map((id) =>
    readFile(`${process}/task/${id}/stat`, "utf8").catch(() => null),
  );
  const threads = (await Promise.all(stats)).flatMap((stat) => (stat === null ? [] : [niceOf(stat)]));
  expect(await service.end("SIGTERM")).toBe(0);
  return { main, threads };
}

function niceOf(stat: string): number {
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[NICE_FIELD]);
}
