import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { copyFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { openLocalRecords } from "../../src/storage/records/local.ts";
import { FakeS3 } from "../fakes/s3.ts";
import { unless, withPrograms } from "../programs.ts";
import { until } from "../until.ts";
import { binaryPath, post, type RunningBinary, run, startBinary, temporaryFolder, untilEnded } from "./binary.ts";
import { inlineJob } from "./jobs.ts";

let folder: string;
let dataDir: string;
let bucket: FakeS3;
let services: RunningBinary[];
beforeEach(async () => {
  folder = temporaryFolder();
  dataDir = join(folder, "data");
  bucket = await new FakeS3().start();
  services = [];
});
afterEach(async () => {
  for (const service of services) await service.end("SIGKILL");
  await bucket.stop();
});

async function start(data: string, env: Record<string, string> = {}): Promise<RunningBinary> {
  const { endpoint, accessKeyId, secretAccessKey, region } = bucket.options();
  const service = await startBinary({
    dataDir: data,
    env: {
      AGENTLINK_DELIVERY: "s3",
      AGENTLINK_S3_BUCKET: "reports",
      AGENTLINK_S3_ENDPOINT: endpoint,
      AGENTLINK_S3_REGION: region,
      AGENTLINK_S3_ACCESS_KEY_ID: accessKeyId,
      AGENTLINK_S3_SECRET_ACCESS_KEY: secretAccessKey,
      ...env,
    },
  });
  services.push(service);
  return service;
}

const backUp = (to: string, data = dataDir) => run(["backup", "--data-dir", data, to]);
const restore = (from: string, to: string, env: Record<string, string> = {}) =>
  run(["restore", from, "--data-dir", to], { env });

function files(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(root, name)).isFile())
    .toSorted();
}

test("what was accepted before a backup of a live service is done once after its restore, under the same names", async () => {
  const calls: { id: string; job: string; status: string }[] = [];
  const receiver = Bun.serve({
    port: 0,
    async fetch(request) {
      const { job_id: job, status } = (await request.json()) as { job_id: string; status: string };
      calls.push({ id: request.headers.get("webhook-id") ?? "", job, status });
      return new Response();
    },
  });
  const host = `127.0.0.1:${receiver.port}`;
  const env = { AGENTLINK_ALLOW_HOSTS: host, AGENTLINK_CALLBACK_URL: `http://${host}/hook` };
  const { stdout: made } = await run([
    ...["keys", "create", "--name", "boss", "--scope", "admin", "--data-dir", dataDir],
  ]);
  const key = { "x-api-key": made.trim() };
  const records = openLocalRecords({ path: join(dataDir, "office.db") });
  await records.put("view", "this week's failures", '{"status":"failed"}');
  records.close();
  bucket.denies = true;
  const service = await start(dataDir, env);
  const ids = await Promise.all([1, 2, 3, 4].map((number) => post(service.url, inlineJob(number), key)));
  const rendered = async () => {
    const all = await Promise.all(
      ids.map(async (id) => (await fetch(`${service.url}/api/job-status/${id}`, { headers: key })).json()),
    );
    return (all as { result: unknown }[]).every(({ result }) => result !== null);
  };
  await until(rendered, 60_000, "four rendered reports");
  const backup = join(folder, "backup");
  expect(await backUp(backup)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/\/backup: \d+ files, \d+ kB, checked\n$/),
  });
  const copied = files(backup);
  expect(copied).toContain("agentlink.db");
  for (const name of ["callback.secret", "catalogue.db", "keys.db", "keys.required", "office.db", "manifest.json"])
    expect(copied).toContain(name);
  expect(copied.filter((name) => name.endsWith(".pdf"))).toHaveLength(4);
  expect(statSync(backup).mode & 0o077).toBe(0);
  for (const name of copied) expect(statSync(join(backup, name)).mode & 0o077).toBe(0);

  // After the backup all are delivered and reported, one more is accepted; then the disk is lost.
  bucket.denies = false;
  for (const id of ids) await fetch(`${service.url}/api/jobs/${id}/retry`, { method: "POST", headers: key });
  await until(() => calls.length === 4, 90_000, "four callbacks");
  const notified = calls.splice(0);
  const delivered = [...bucket.objects.keys()].toSorted();
  const secret = readFileSync(join(dataDir, "callback.secret"), "utf8");
  await service.end("SIGKILL");
  rmSync(dataDir, { recursive: true });
  // Of one the PDF is not in the copy any more, as where a person removed it.
  const manifest = JSON.parse(readFileSync(join(backup, "manifest.json"), "utf8"));
  const without = manifest.files.find(({ path }: { path: string }) => path.endsWith(".pdf"));
  manifest.files = manifest.files.filter((file: unknown) => file !== without);
  writeFileSync(join(backup, "manifest.json"), JSON.stringify(manifest));

  const restored = join(folder, "elsewhere", "data");
  expect(await restore(backup, restored)).toMatchObject({ code: 0, stderr: "" });
  expect(readFileSync(join(restored, "callback.secret"), "utf8")).toBe(secret);
  expect(readdirSync(restored)).not.toContain(".restoring");
  const again = openLocalRecords({ path: join(restored, "office.db") });
  expect(await again.get("view", "this week's failures")).toBe('{"status":"failed"}');
  again.close();
  const next = await start(restored, env);
  expect((await fetch(`${next.url}/api/jobs`)).status).toBe(401);
  for (const id of ids) {
    await fetch(`${next.url}/api/jobs/${id}/retry`, { method: "POST", headers: key });
    await until(async () => {
      const job = (await (await fetch(`${next.url}/api/job-status/${id}`, { headers: key })).json()) as {
        status: string;
      };
      return job.status === "completed";
    }, 60_000);
  }
  await until(() => calls.length === 4, 60_000, "four callbacks again");
  const byJob = (all: typeof calls) => all.toSorted((a, b) => a.job.localeCompare(b.job));
  expect(byJob(calls)).toEqual(byJob(notified));
  expect([...bucket.objects.keys()].toSorted()).toEqual(delivered);
  await receiver.stop(true);
}, 180_000);

