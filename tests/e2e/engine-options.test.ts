import { expect } from "bun:test";
import { readFileSync } from "node:fs";
import { onLinux } from "../programs.ts";
import { startBinary, temporaryFolder } from "./binary.ts";

onLinux("the service has its engine's options, in the process that was started", async () => {
  const service = await startBinary({ dataDir: temporaryFolder() });
  expect(environmentOf(service.pid)).toContain("BUN_JSC_useFTLJIT=0");
  expect(readFileSync(`/proc/${service.pid}/comm`, "utf8")).toBe("agentlink\n");
  expect(readFileSync(`/proc/${service.pid}/cmdline`, "utf8")).toEndWith("agentlink\0serve\0");
  expect(await service.end("SIGTERM")).toBe(0);
});

onLinux("an option of the operator's stays", async () => {
  const service = await startBinary({ dataDir: temporaryFolder(), env: { BUN_JSC_useFTLJIT: "1" } });
  expect(environmentOf(service.pid).filter((line) => line.startsWith("BUN_JSC_useFTLJIT"))).toEqual([
    "BUN_JSC_useFTLJIT=1",
  ]);
  await service.end("SIGTERM");
});

function environmentOf(pid: number): readonly string[] {
  return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
}
