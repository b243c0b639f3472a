import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openRedisQueue } from "../../src/queue/redis/queue.ts";
import { freePort } from "../free-port.ts";
import { groupWithPrograms } from "../programs.ts";
import { until } from "../until.ts";
import { claimOne, finish, post, postFor } from "./builders.ts";
import { startRedis } from "./redis-server.ts";

setDefaultTimeout(120_000);
groupWithPrograms("redis-server")("other kinds of Redis", () => {
  const closers: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });
  const opened = async (url: string, options: { readonly replicas?: number } = {}) => {
    const queue = await openRedisQueue({ url, prefix: "kinds", holder: "host", queueLimit: 1_000, ...options });
    closers.push(() => queue.close());
    return queue;
  };
  const started = async (...args: Parameters<typeof startRedis>) => {
    const server = await startRedis(...args);
    closers.push(() => server.remove());
    return server;
  };

  test("a cluster has all of it in one slot", async () => {
    // By default its bus is 10,000 above its port: among those that the system gives away.
    const bus = ["--cluster-port", String(freePort())];
    const server = await started({ args: ["--cluster-enabled", "yes", "--cluster-announce-ip", "127.0.0.1", ...bus] });
    await server.cli("cluster", "addslotsrange", "0", "16383");
    await until(async () => (await server.cli("cluster", "info")).includes("cluster_state:ok"));
    const queue = await opened(`redis+cluster://127.0.0.1:${server.port}`);
    const ids = await postFor(queue, "a", "b");
    expect(await finish(queue, await claimOne(queue))).toBe(true);
    expect((await queue.list({ limit: 5 })).jobs.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    expect(await queue.counts()).toMatchObject({ completed: 1, queued: 1 });
  });

  test("after a failover, which the sentinels announce, everything continues with the new master", async () => {
    const master = await started();
    const replica = await started({ args: ["--replicaof", "127.0.0.1", String(master.port)] });
    const sentinel = await startSentinel(master.port);
    closers.push(sentinel.remove);
    const url = `redis+sentinel://127.0.0.1:${sentinel.port}/mymaster`;
    const careful = await until(() => opened(url, { replicas: 1 }).catch(() => null));
    await until(() => post(careful).catch(() => null));
    await careful.close();
    const queue = await opened(url);
    const claim = await claimOne(queue);
    // What the replica did not confirm may be there all the same: the one that is claimed.
    const { id } = claim.job;
    await until(async () => (await replica.cli("hget", `{kinds}:job:${id}`, "status")) === "running");
    await until(() => sentinel.knowsReplica());
    await master.kill();
    expect(await until(() => finish(queue, claim).catch(() => null))).toBe(true);
    expect(await post(queue)).toBeString();
    expect(await replica.cli("hget", `{kinds}:job:${id}`, "status")).toBe("completed");
  });

  test("a host that needs a user and a password shows them", async () => {
    const server = await started({
      args: ["--user", "agentlink", "on", ">s3cret/", "~*", "&*", "+@all", "--user", "default", "off"],
      login: "agentlink:s3cret/",
    });
    const queue = await opened(`redis://agentlink:${encodeURIComponent("s3cret/")}@127.0.0.1:${server.port}`);
    expect(await post(queue)).toBeString();
    await expect(opened(`redis://agentlink:wrong@127.0.0.1:${server.port}`)).rejects.toMatchObject({ code: "redis" });
  });
});

async function startSentinel(masterPort: number) {
  const folder = mkdtempSync(join(tmpdir(), "agentlink-sentinel-"));
  const port = freePort();
  const file = join(folder, "sentinel.conf");
  const lines = [
    `port ${port}`,
    "bind 127.0.0.1",
    `dir ${folder}`,
    `sentinel monitor mymaster 127.0.0.1 ${masterPort} 1`,
    "sentinel down-after-milliseconds mymaster 500",
    "sentinel failover-timeout mymaster 5000",
  ];
  writeFileSync(file, lines.join("\n"));
  const child = Bun.spawn(["redis-server", file, "--sentinel"], { stdout: "ignore", stderr: "ignore" });
  return {
    port,
    async knowsReplica() {
      const words = ["redis-cli", "-p", String(port), "sentinel", "replicas", "mymaster"];
      return (await new Response(Bun.spawn(words, { stdout: "pipe" }).stdout).text()).includes("127.0.0.1");
    },
    async remove() {
      child.kill("SIGKILL");
      await child.exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
