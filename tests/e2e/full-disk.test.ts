import { afterAll, expect } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unless } from "../programs.ts";
import { within } from "../until.ts";
import { post, run, startBinary, temporaryFolder, untilEnded } from "./binary.ts";
import { inlineJob } from "./jobs.ts";

const SIZE = "24m";
const mounted: string[] = [];
afterAll(() => {
  for (const folder of mounted) Bun.spawnSync(["umount", "--lazy", folder]);
});

/** A file system of its own that is soon full; null where this user may not mount one. */
function smallDisk(size = SIZE): string | null {
  const folder = temporaryFolder();
  const { success } = Bun.spawnSync(["mount", "-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder]);
  if (success) mounted.push(folder);
  return success ? folder : null;
}

const disk = process.platform === "linux" ? smallDisk() : null;
const test = unless(disk === null ? "it needs root: it mounts a small disk" : null);

test("a full disk refuses posts with 507, lets jobs wait and reads continue, and all resumes with room again", async () => {
  const dataDir = disk ?? "";
  const service = await startBinary({ dataDir, env: { AGENTLINK_RENDER_THREADS: "1" } });
  const first = await post(service.url, inlineJob(0));
  await untilEnded(service.url, first);

  const filler = join(dataDir, "filler");
  const jobs: string[] = [];
  // Some are on their way while the room goes.
  for (let i = 1; i <= 12; i += 1) jobs.push(await post(service.url, inlineJob(i)));
  fill(filler);
  let refused: Response | null = null;
  for (let i = 100; refused === null; i += 1) {
    const response = await fetch(`${service.url}/api/generate-agents-report`, {
      method: "POST",
      body: JSON.stringify({ ...inlineJob(i), metadata: { ballast: "x".repeat(15_000) } }),
    });
    if (response.status === 200) jobs.push(((await response.json()) as { job_id: string }).job_id);
    else refused = response;
    fill(filler);
  }
  expect(refused.status).toBe(507);
  expect(await refused.json()).toMatchObject({ code: "disk_full", detail: expect.stringContaining("free some") });
  expect((await fetch(`${service.url}/api/job-status/${first}`)).status).toBe(200);
  expect((await fetch(`${service.url}/api/jobs/${first}/report.pdf`)).status).toBe(200);
  expect((await fetch(`${service.url}/api/jobs`)).status).toBe(200);
  // Long enough for several attempts, were they spent.
  await Bun.sleep(2_500);

  rmSync(filler);
  const ended = await Promise.all(jobs.map((id) => untilEnded(service.url, id)));
  expect(ended.filter(({ status }) => status !== "completed")).toEqual([]);
  expect(ended.filter(({ attempts }) => attempts !== 1)).toEqual([]);
  expect(await service.end("SIGTERM")).toBe(0);
}, 120_000);

test("a backup and a restore that find no room name the disk that is full, and leave nothing there", async () => {
  const small = smallDisk("200k") ?? "";
  const [dataDir, backup] = [temporaryFolder(), join(temporaryFolder(), "backup")];
  await (await startBinary({ dataDir })).end("SIGTERM");
  const failed = await run(["backup", join(small, "backup"), "--data-dir", dataDir]);
  const words = `agentlink: the disk of ${small} is full: free some space, or use a folder on another disk`;
  expect([failed.code, failed.stderr]).toEqual([1, expect.stringContaining(words)]);
  expect((await run(["backup", backup, "--data-dir", dataDir])).code).toBe(0);
  const restored = await run(["restore", backup, "--data-dir", join(small, "data")]);
  expect([restored.code, restored.stderr]).toEqual([1, expect.stringContaining(words.replace(small, `${small}/data`))]);
  expect(readdirSync(small)).toEqual([]);
}, 60_000);

test("a start on a full disk says so, damages nothing, and comes up by itself once there is room", async () => {
  const folder = smallDisk() ?? "";
  const dataDir = join(folder, "data");
  const filler = join(folder, "filler");
  const start = () => run(["serve", "--data-dir", dataDir, "--port", "0"]);
  const words = new RegExp(
    `^agentlink: the disk of ${dataDir} is full, \\d+ kB are free: free some space, and start the service again .*, and no job is lost`,
    "m",
  );
  // The jobs' database takes over what its log has, where there is room for that.
  const contents = () =>
    Object.fromEntries(
      readdirSync(dataDir, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !/^agentlink\.db|-(wal|shm|journal)$/.test(entry.name))
        .map(({ parentPath, name }) => [name, Bun.hash(readFileSync(join(parentPath, name))).toString(16)]),
    );
  mkdirSync(dataDir);
  fill(filler);
  expect(await start()).toMatchObject({ code: 1, stderr: expect.stringMatching(words) });

  rmSync(filler);
  const killed = await startBinary({ dataDir, env: { AGENTLINK_RENDER_THREADS: "1" } });
  await changeQueue(killed.url, "pause");
  const ids = await Promise.all([1, 2, 3].map((number) => post(killed.url, inlineJob(number))));
  await killed.end("SIGKILL");
  fill(filler);
  const before = contents();
  // As a supervisor does, again and again.
  for (let restart = 0; restart < 3; restart += 1)
    expect(await start()).toMatchObject({ code: 1, stderr: expect.stringMatching(words) });
  expect(contents()).toEqual(before);

  rmSync(filler);
  const service = await startBinary({ dataDir, env: { AGENTLINK_RENDER_THREADS: "1" } });
  await changeQueue(service.url, "resume");
  const ended = await within(
    Promise.all(ids.map((id) => untilEnded(service.url, id))),
    "the jobs to end",
    120_000,
  ).catch((error) => {
    throw new Error(`${error.message}, of a service that logged:\n${service.log()}`, { cause: error });
  });
  expect(ended.map(({ status, attempts }) => `${status} ${attempts}`)).toEqual(ids.map(() => "completed 1"));
  expect(await service.end("SIGTERM")).toBe(0);
}, 240_000);

async function changeQueue(url: string, change: "pause" | "resume"): Promise<void> {
  const response = await fetch(`${url}/api/queue/${change}`, { method: "POST" });
  expect([response.status, await response.text()]).toEqual([200, expect.any(String)]);
}

/** Takes all the room there is. */
function fill(path: string): void {
  for (let bytes = 1_000_000; bytes >= 1; bytes = Math.floor(bytes / 4)) {
    try {
      for (;;) writeFileSync(path, Buffer.alloc(bytes), { flag: "a" });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    }
  }
}
