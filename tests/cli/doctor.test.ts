import { Database } from "bun:sqlite";
import { afterAll, beforeEach, expect, test } from "bun:test";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { openKeys } from "../../src/access/keys/keys.ts";
import { checkFileSystem } from "../../src/cli/doctor/data-folder.ts";
import { type DoctorOptions, doctor } from "../../src/cli/doctor/doctor.ts";
import type { Finding } from "../../src/cli/doctor/finding.ts";
import { checkClock, checkDescriptors, checkMemory } from "../../src/cli/doctor/machine.ts";
import { NOTHING_DELIVERED } from "../../src/delivery/record.ts";
import { isInUse } from "../../src/queue/sqlite/database.ts";
import { examineDatabase } from "../../src/queue/sqlite/examination.ts";
import { openSqliteQueue } from "../../src/queue/sqlite/queue.ts";
import { temporaryFolder } from "../e2e/binary.ts";
import { FakeS3 } from "../fakes/s3.ts";
import { openApi, VITALS } from "../http/api.ts";
import { post } from "../queue/builders.ts";

const s3 = await new FakeS3().start();
afterAll(() => s3.stop());
let dataDir: string;
beforeEach(() => {
  dataDir = join(temporaryFolder(), "data");
});

interface Verdict {
  readonly code: number;
  readonly of: (what: string) => Finding | undefined;
  readonly text: string;
}

async function examine(
  environment: Record<string, string> = {},
  options: Partial<DoctorOptions> = {},
): Promise<Verdict> {
  let text = "";
  const code = await doctor({
    environment: { AGENTLINK_DATA_DIR: dataDir, AGENTLINK_PORT: "1", ...environment },
    flags: {},
    version: "1.2.3",
    deep: false,
    offline: false,
    json: true,
    examine: async (...looked) => examineDatabase(...looked),
    inUse: (folder) => isInUse(join(folder, "agentlink.db")),
    out: (line) => {
      text += `${line}\n`;
    },
    ...options,
  });
  const found: readonly Finding[] = options.json === false ? [] : JSON.parse(text).findings;
  return { code, text, of: (name) => found.find(({ what }) => what === name) };
}

test("of a service that is not ready it says how the work goes, too: a target that fails hides no failing callback", async () => {
  const record = { ...NOTHING_DELIVERED, failures: 3, failingSince: "2026-11-26T08:00:00.000Z", lastError: "no room" };
  const delivery = { target: "folder", problem: "no room (next attempt 2026-11-26T08:30:00.000Z)", record } as const;
  await using api = await openApi({
    ready: async () => ["reports cannot be delivered to folder: no room"],
    health: async () => ({ ...VITALS, deliveries: [delivery] }),
  });
  const { of } = await examine({
    AGENTLINK_PORT: String(api.port),
    AGENTLINK_DATA_DIR: api.dataDir,
    AGENTLINK_TIME_ZONE: "Australia/Perth",
  });
  expect(of("service")).toMatchObject({ state: "fail" });
  expect(of("reports to folder")).toMatchObject({
    state: "warn",
    found: expect.stringContaining("failing since 2026-11-26 16:00:00 AWST, 3 times in a row: no room"),
  });
  expect(of("callbacks")).toMatchObject({ state: "ok" });
});

async function withQueue(): Promise<void> {
  mkdirSync(dataDir, { recursive: true });
  const queue = openSqliteQueue({ path: join(dataDir, "agentlink.db"), queueLimit: 10 });
  await post(queue);
  await queue.close();
}

test("before the first start nothing fails, and nothing is left behind", async () => {
  const verdict = await examine();
  expect(verdict.code).toBe(0);
  expect(verdict.of("service")).toMatchObject({ state: "warn", advice: expect.stringContaining("agentlink serve") });
  expect(existsSync(dataDir)).toBe(false);
  const shown = await examine({}, { json: false });
  expect(shown.text).toMatch(/^ok {4}data folder /m);
  expect(shown.text).toMatch(/^ +→ start the service with `agentlink serve`/m);
  expect(shown.text).toEndWith("2 warnings, no check failed\n");
});

test("wrong settings are each named with what they must be", async () => {
  const { code, text } = await examine({ AGENTLINK_PORT: "eighty", AGENTLINK_DATADIR: "x" });
  expect(code).toBe(1);
  expect(text).toContain("must be a whole number");
  expect(text).toContain("Did you mean AGENTLINK_DATA_DIR?");
});

