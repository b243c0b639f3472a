import { afterAll, afterEach, setDefaultTimeout } from "bun:test";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { post, type RunningBinary, startBinary, temporaryFolder, untilEnded } from "../e2e/binary.ts";
import { inlineJob } from "../e2e/jobs.ts";
import { freePort } from "../free-port.ts";
import { listen } from "../http/event-stream.ts";
import { unless, withPrograms } from "../programs.ts";
import { type RedisServer, startRedis } from "../queue/redis-server.ts";
import { until } from "../until.ts";
import { down, expectAlerts, record } from "./promtool.ts";

/**
 * Which alerts fire in which outage: each is made with the running service, its response at /metrics is recorded,
 * and promtool evaluates the shipped rules on it.
 */
setDefaultTimeout(180_000);
const test = withPrograms("promtool");

let running: RunningBinary[] = [];
afterEach(async () => {
  await Promise.all(running.map((each) => each.end("SIGKILL")));
  running = [];
});

async function start(env: Record<string, string> = {}, command?: readonly string[]): Promise<RunningBinary> {
  const dataDir = env.AGENTLINK_DATA_DIR ?? temporaryFolder();
  const service = await startBinary({
    dataDir,
    env: { AGENTLINK_RENDER_THREADS: "1", AGENTLINK_ALLOW_HOSTS: "127.0.0.1", ...env },
    ...(command === undefined ? {} : { command }),
  });
  running.push(service);
  return service;
}

const SOURCE_CACHE = { AGENTLINK_SOURCE_CACHE: "0s" };
type Series = ReadonlyMap<string, number>;
const seriesOf =
  (name: string, above = 0) =>
  (series: Series) =>
    [...series].some(([each, value]) => each.startsWith(name) && value > above);
const isNotReady = (series: Series) => series.get("agentlink_ready") === 0;
/** A bucket at a port without a listener, or one that never responds. */
const bucketAt = (port: number) => ({
  AGENTLINK_DELIVERY: "s3",
  AGENTLINK_S3_ENDPOINT: `http://127.0.0.1:${port}`,
  AGENTLINK_S3_BUCKET: "reports",
  AGENTLINK_S3_ACCESS_KEY_ID: "key",
  AGENTLINK_S3_SECRET_ACCESS_KEY: "secret",
});

test("none fires while all is well, with requests that wait by design: Prefer: wait, long polls and event streams", async () => {
  using source = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch() {
      await Bun.sleep(1_500);
      return Response.json({ ...inlineJob(1).data, suburb: { name: "Manly", state: "NSW" } });
    },
  });
  const { url } = await start({ AGENTLINK_SOURCE_URL: `${source.url.origin}/{suburb}`, ...SOURCE_CACHE });
  const stream = await listen(`${url}/api/events`);
  const recording = record(url, seriesOf('agentlink_jobs_ended_total{status="completed"}'));
  const headers = { Prefer: "wait=30" };
  const body = { suburb: "Manly", state: "NSW" };
  for (let round = 0; round < 2; round += 1) {
    const id = await post(url, body, headers);
    await untilEnded(url, id);
  }
  await untilEnded(url, await post(url, inlineJob(2)));
  const seen = await recording;
  stream.leave();
  await expectAlerts([seen], { 15: [], 60: [], 119: [] });
});

test("a delivery target that does not respond", async () => {
  const { url } = await start(bucketAt(freePort()));
  for (let number = 0; number < 3; number += 1) await post(url, inlineJob(number));
  const seen = await record(url, (series) => isNotReady(series) && seriesOf("agentlink_delivery_problem")(series));
  const fired = ["AgentLinkDependencyFails", "AgentLinkDeliveryProblem", "AgentLinkNotReady"];
  await expectAlerts([seen], { 1: [], 10: fired, 60: [...fired, "AgentLinkNothingCompletes"] });
});

test("a delivery target that takes a connection and never responds", async () => {
  using hanging = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { url } = await start(bucketAt(hanging.port));
  await post(url, inlineJob(1));
  const seen = await record(url, seriesOf("agentlink_dependency_failing_seconds", 1));
  await expectAlerts([seen], {
    1: [],
    10: ["AgentLinkDependencyFails"],
    60: ["AgentLinkDependencyFails", "AgentLinkNothingCompletes"],
  });
});

test("a data source that returns 503", async () => {
  using source = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("away", { status: 503 }) });
  const { url } = await start({ AGENTLINK_SOURCE_URL: `${source.url.origin}/{suburb}`, ...SOURCE_CACHE });
  for (const suburb of ["Manly", "Mosman", "Fairlight"]) await post(url, { suburb, state: "NSW" });
  const open = seriesOf('agentlink_circuit_open{dependency="source"');
  const seen = await record(url, (series) => isNotReady(series) && open(series));
  const fired = ["AgentLinkDependencyFails", "AgentLinkNotReady"];
  await expectAlerts([seen], { 1: [], 10: fired, 60: [...fired, "AgentLinkNothingCompletes"] });
});

