import { afterAll, beforeAll, expect, setDefaultTimeout } from "bun:test";
import { existsSync, mkdirSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import type { Finding } from "../../src/cli/doctor/finding.ts";
import { openRedisQueue } from "../../src/queue/redis/queue.ts";
import { withPrograms } from "../programs.ts";
import { claimOne, post } from "../queue/builders.ts";
import { HAS_REDIS, type RedisServer, startRedis } from "../queue/redis-server.ts";
import { run, temporaryFolder } from "./binary.ts";

setDefaultTimeout(60_000);
const test = withPrograms("redis-server");

let server: RedisServer;
beforeAll(async () => {
  if (HAS_REDIS) server = await startRedis();
});
afterAll(() => server?.remove());

/** `agentlink` as an operator of a host calls it. */
function agentlink(dataDir: string, args: readonly string[], env: Record<string, string> = {}) {
  const login = server.url.replace("redis://", "redis://default:hunter2@");
  return run(args, { env: { AGENTLINK_DATA_DIR: dataDir, AGENTLINK_REDIS_URL: login, ...env } });
}

test("sql and backup say that the jobs are in Redis, and what to do, and touch no file", async () => {
  const dataDir = join(temporaryFolder(), "data");
  const copy = join(temporaryFolder(), "copy.db");
  for (const [args, advice] of [
    [["sql", "SELECT count(*) FROM jobs"], "`agentlink jobs list`"],
    [["sql", "--write", "DELETE FROM jobs"], "`agentlink jobs list`"],
    [["sql", "--database", "keys", "SELECT 1"], "`agentlink keys list`"],
    [["backup", copy], "`redis-cli --rdb FILE`"],
  ] as const) {
    const { code, stdout, stderr } = await agentlink(dataDir, args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(`are in Redis at 127.0.0.1:${server.port}/0 (AGENTLINK_REDIS_URL)`);
    expect(stderr).toContain(advice);
    expect(stderr).toContain("docs/several-hosts.md");
    expect(stderr).not.toContain("hunter2");
    expect(stderr.trim()).not.toContain("\n");
  }
  expect([existsSync(dataDir), existsSync(copy)]).toEqual([false, false]);

  // The catalogue is the host's own.
  const agents = join(temporaryFolder(), "agencies.csv");
  await Bun.write(agents, "id,name\nnp,Norfolk & Pine\n");
  mkdirSync(dataDir);
  const unset = { AGENTLINK_REDIS_URL: "" };
  expect(await agentlink(dataDir, ["import", agents], unset)).toMatchObject({ code: 0 });
  const requested = await agentlink(dataDir, [
    "sql",
    "--database",
    "catalogue",
    "--csv",
    "SELECT count(*) AS n FROM agencies",
  ]);
  expect(requested).toMatchObject({ code: 0, stdout: "n\n1\n" });
});

test("a copy of Redis, as the docs say it is made and brought back, has the jobs", async () => {
  const open = (url: string) => openRedisQueue({ url, prefix: "backup", holder: "host", queueLimit: 10 });
  const before = await open(server.url);
  const id = await post(before);
  const file = join(temporaryFolder(), "agentlink.rdb");
  await server.cli("config", "set", "repl-diskless-sync-delay", "0");
  await server.cli("--rdb", file);
  await before.close();

  const folder = temporaryFolder();
  await copyFile(file, join(folder, "dump.rdb"));
  const restored = await startRedis({ appendfsync: "no", args: ["--dir", folder] });
  try {
    expect(await restored.cli("config", "set", "appendonly", "yes")).toBe("OK");
    const after = await open(restored.url);
    expect((await claimOne(after)).job.id).toBe(id);
    await after.close();
  } finally {
    await restored.remove();
  }
});

test("the doctor says whether Redis is reached and fit to store jobs, and what to change", async () => {
  const shared = temporaryFolder();
  const examine = async (env: Record<string, string> = {}) => {
    const settings = {
      AGENTLINK_REDIS_URL: server.url,
      AGENTLINK_REPORTS: shared,
      AGENTLINK_DELIVERY_FOLDER: shared,
      AGENTLINK_PORT: "1",
    };
    const { code, stdout } = await agentlink(temporaryFolder(), ["doctor", "--json", "--offline"], {
      ...settings,
      ...env,
    });
    const { findings } = JSON.parse(stdout) as { readonly findings: readonly Finding[] };
    return { code, redis: findings.find(({ what }) => what === "redis"), findings };
  };
  const fit = await examine();
  expect(fit).toMatchObject({ code: 0, redis: { state: "ok", found: "responds, and its configuration is suitable" } });
  // What is in Redis is not searched for in the data folder.
  for (const local of ["database", "keys", "callback secret"])
    expect(fit.findings.some(({ what }) => what === local)).toBe(false);

  await server.cli("config", "set", "appendonly", "no");
  expect(await examine()).toMatchObject({
    code: 0,
    redis: { state: "warn", found: expect.stringContaining("appendonly yes") },
  });
  expect(await examine({ AGENTLINK_REDIS_DURABLE: "1" })).toMatchObject({
    code: 1,
    redis: { state: "fail", found: expect.stringContaining("set appendonly yes") },
  });
  await server.cli("config", "set", "maxmemory-policy", "allkeys-lru");
  expect(await examine()).toMatchObject({
    code: 1,
    redis: {
      state: "fail",
      found: expect.stringContaining("(maxmemory-policy allkeys-lru), and jobs with them: set noeviction"),
    },
  });
  await server.cli("config", "set", "maxmemory-policy", "noeviction");
  const away = await examine({ AGENTLINK_REDIS_URL: `redis://agentlink:hunter2@127.0.0.1:1` });
  expect(away).toMatchObject({
    code: 1,
    redis: { state: "fail", found: expect.stringContaining("Redis at 127.0.0.1:1/0 cannot be reached") },
  });
  expect(JSON.stringify(away)).not.toContain("hunter2");
});