test("a sound database is counted; damage, another program's and a newer one fail, and are left as they are", async () => {
  await withQueue();
  expect((await examine()).of("database")).toMatchObject({ state: "ok", found: expect.stringContaining("1 queued") });
  expect((await examine({}, { deep: true })).of("database")?.state).toBe("ok");
  const path = join(dataDir, "agentlink.db");
  const sound = readFileSync(path);
  const spoil = async (change: (db: Database) => void) => {
    writeFileSync(path, sound);
    const db = new Database(path);
    change(db);
    db.run("PRAGMA wal_checkpoint(TRUNCATE)");
    db.close();
    const before = readFileSync(path);
    const verdict = await examine();
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(verdict.code).toBe(1);
    return verdict.of("database");
  };
  expect(await spoil((db) => db.run("PRAGMA user_version = 99"))).toMatchObject({
    state: "fail",
    found: expect.stringMatching(/newer/),
  });
  expect(await spoil((db) => db.run("PRAGMA application_id = 7"))).toMatchObject({
    found: expect.stringMatching(/another program/),
  });
  expect(await spoil((db) => db.run("DROP TRIGGER jobs_audit"))).toMatchObject({
    found: expect.stringMatching(/jobs_audit is missing/),
  });
  writeFileSync(path, Buffer.from(sound).fill(0xaa, 4_096, 12_288));
  expect((await examine()).of("database")).toMatchObject({ state: "fail", advice: expect.stringMatching(/backup/) });
});

test("a program that holds the database open is named", async () => {
  await withQueue();
  const path = join(dataDir, "agentlink.db");
  const waiting = Bun.spawn(["sh", "-c", 'exec 3<"$0"; echo open; read -r line', path], {
    stdin: "pipe",
    stdout: "pipe",
  });
  await waiting.stdout.getReader().read();
  expect((await examine()).of("held open by")).toMatchObject({
    state: "warn",
    found: expect.stringContaining(`(${waiting.pid})`),
  });
  waiting.stdin.end();
  await waiting.exited;
  expect((await examine()).of("held open by")).toMatchObject({
    state: "ok",
    found: "no program that this user can see",
  });
});

test("a service that runs under the name of its download is no other program", async () => {
  await withQueue();
  const program = join(temporaryFolder(), "agentlink-linux-x64-baseline");
  copyFileSync(realpathSync("/bin/sh"), program);
  const script = 'exec 3<"$0"; echo open; read -r line';
  const pending = Bun.spawn([program, "-c", script, join(dataDir, "agentlink.db")], { stdin: "pipe", stdout: "pipe" });
  await pending.stdout.getReader().read();
  expect((await examine()).of("held open by")).toMatchObject({
    state: "ok",
    found: `agentlink-linux (${pending.pid})`,
  });
  pending.stdin.end();
  await pending.exited;
});

test("a job from the future reveals a clock that was set back", () => {
  expect(checkClock("2026-07-01T10:00:00.000Z", Date.parse("2026-07-01T10:00:30Z")).state).not.toBe("fail");
  expect(checkClock("2026-07-01T10:00:00.000Z", Date.parse("2026-07-01T09:00:00Z"))).toMatchObject({ state: "fail" });
  expect(checkClock(null, 0)).toMatchObject({ state: "fail" });
});

test("network file systems are refused, memory and FUSE are warned of", () => {
  const state = (type: number) => checkFileSystem(type, "/data").state;
  // statfs returns some as negative numbers.
  expect([0x6969, 0xff534d42, 0xff534d42 | 0, 0x517b].map(state)).toEqual(["fail", "fail", "fail", "fail"]);
  expect([0x01021994, 0x65735546].map(state)).toEqual(["warn", "warn"]);
  expect([0xef53, 0x58465342, 0x9123683e, 0x794c7630].map(state)).toEqual(["ok", "ok", "ok", "ok"]);
});

test("the limit of open files is read, of the service where it runs", () => {
  const proc = temporaryFolder();
  const limit = (text: string, pid: number | null) => {
    const folder = join(proc, String(pid ?? "self"));
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, "limits"),
      `Max processes  1 1 processes\nMax open files            ${text}   524288   files\n`,
    );
    return checkDescriptors(pid, proc);
  };
  expect(limit("1024", 7)).toMatchObject({ state: "warn", found: expect.stringContaining("running service") });
  expect(limit("1024", null).state).toBe("ok");
  expect(limit("256", null).state).toBe("fail");
  expect(limit("unlimited", 7)).toMatchObject({ state: "ok", found: "no limit" });
});

test("missing memory, too little of it, and too many threads for it are reported", () => {
  expect(checkMemory({ memoryLimit: 1e15, renderThreads: null })).toMatchObject({ state: "fail" });
  expect(checkMemory({ memoryLimit: 400_000_000, renderThreads: null })).toMatchObject({ state: "warn" });
  expect(checkMemory({ memoryLimit: 700_000_000, renderThreads: 200 })).toMatchObject({ state: "warn" });
});