test("a backup under load is whole; what ran then begins again without a counted attempt", async () => {
  const service = await start(dataDir, { AGENTLINK_DELIVERY: "folder" });
  const acknowledged: string[] = [];
  let over = false;
  const load = (async () => {
    for (let i = 0; !over; i += 1) acknowledged.push(await post(service.url, inlineJob(i)));
  })();
  await until(() => acknowledged.length > 5);
  const before = [...acknowledged];
  expect((await backUp(join(folder, "backup"))).code).toBe(0);
  over = true;
  await load;
  await service.end("SIGKILL");
  const restored = join(folder, "restored");
  expect((await restore(join(folder, "backup"), restored)).code).toBe(0);
  const db = new Database(join(restored, "agentlink.db"), { readonly: true });
  expect(
    db.query("SELECT count(*) AS n FROM jobs WHERE status = 'running' OR isolated = 1 OR crashes > 0").get(),
  ).toEqual({ n: 0 });
  db.close();
  const next = await start(restored, { AGENTLINK_DELIVERY: "folder" });
  for (const id of before) expect(await untilEnded(next.url, id)).toMatchObject({ status: "completed" });
}, 120_000);

describe("a restore is refused in one line, and changes nothing, where", () => {
  let backup: string;
  beforeEach(async () => {
    const service = await start(dataDir);
    await post(service.url, inlineJob(1));
    await service.end("SIGTERM");
    backup = join(folder, "backup");
    expect((await backUp(backup)).code).toBe(0);
  });

  async function refused(says: RegExp, to = join(folder, "new"), env: Record<string, string> = {}) {
    const before = existsSync(to) ? files(to) : null;
    const { code, stdout, stderr } = await restore(backup, to, env);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(says);
    expect(stderr.trim()).not.toContain("\n");
    expect(existsSync(to) ? files(to) : null).toEqual(before);
  }
  const change = (changes: object) => {
    const path = join(backup, "manifest.json");
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), ...changes }));
  };

  test("a file is damaged, or missing", async () => {
    const file = join(backup, "agentlink.db");
    const bytes = readFileSync(file);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    writeFileSync(file, bytes);
    await refused(/agentlink\.db is damaged/);
    rmSync(file);
    await refused(/agentlink\.db is missing/);
  });

  test("it is no backup, or not whole", async () => {
    rmSync(join(backup, "manifest.json"));
    await refused(/is not a complete backup/);
    backup = join(folder, "copy.db");
    expect((await backUp(backup)).code).toBe(0);
    await refused(/is a single file/);
  });

  test("it is another's, or would write elsewhere", async () => {
    change({ kind: "something else" });
    await refused(/is not a backup of agentlink/);
    change({ kind: "agentlink backup", files: [{ path: "../../etc/passwd", bytes: 1, sha256: "" }] });
    await refused(/\.\.\/\.\.\/etc\/passwd, which is not part of a backup/);
  });

  test("it is newer than this program", async () => {
    change({ schema: 1_000, agentlink: "99.0.0" });
    await refused(/was created by a newer agentlink \(99\.0\.0, schema 1000/);
    change({ form: 2 });
    await refused(/was created by a newer agentlink \(99\.0\.0\)/);
  });

  test("the folder has something in it, or a service works there", async () => {
    const full = join(folder, "full");
    mkdirSync(full);
    writeFileSync(join(full, "letters.txt"), "mine");
    await refused(/is not empty \(letters\.txt\)/, full);
    await refused(/is not empty/, dataDir);
    await start(dataDir);
    const { code, stderr } = await restore(backup, dataDir);
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("another agentlink already uses"),
    });
  });

  test("the jobs are in Redis here, or were there", async () => {
    const redis = { AGENTLINK_REDIS_URL: "redis://127.0.0.1:1/0", AGENTLINK_REPORTS: join(folder, "shared") };
    await refused(/AGENTLINK_REDIS_URL is set: unset it, restore/, undefined, redis);
    const ofHost = join(folder, "of-host");
    const made = await run(["backup", "--data-dir", dataDir, ofHost], { env: redis });
    expect(made).toMatchObject({ code: 0, stderr: expect.stringContaining("redis-cli --rdb FILE") });
    expect(files(ofHost)).toEqual(["catalogue.db", "manifest.json"]);
    backup = ofHost;
    await refused(/is from a host with Redis, so it contains no jobs/);
    expect((await restore(ofHost, join(folder, "new"), redis)).code).toBe(0);
  });

  withPrograms("strace")("it was cut short: no service starts there, and it is run again", async () => {
    const to = join(folder, "new");
    const slow = [
      "-f",
      "-qq",
      "-e",
      "trace=rename,renameat,renameat2",
      "-e",
      "inject=rename,renameat,renameat2:delay_exit=400000",
    ];
    const command = [binaryPath(), "restore", backup, "--data-dir", to];
    const child = Bun.spawn(["strace", ...slow, "-o", "/dev/null", ...command], {
      env: { PATH: process.env.PATH },
      stdout: "ignore",
      stderr: "ignore",
    });
    await until(
      () => existsSync(join(to, "keys.db")) || existsSync(join(to, "catalogue.db")),
      30_000,
      "a file in its place",
    );
    const [restoring = ""] = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim().split(" ");
    process.kill(Number(restoring), "SIGKILL");
    await child.exited;
    expect(existsSync(join(to, ".restoring"))).toBe(true);
    await expect(start(to)).rejects.toThrow(/a restore into .* was interrupted: run `agentlink restore` again/);
    expect(await restore(backup, to)).toMatchObject({ code: 0, stderr: "" });
    await start(to);
  });
});

