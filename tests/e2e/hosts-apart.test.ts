import { afterAll, beforeAll, expect } from "bun:test";
import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { withPrograms } from "../programs.ts";
import { HAS_REDIS, type RedisServer, startRedis } from "../queue/redis-server.ts";
import { until } from "../until.ts";
import { post, run, startBinary, temporaryFolder, untilEnded } from "./binary.ts";
import { inlineJob } from "./jobs.ts";

const TIMEOUT_MS = 120_000;
const LIBRARY = readdirSync("/usr/lib")
  .map((folder) => join("/usr/lib", folder, "faketime/libfaketimeMT.so.1"))
  .find(existsSync);

let server: RedisServer;
beforeAll(async () => {
  if (HAS_REDIS) server = await startRedis();
});
afterAll(async () => {
  if (HAS_REDIS) await server.remove();
});

/** Of one installation of its own on the Redis. */
function settings(prefix: string, folder: string): Record<string, string> {
  return {
    AGENTLINK_REDIS_URL: server.url,
    AGENTLINK_REDIS_PREFIX: prefix,
    AGENTLINK_REDIS_LEASE: "6s",
    AGENTLINK_REPORTS: join(folder, "reports"),
    AGENTLINK_DELIVERY_FOLDER: join(folder, "out"),
    AGENTLINK_RENDER_THREADS: "1",
  };
}

withPrograms("redis-server")(
  "a copy of a host's data folder takes a name of its own, says so, and takes nothing from the other",
  async () => {
    const folder = temporaryFolder();
    const env = settings("copied", folder);
    const a = await startBinary({ dataDir: join(folder, "a"), env });
    cpSync(join(folder, "a"), join(folder, "b"), { recursive: true });
    const nameOf = (host: string) => readFileSync(join(folder, host, "instance-1"), "utf8");
    expect(nameOf("b")).toBe(nameOf("a"));
    const b = await startBinary({ dataDir: join(folder, "b"), env });
    expect(nameOf("b")).not.toBe(nameOf("a"));
    expect(b.log()).toContain(`${join(folder, "a")} uses this host's name in Redis: this host has taken a new name`);
    const ids = await Promise.all([a, b, a, b, a, b].map(({ url }, number) => post(url, inlineJob(number))));
    const ended = await Promise.all(ids.map((id) => untilEnded(b.url, id)));
    expect(ended.map(({ status, attempts }) => `${status} ${attempts}`)).toEqual(ids.map(() => "completed 1"));
    // Killed, it is back in the same folder at once, with the same name.
    await b.end("SIGKILL");
    const name = nameOf("b");
    const again = await startBinary({ dataDir: join(folder, "b"), env });
    expect(nameOf("b")).toBe(name);
    expect(again.log()).not.toContain("has taken a new name");
    for (const host of [a, again]) expect(await host.end("SIGTERM")).toBe(0);
  },
  TIMEOUT_MS,
);

withPrograms("redis-server", "faketime")(
  "a host whose clock is an hour behind works by Redis's time, is not ready, and says why; another stays ready",
  async () => {
    const folder = temporaryFolder();
    const env = settings("apart", folder);
    const behind = {
      LD_PRELOAD: LIBRARY ?? "",
      FAKETIME: "-3600s",
      DONT_FAKE_MONOTONIC: "1",
    };
    const right = await startBinary({ dataDir: join(folder, "right"), env });
    const wrong = await startBinary({ dataDir: join(folder, "wrong"), env: { ...env, ...behind } });
    const ready = async (url: string) => {
      const response = await fetch(`${url}/readyz`);
      return { status: response.status, text: await response.text() };
    };
    expect(await ready(wrong.url)).toMatchObject({
      status: 503,
      text: expect.stringMatching(/this host's clock is 3(599|600|601) s behind the clock of Redis: set both by NTP/),
    });
    expect((await ready(right.url)).status).toBe(200);
    await until(() => wrong.log().includes("behind the clock of Redis"), 15_000, "a line in its log");
    expect(right.log()).not.toContain("the clock of Redis: set both");

    await right.end("SIGTERM");
    const before = Date.now();
    const job = await untilEnded(wrong.url, await post(wrong.url, inlineJob(1)));
    const { created_at: created, ended_at: ended } = job as typeof job & Record<"created_at" | "ended_at", string>;
    expect(job).toMatchObject({ status: "completed", attempts: 1 });
    for (const time of [created, ended]) expect(Math.abs(Date.parse(time) - before)).toBeLessThan(60_000);

    const flags = ["doctor", "--offline", "--data-dir", join(folder, "wrong"), "--url", wrong.url];
    const doctor = await run(flags, { env: { ...env, ...behind } });
    expect(doctor.code).toBe(1);
    expect(doctor.stdout).toMatch(
      /^fail +clock of Redis +this host's clock is 3\d{3} s behind the clock of Redis\n +→ set both/m,
    );
    const sound = await run(flags, { env });
    expect(sound.stdout).toMatch(/^ok +clock of Redis +0\.\d s away from this host's clock$/m);
    expect(await wrong.end("SIGTERM")).toBe(0);
  },
  TIMEOUT_MS,
);
