import { expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { restartWithSmallHeaps } from "../../src/host/small-heaps.ts";
import { binaryPath, startBinary, temporaryFolder } from "../e2e/binary.ts";
import { onLinux } from "../programs.ts";

const GROWTH = "BUN_JSC_heapGrowthMaxIncrease";

onLinux("the service starts again with heaps that grow less: the same process, called as it was", async () => {
  const dataDir = temporaryFolder();
  const service = await startBinary({ command: [binaryPath(), "serve", "--data-dir", dataDir], dataDir });
  expect(await textOf(service.pid, "environ")).toContain(`${GROWTH}=1`);
  expect(await textOf(service.pid, "cmdline")).toEqual([binaryPath(), "serve", "--data-dir", dataDir]);
  expect(await service.end("SIGTERM")).toBe(0);
});

onLinux("an operator's own growth stays", async () => {
  const service = await startBinary({ dataDir: temporaryFolder(), env: { [GROWTH]: "2" } });
  expect(await textOf(service.pid, "environ")).toContain(`${GROWTH}=2`);
  expect(await service.end("SIGTERM")).toBe(0);
});

test("a service that may not start again continues", () => {
  expect(() => restartWithSmallHeaps(["/no/such/program"], {})).not.toThrow();
});

/** A file of the process whose texts end with NUL, as proc(5) has them. */
async function textOf(pid: number, file: "environ" | "cmdline"): Promise<readonly string[]> {
  return (await readFile(`/proc/${pid}/${file}`, "utf8")).split("\0").slice(0, -1);
}
