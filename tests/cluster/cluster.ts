import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Queue } from "../../src/queue/queue.ts";
import { openRedisQueue } from "../../src/queue/redis/queue.ts";
import { run, temporaryFolder } from "../e2e/binary.ts";
import { inlineJob } from "../e2e/jobs.ts";
import { CAN_SET_CLOCK } from "../e2e/wall-clock.ts";
import { type RedisServer, startRedis } from "../queue/redis-server.ts";
import { type Outside, startOutside } from "../torture/outside.ts";
import { type Random, seeded } from "../torture/random.ts";
import { createHost, type Host } from "./host.ts";
import { type Network, planNetwork } from "./network.ts";

const HOSTS = 3;
const BATCH = 25;
const LEASE = "3s";
const CLOCK_OFF_S = 3_600;
const RESPONSE_MS = 30_000;
const SUBURBS = ["Manly", "Mosman", "Fairlight", "Seaforth", "Balgowlah", "Freshwater"];

export interface ClusterOptions {
  readonly jobs: number;
  readonly seed: number;
  /** Between one thing that goes wrong and the next, at most. */
  readonly calmMs: number;
  /** The most faults of a run; unlimited when left out. */
  readonly incidents?: number;
  /** Nothing ends in so long: then something is stuck. */
  readonly stallTimeoutMs: number;
}

export interface ClusterOutcome {
  readonly network: Network["kind"];
  readonly faults: readonly string[];
  readonly counts: ReadonlyMap<string, number>;
}

/**
 * Three hosts on one Redis do so many jobs, while they are killed, stopped, cut off, cloned and under clocks that are off
 * by up to an hour, Redis is killed, and their data source and their bucket hang, break or throttle, at random;
 * then each job must be completed, with one file and one object.
 */
export async function tortureCluster(options: ClusterOptions): Promise<ClusterOutcome> {
  const { jobs, seed, calmMs, stallTimeoutMs, incidents = Number.POSITIVE_INFINITY } = options;
  const folder = temporaryFolder();
  const [reports, out] = [join(folder, "reports"), join(folder, "out")];
  for (const each of [reports, out]) mkdirSync(each);
  const random = seeded(seed);
  const counts = new Map<string, number>();
  const count = (what: string, by = 1) => void counts.set(what, (counts.get(what) ?? 0) + by);

  const plan = await planNetwork(HOSTS);
  // What is acknowledged is synced: Redis is killed, too.
  const server = await startRedis({ appendfsync: "always", args: ["--protected-mode", "no"], bind: plan.bind });
  const network = await plan.join(server.port);
  await using outside = await startOutside({
    hostname: network.kind === "namespaces" ? "0.0.0.0" : "127.0.0.1",
    data: (suburb) => ({ ...inlineJob(0).data, suburb: { name: suburb, state: "NSW" } }),
    // A bucket refuses a host whose clock is further off: that is a fault of the host's, for as long as it has that clock.
    skewS: 2 * CLOCK_OFF_S,
  });
  const settings = {
    AGENTLINK_REPORTS: reports,
    AGENTLINK_DELIVERY_FOLDER: out,
    AGENTLINK_REDIS_DURABLE: "1",
    AGENTLINK_REDIS_LEASE: LEASE,
    AGENTLINK_RENDER_THREADS: "1",
    AGENTLINK_STOP_GRACE: "1s",
  };
  const hosts = Array.from({ length: HOSTS }, (_, number) => {
    const { AGENTLINK_CALLBACK_URL: _url, ...reached } = outside.env(network.machine(number));
    return createHost(number, network, folder, { ...settings, ...reached });
  });
  const { prefix, holder } = { prefix: "agentlink", holder: "observer" };
  let observer: Queue | null = null;
  try {
    const key = await makeKey(server);
    await Promise.all(hosts.map((host) => host.start()));
    observer = await openRedisQueue({ url: server.url, prefix, holder, queueLimit: jobs });
    const chaos = createChaos({ hosts, network, server, outside, random, calmMs, count });
    const posting = postAll({ jobs, hosts, key, random: seeded(seed + 1), count });
    const faults = await finishAll({ jobs, queue: observer, chaos, calm: outside.calm, incidents, stallTimeoutMs });
    const ids = await posting;
    await Promise.all(hosts.map((host) => host.end("SIGTERM")));
    faults.push(...(await verdict({ ids, queue: observer, out, outside, count })));
    return { network: network.kind, faults, counts };
  } finally {
    await observer?.close();
    await Promise.all(hosts.map((host) => host.end("SIGKILL")));
    await network.remove();
    await server.remove();
  }
}

