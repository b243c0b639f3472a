import { expect, test } from "bun:test";
import { torture } from "../torture/torture.ts";
import { temporaryFolder } from "./binary.ts";

test("a service that is killed, ended and stopped under a mix of calls contradicts none of its responses", async () => {
  const { faults, counts } = await torture({ seed: 5, durationMs: 8_000, dataDir: temporaryFolder() });
  expect(faults).toEqual([]);
  expect(counts.get("SIGKILL")).toBeGreaterThan(0);
  expect(counts.get("ended: completed")).toBeGreaterThan(2);
}, 180_000);
