import { expect, test } from "bun:test";
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { paceSync } from "../../src/host/files/paced-sync.ts";

test("a file that grows is synced in parts, also without its name, and a close waits for the part in progress", async () => {
  const folder = mkdtempSync(join(tmpdir(), "agentlink-pace-"));
  const path = join(folder, "growing");
  writeFileSync(path, "");
  const synced = paceSync(path, { background: false });
  appendFileSync(path, new Uint8Array(5_000_000));
  await synced.pace();
  appendFileSync(path, new Uint8Array(5_000_000));
  rmSync(folder, { recursive: true });
  const under = synced.pace();
  synced.close();
  expect(await under).toBeUndefined();
  expect(await synced.pace()).toBeUndefined();
});
