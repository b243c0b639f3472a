import { expect, test } from "bun:test";
import { rmSync, truncateSync } from "node:fs";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { post, run, startBinary, temporaryFolder, untilEnded } from "./binary.ts";
import { importManly, inlineJob } from "./jobs.ts";

test("a data folder whose database was emptied or is gone is never taken for a new one without a word", async () => {
  const dataDir = temporaryFolder();
  const path = join(dataDir, "agentlink.db");
  const before = await startBinary({ dataDir });
  await untilEnded(before.url, await post(before.url, inlineJob(1)));
  await before.end("SIGTERM");

  truncateSync(path);
  const refused = await run(["serve", "--port", "0", "--data-dir", dataDir], { cwd: dataDir });
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining(`${path} is damaged (it is empty, but`) });

  rmSync(path);
  const without = await startBinary({ dataDir });
  expect(without.log()).toContain(`${path} was missing, but reports/ beside it has PDFs of its jobs`);
  await without.end("SIGTERM");

  truncateSync(path);
  await rename(join(dataDir, "reports"), join(dataDir, "reports-before"));
  const anew = await startBinary({ dataDir });
  expect(anew.log()).not.toContain("reports/ beside it");
  await anew.end("SIGTERM");
});

test("a damaged catalogue is named with what to do", async () => {
  const dataDir = temporaryFolder();
  await importManly(dataDir);
  await Bun.write(join(dataDir, "catalogue.db"), "no database\n".repeat(1_000));
  const refused = await run(["serve", "--port", "0", "--data-dir", dataDir], { cwd: dataDir });
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain("cannot be opened: it is damaged (file is not a database): restore a backup");
});