/** One key for all hosts, made by the command line. */
async function makeKey(server: RedisServer): Promise<string> {
  const { stdout, stderr, code } = await run(
    ["keys", "create", "--name", "test", "--scope", "submit", "--rate", "1000000/s"],
    {
      env: { AGENTLINK_REDIS_URL: server.url },
    },
  );
  if (code !== 0) throw new Error(stderr);
  return stdout.trim();
}

interface Posting {
  readonly jobs: number;
  readonly hosts: readonly Host[];
  readonly key: string;
  readonly random: Random;
  readonly count: (what: string) => void;
}

/** Posts batches to hosts at random, each until it is acknowledged; returns the ids. */
async function postAll({ jobs, hosts, key, random, count }: Posting): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let first = 0; first < jobs; first += BATCH) {
    const numbers = Array.from({ length: Math.min(BATCH, jobs - first) }, (_, at) => first + at);
    // A third of them bring no data: that comes from the source.
    const reports = numbers.map((number) => ({
      ...(number % 3 === 0 ? { suburb: SUBURBS[(number / 3) % SUBURBS.length], state: "NSW" } : inlineJob(number)),
      delivery: { folder: "cluster", filename: `report-${number}` },
    }));
    for (let responded = false; !responded; ) {
      const url = random.pick(hosts)?.url() ?? null;
      const batch = url === null ? null : await postBatch(url, key, `batch-${first}`, reports);
      if (batch === null) {
        count("posts without a response or refused, and sent again");
        await Bun.sleep(200);
        continue;
      }
      ids.push(...batch);
      responded = true;
    }
  }
  return ids;
}

async function postBatch(url: string, key: string, idempotency: string, reports: unknown) {
  try {
    const response = await fetch(`${url}/api/generate-agents-reports`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-api-key": key, "idempotency-key": idempotency },
      body: JSON.stringify({ reports }),
      signal: AbortSignal.timeout(RESPONSE_MS),
    });
    const text = await response.text();
    if (response.status === 503) return null;
    if (response.status !== 200) throw new TypeError(`${response.status} ${text}`);
    return (JSON.parse(text) as { jobs: readonly { job_id: string }[] }).jobs.map(({ job_id }) => job_id);
  } catch (error) {
    if (error instanceof TypeError && /^\d{3} /.test(error.message)) throw error;
    return null;
  }
}

interface ChaosDependencies {
  readonly hosts: readonly Host[];
  readonly network: Network;
  readonly server: RedisServer;
  readonly outside: Outside;
  readonly random: Random;
  readonly calmMs: number;
  readonly count: (what: string) => void;
}

/** One thing that goes wrong, and is put right again. */
function createChaos({
  hosts,
  network,
  server,
  outside,
  random,
  calmMs,
  count,
}: ChaosDependencies): () => Promise<void> {
  const startAgain = async (host: Host) => {
    const offS = CAN_SET_CLOCK && random.chance(0.33) ? Math.round(random.between(-CLOCK_OFF_S, CLOCK_OFF_S)) : 0;
    if (offS !== 0) count("hosts under a clock that is off");
    await host.start(offS);
  };
  return async () => {
    await Bun.sleep(random.between(calmMs / 8, calmMs));
    const { source, bucket } = outside.change(random);
    if (source !== "fine") count(`source ${source}`);
    if (bucket !== "fine") count(`bucket ${bucket}`);
    const host = random.pick(hosts);
    if (host === undefined) return;
    const dice = random.next();
    if (dice < 0.35) {
      await host.end("SIGKILL");
      count("hosts killed");
      await Bun.sleep(random.between(0, 4_000));
      await startAgain(host);
    } else if (dice < 0.4) {
      const other = hosts.find((each) => each !== host);
      await host.end("SIGKILL");
      if (other !== undefined) await host.becomeCopyOf(other);
      count("hosts made from another's disk");
      await startAgain(host);
    } else if (dice < 0.8) {
      await network.cut(host.number);
      count("hosts cut off");
      // Some of the cuts are longer than a lease.
      await Bun.sleep(random.between(500, 8_000));
      await network.heal(host.number);
    } else if (dice < 0.9) {
      await host.end("SIGTERM");
      count("hosts stopped");
      await startAgain(host);
    } else {
      await server.kill();
      count("Redis killed");
      await Bun.sleep(random.between(0, 1_500));
      await server.start();
    }
  };
}