const mayMount = Bun.spawnSync(["unshare", "--mount", "chroot", "/", "true"]).exitCode === 0;
unless(mayMount ? null : "it needs root: it enters a root file system of its own")(
  "a machine with nothing but the binary and its C library restores a backup and resumes",
  async () => {
    const service = await start(dataDir, { AGENTLINK_DELIVERY: "folder" });
    await fetch(`${service.url}/api/queue/pause`, { method: "POST" });
    const id = await post(service.url, inlineJob(1));
    const root = join(folder, "root");
    for (const name of ["proc", "data"]) await mkdir(join(root, name), { recursive: true });
    expect((await backUp(join(root, "backup"))).code).toBe(0);
    await service.end("SIGKILL");
    await copyFile(binaryPath(), join(root, "agentlink"));
    const loader = Bun.spawnSync(["ldd", binaryPath()]).stdout.toString();
    for (const [file] of loader.matchAll(/\/\S+(?= \(0x)/g)) {
      await mkdir(dirname(join(root, file)), { recursive: true });
      cpSync(file, join(root, file), { dereference: true });
    }
    const within = (command: string) => [
      ...["unshare", "--mount", "sh", "-c", `mount -t proc proc "$0/proc" && exec chroot "$0" ${command}`, root],
    ];
    const { exitCode, stderr } = Bun.spawnSync(within("/agentlink restore /backup --data-dir /data"));
    expect({ exitCode, stderr: stderr.toString() }).toEqual({ exitCode: 0, stderr: "" });
    const next = await startBinary({ command: within("/agentlink serve"), dataDir: "/data" });
    services.push(next);
    await fetch(`${next.url}/api/queue/resume`, { method: "POST" });
    expect(await untilEnded(next.url, id)).toMatchObject({ status: "completed" });
  },
  120_000,
);
