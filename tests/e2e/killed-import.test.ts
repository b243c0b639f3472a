import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { readlink } from "node:fs/promises";
import { until } from "../until.ts";
import { binaryPath, temporaryFolder } from "./binary.ts";

test("an import from standard input that is killed leaves no file behind", async () => {
  const [dataDir, tmp] = [temporaryFolder(), temporaryFolder()];
  const child = Bun.spawn([binaryPath(), "import", "--data-dir", dataDir, "--kind", "agencies", "-"], {
    env: { PATH: process.env.PATH, TMPDIR: tmp },
    stdin: "pipe",
    stdout: "ignore",
    stderr: "ignore",
  });
  child.stdin.write(`id,name\n${"agency-1,Some Agency\n".repeat(1_000)}`);
  await child.stdin.flush();
  const open = `/proc/${child.pid}/fd`;
  const stored = async () => {
    const links = await Promise.all(readdirSync(open).map((fd) => readlink(`${open}/${fd}`).catch(() => "")));
    return links.some((link) => link.startsWith(`${tmp}/.agentlink-import-`));
  };
  if (process.platform === "linux") await until(stored, 30_000, "the rows to be stored");
  child.kill("SIGKILL");
  await child.exited;
  expect(readdirSync(tmp)).toEqual([]);
  expect(readdirSync(dataDir).filter((name) => name.includes("import"))).toEqual([]);
});