interface Finishing {
  readonly jobs: number;
  readonly queue: Queue;
  readonly chaos: () => Promise<void>;
  /** All outside is well from then on. */
  readonly calm: () => void;
  readonly incidents: number;
  readonly stallTimeoutMs: number;
}

/** Continues the chaos until four fifths are done, and waits for the rest. */
async function finishAll({ jobs, queue, chaos, calm, incidents, stallTimeoutMs }: Finishing): Promise<string[]> {
  let done = 0;
  let happened = 0;
  let progressAt = Date.now();
  while (done < jobs) {
    if (done < 0.8 * jobs && happened++ < incidents) await chaos();
    else {
      calm();
      await Bun.sleep(250);
    }
    const counts = await queue.counts().catch(() => null);
    if (counts === null) continue;
    const now = counts.completed + counts.failed + counts.cancelled;
    if (now > done) progressAt = Date.now();
    done = now;
    if (Date.now() - progressAt > stallTimeoutMs)
      return [`nothing ended for ${stallTimeoutMs / 1_000} seconds: ${JSON.stringify(counts)}`];
  }
  return [];
}

interface Judging {
  readonly ids: readonly string[];
  readonly queue: Queue;
  readonly out: string;
  readonly outside: Outside;
  readonly count: (what: string, by?: number) => void;
}

async function verdict({ ids, queue, out, outside, count }: Judging): Promise<readonly string[]> {
  const faults: string[] = [];
  const files = new Set(readdirSync(join(out, "cluster")).filter((name) => name.endsWith(".pdf")));
  const objects = new Set([...outside.objects.keys()].filter((name) => name.endsWith(".pdf")));
  if (new Set(ids).size !== ids.length) faults.push("two posts got the same job");
  for (const id of ids) {
    const job = await queue.get(id);
    if (job?.status !== "completed") {
      faults.push(`job ${id} is ${job?.status}: ${JSON.stringify(job?.error)}`);
      continue;
    }
    const path = job.delivered?.to ?? "";
    const sha256 = createHash("sha256").update(readFileSync(path)).digest("hex");
    if (sha256 !== job.report?.sha256) faults.push(`${path} is not what job ${id} rendered`);
    if (!files.delete(path.slice(path.lastIndexOf("/") + 1))) faults.push(`${path} is the file of two jobs`);
    const copy = (await queue.deliveries(id)).find(({ target }) => target === "s3")?.delivered?.to ?? "";
    const name = [...objects].find((each) => copy.endsWith(each));
    if (name === undefined) faults.push(`the bucket does not have ${copy} of job ${id} for itself`);
    else {
      const object = createHash("sha256")
        .update(outside.objects.get(name) ?? "")
        .digest("hex");
      if (object !== job.report?.sha256) faults.push(`${name} in the bucket is not what job ${id} rendered`);
      objects.delete(name);
    }
    count("attempts", (await queue.attempts(id)).length);
  }
  for (const name of objects) faults.push(`${name} in the bucket is nobody's, or was delivered twice`);
  for (const name of files) faults.push(`${name} is nobody's, or was delivered twice`);
  const total = Object.values(await queue.counts()).reduce((sum, each) => sum + each, 0);
  if (total !== ids.length) faults.push(`${total} jobs are stored, and ${ids.length} were acknowledged`);
  count("jobs", ids.length);
  return faults;
}
