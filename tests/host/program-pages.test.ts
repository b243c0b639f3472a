import { Database } from "bun:sqlite";
import { expect } from "bun:test";
import { readFileSync } from "node:fs";
import { openRelease } from "../../src/host/program-pages.ts";
import { binaryPath, startBinary, temporaryFolder } from "../e2e/binary.ts";
import { onLinux } from "../programs.ts";
import { until } from "../until.ts";

/** What this process has in memory of the parts of the file it runs that it can only read, in kB; and what it wrote there. */
function mapped(): { readonly file: number; readonly written: readonly string[] } {
  let file = 0;
  let part = "";
  const written: string[] = [];
  for (const line of readFileSync("/proc/self/smaps", "latin1").split("\n")) {
    const [, from, access = "", path] = /^([0-9a-f]+)-[0-9a-f]+ (\S+) .* (\S+)$/.exec(line) ?? [];
    if (from !== undefined) part = path === process.execPath && !access.includes("w") ? from : "";
    if (part === "") continue;
    file += Number(/^Rss: +(\d+) kB$/.exec(line)?.[1] ?? 0);
    if (/^Anonymous: +[1-9]/.test(line)) written.push(`${part} ${line}`);
  }
  return { file, written };
}

/** Several parts of the runtime, each by a use of it. */
function useMuch(): unknown {
  return [
    new Database(":memory:").query("select sqlite_version() as version").get(),
    [...new Intl.Segmenter("en-AU").segment("one two")].length,
    new Intl.DateTimeFormat("en-AU", { timeZone: "Australia/Sydney" }).format(0),
    Bun.zstdDecompressSync(Bun.zstdCompressSync("zstd")).toString(),
    new Bun.Transpiler({ loader: "ts" }).transformSync("const one: number = 1;"),
    new Bun.CryptoHasher("sha512").update("hash").digest("hex"),
  ];
}

onLinux("the program's pages are released but for those that it wrote to, and it goes on as before", () => {
  const release = openRelease();
  if (release === null) throw new Error("this system has no madvise");
  const result = useMuch();
  const before = mapped();
  release();
  const after = mapped();
  expect(after.file).toBeLessThan(before.file);
  expect(before.written).not.toEqual([]);
  expect(after.written).toEqual(before.written);
  expect(useMuch()).toEqual(result);
});

/** What a process has in memory of the part of the binary that it may write to, in MB: where Bun has the program's code. */
function bundleInMemory(pid: number): number {
  const parts = readFileSync(`/proc/${pid}/smaps`, "latin1").split(/^(?=[0-9a-f]+-)/m);
  const writable = parts.filter((part) => /^\S+ .w/.test(part) && part.split("\n", 1)[0]?.endsWith(binaryPath()));
  return writable.reduce((sum, part) => sum + Number(/^Rss: +(\d+) kB$/m.exec(part)?.[1]), 0) / 1_024;
}

onLinux(
  "a service that is up releases its own code, of which it needs little, and reads it again when it does",
  async () => {
    const service = await startBinary({ dataDir: temporaryFolder() });
    await until(() => bundleInMemory(service.pid) < 6);
    const { status } = await fetch(`${service.url}/openapi.json`);
    expect(status).toBe(200);
    expect(await service.end("SIGTERM")).toBe(0);
  },
);