test("a receiver of callbacks that is away", async () => {
  const { url } = await start({ AGENTLINK_CALLBACK_URL: `http://127.0.0.1:${freePort()}/hook` });
  await untilEnded(url, await post(url, inlineJob(1)));
  const seen = await record(url, seriesOf("agentlink_oldest_callback_seconds", 1));
  await expectAlerts([seen], { 10: [], 30: ["AgentLinkCallbackLate"] });
});

test("a paused queue", async () => {
  const { url } = await start();
  await fetch(`${url}/api/queue/pause`, { method: "POST" });
  await post(url, inlineJob(1));
  const seen = await record(url, seriesOf("agentlink_paused"));
  await expectAlerts([seen], { 59: [], 119: ["AgentLinkPausedLong"] });
});

test("a data folder that was copied, started beside its original", async () => {
  const folder = temporaryFolder();
  const [original, copied] = [join(folder, "original"), join(folder, "copy")];
  const first = await start({ AGENTLINK_DATA_DIR: original });
  await untilEnded(first.url, await post(first.url, inlineJob(1)));
  cpSync(original, copied, { recursive: true });
  const { url } = await start({ AGENTLINK_DATA_DIR: copied });
  await post(url, inlineJob(2));
  const isBlocked = seriesOf("agentlink_data_folder_copied");
  const seen = await record(url, (series) => isNotReady(series) && isBlocked(series));
  const fired = ["AgentLinkDataFolderCopied", "AgentLinkNotReady"];
  await expectAlerts([seen], { 1: [], 4: fired.slice(0, 1), 10: fired, 119: fired });
  await expectAlerts([await record(first.url)], { 10: [] });
});

test("a render that brings the process down each time", async () => {
  const dataDir = temporaryFolder();
  const service = [process.execPath, join(import.meta.dir, "../e2e/poison-service.ts")];
  const env = { AGENTLINK_DATA_DIR: dataDir, AGENTLINK_MEMORY_LIMIT: "1GB" };
  const poisoned = { ...inlineJob(1), data: { agents: [{ name: "poison: bring the process down" }] } };
  const first = await start(env, service);
  await post(first.url, poisoned);
  await until(() => !isAlive(first.pid), 60_000, "the process to be brought down");
  const { url } = await start(env, service);
  const seen = await record(url, seriesOf('agentlink_attempts_failed_total{code="poisonous"}'));
  await expectAlerts([seen], { 5: ["AgentLinkJobPoisonous"] });
});

test("memory that delays renders", async () => {
  const { url } = await start({ AGENTLINK_RENDER_THREADS: "2", AGENTLINK_MEMORY_LIMIT: "256MB" });
  const [waits, completes] = ["agentlink_renders_waiting_for_memory", 'agentlink_jobs_ended_total{status="completed"}'];
  // From before the first: of what is completed it is the growth that counts.
  const recording = record(url, (series) => seriesOf(waits)(series) && seriesOf(completes)(series));
  // So many that some wait while others are done, however quick the machine is.
  for (let number = 0; number < 300; number += 1) await post(url, inlineJob(number));
  const seen = await recording;
  // Renders wait because memory is short: the last check may find nine tenths of it used as well.
  const [used, limit] = ["agentlink_memory_bytes", "agentlink_memory_limit_bytes"].map((name) => seen.last.get(name));
  const alsoUsed = Number(used) > 0.9 * Number(limit) ? ["AgentLinkMemory"] : [];
  await expectAlerts([seen], { 5: [], 20: [...alsoUsed, "AgentLinkMemoryBlocksRenders"] });
});

const disk = smallDisk();
(disk === null ? unless("it needs root: it mounts a small disk") : test)("a full disk", async () => {
  const { url } = await start({ AGENTLINK_DATA_DIR: disk ?? "" });
  const seen = await record(url, isNotReady);
  await expectAlerts([seen], { 1: [], 30: ["AgentLinkDiskFillsUp", "AgentLinkNotReady"] });
});

withPrograms("promtool", "redis-server")("one of two hosts dies, and another's clock is a minute off", async () => {
  const redis: RedisServer = await startRedis();
  const folder = temporaryFolder();
  const env = {
    AGENTLINK_REDIS_URL: redis.url,
    AGENTLINK_REPORTS: join(folder, "reports"),
    AGENTLINK_DELIVERY_FOLDER: join(folder, "out"),
  };
  try {
    const [lives, dies] = [await start(env), await start(env)];
    await dies.end("SIGKILL");
    await untilEnded(lives.url, await post(lives.url, inlineJob(1)));
    const seen = await record(lives.url);
    await expectAlerts([seen, down("two:8080")], { 1: [], 10: ["AgentLinkDown"] });
    const off = new Map([...seen.last, ["agentlink_clock_ahead_seconds", -3_600]]);
    await expectAlerts([{ ...seen, last: off }], { 1: [], 10: ["AgentLinkClockOff"] });
  } finally {
    await redis.remove();
  }
});

/** A file system of its own with 64 MB; null where this user may not mount one. */
function smallDisk(): string | null {
  const folder = temporaryFolder();
  const { success } = Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", folder]);
  if (success) afterAll(() => void Bun.spawnSync(["umount", "--lazy", folder]));
  return success ? folder : null;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