test("a running service is checked for readiness, and of which version it is", async () => {
  let problems: readonly string[] = [];
  await using api = await openApi({ ready: async () => problems });
  const at = { AGENTLINK_URL: api.url };
  expect((await examine(at)).of("service")).toMatchObject({ state: "ok" });
  expect((await examine(at, { version: "9.9.9" })).of("service")).toMatchObject({
    state: "warn",
    found: expect.stringMatching(/1\.2\.3/),
  });
  problems = ["reports cannot be delivered to dropbox: the token was revoked"];
  expect((await examine(at)).of("service")).toMatchObject({
    state: "fail",
    found: expect.stringMatching(/token was revoked/),
  });
});

test("no keys where one is required, only revoked keys, or none that sees all jobs, is reported", async () => {
  expect((await examine()).of("keys")?.state).toBe("ok");
  const outside = { AGENTLINK_HOST: "0.0.0.0" };
  expect((await examine(outside)).of("keys")).toMatchObject({
    state: "fail",
    advice: expect.stringMatching(/keys create/),
  });
  mkdirSync(dataDir);
  const keys = openKeys({ path: join(dataDir, "keys.db") });
  keys.create({ name: "make", scope: "submit", rate: null });
  expect((await examine(outside)).of("keys")).toMatchObject({
    state: "warn",
    found: expect.stringMatching(/1 submit/),
  });
  keys.create({ name: "ops", scope: "admin", rate: null });
  expect((await examine(outside)).of("keys")).toMatchObject({ state: "ok", found: "1 submit, 1 admin" });
  for (const name of ["make", "ops"]) keys.revoke(name);
  expect((await examine(outside)).of("keys")).toMatchObject({
    state: "fail",
    found: expect.stringMatching(/all keys are revoked/),
  });
  keys.close();
});

test("a callback secret that others can read, or an invalid one, is reported", async () => {
  mkdirSync(dataDir);
  const path = join(dataDir, "callback.secret");
  writeFileSync(path, `whsec_${Buffer.alloc(32, 1).toString("base64")}\n`, { mode: 0o600 });
  expect((await examine()).of("callback secret")?.state).toBe("ok");
  chmodSync(path, 0o644);
  expect((await examine()).of("callback secret")).toMatchObject({
    state: "warn",
    advice: expect.stringMatching(/chmod 600/),
  });
  writeFileSync(path, "not a secret");
  expect((await examine()).of("callback secret")?.state).toBe("fail");
});

test("deliveries and the source are reached, and problems are reported with what to do", async () => {
  using source = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request) => new Response(null, { status: request.headers.get("x-key") === "good" ? 404 : 401 }),
  });
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = s3.options();
  const environment = {
    AGENTLINK_DELIVERY: "folder,s3",
    AGENTLINK_DELIVERY_FOLDER: join(dataDir, "..", "out"),
    AGENTLINK_S3_ENDPOINT: endpoint,
    AGENTLINK_S3_REGION: region,
    AGENTLINK_S3_BUCKET: bucket,
    AGENTLINK_S3_ACCESS_KEY_ID: accessKeyId,
    AGENTLINK_S3_SECRET_ACCESS_KEY: secretAccessKey,
    AGENTLINK_SOURCE_URL: `${source.url.origin}/{state}/{suburb}`,
    AGENTLINK_SOURCE_HEADERS: '{"X-Key": "good"}',
    AGENTLINK_ALLOW_HOSTS: "127.0.0.1",
  };
  const good = await examine(environment);
  expect(good.of("delivery: folder")?.state).toBe("ok");
  expect(good.of("delivery: s3")).toMatchObject({
    state: "ok",
    found: "uploaded, read and deleted a test object in the bucket reports",
  });
  expect(good.of("source")).toMatchObject({ state: "ok", found: expect.stringContaining("no data for Manly") });
  const bad = await examine({
    ...environment,
    AGENTLINK_SOURCE_HEADERS: '{"X-Key": "bad"}',
    AGENTLINK_S3_SECRET_ACCESS_KEY: "wrong",
    AGENTLINK_CALLBACK_URL: "http://10.0.0.1/hook",
    AGENTLINK_DELIVERY_FOLDER: "/proc/none",
  });
  expect(bad.of("delivery: s3")).toMatchObject({ state: "fail", found: expect.stringMatching(/refuses these keys/) });
  expect(bad.of("delivery: folder")).toMatchObject({
    state: "fail",
    found: expect.stringMatching(/cannot be written/),
  });
  expect(bad.of("source")?.state).toBe("fail");
  expect(bad.of("callbacks")?.state).toBe("fail");
  expect((await examine(environment, { offline: true })).of("source")).toBeUndefined();
  expect(readdirSync(join(dataDir, ".."))).toEqual([]);
});
