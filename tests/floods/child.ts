import { readFileSync } from "node:fs";
import { createOutbound } from "../../src/outbound/outbound.ts";
import { createHttpSource, createSourceBreaker } from "../../src/report/sources/http.ts";
import { openApi } from "../http/api.ts";
import { newJob } from "../queue/builders.ts";

/**
 * The HTTP server in a process of its own, which measures how long it is deaf: the time its main thread works between
 * two turns of its event loop, by the processor's clock, so that other programs of the machine do not count. Each line
 * of input gets a line in return.
 */
const [backend = "sqlite", ...clients] = process.argv.slice(2);
const redisUrl = backend === "sqlite" ? undefined : backend;
const api = await openApi({ queueLimit: 200_000, bodyTimeoutMs: 5_000, redisUrl });
/** A key for each client that is named: from then on every request needs one. */
const secrets = Object.fromEntries(
  clients.map((name) => [name, api.keys.create({ name, scope: "submit", rate: null }).secret]),
);

/** Nanoseconds the main thread has had a processor. https://docs.kernel.org/scheduler/sched-stats.html */
const workedNs = () => Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ", 1)[0]);

let last = workedNs();
let worst = 0;
setInterval(() => {
  const now = workedNs();
  worst = Math.max(worst, now - last);
  last = now;
}, 1);

const commands: Readonly<Record<string, (argument: string) => Promise<unknown>>> = {
  /** Ends a measurement, and begins the next. */
  async measure() {
    await Bun.sleep(20);
    const measured = { worstMs: worst / 1e6, rss: process.memoryUsage.rss() };
    last = workedNs();
    worst = 0;
    return measured;
  },
  /** Makes jobs of one client, a thousand a transaction. */
  async fill(argument) {
    const [client = "", jobs = "0"] = argument.split(" ");
    for (let left = Number(jobs); left > 0; left -= 1_000)
      await api.queue.submit(Array.from({ length: Math.min(left, 1_000) }, () => newJob({ client })));
    return api.queue.counts();
  },
  /** Makes jobs of a client with metadata of the largest size. */
  async noted(argument) {
    const [client = "", jobs = "0"] = argument.split(" ");
    const request = JSON.stringify({ suburb: "Manly", state: "NSW", metadata: { note: "n".repeat(16_000) } });
    for (let left = Number(jobs); left > 0; left -= 100)
      await api.queue.submit(Array.from({ length: Math.min(left, 100) }, () => newJob({ client, request })));
    return api.queue.counts();
  },
  /** What is open now. */
  async open() {
    return {
      longPolls: api.server.longPolls(),
      listening: api.server.listening(),
      reservedBytes: api.server.memory.reservedBytes(),
    };
  },
  /** Makes jobs whose requests bring a logo of half a megabyte. */
  async logos(jobs) {
    const request = JSON.stringify({ suburb: "Manly", state: "NSW", branding: { logo: "A".repeat(500_000) } });
    for (let left = Number(jobs); left > 0; left -= 1) await api.queue.submit([newJob({ client: "logos", request })]);
    return api.queue.counts();
  },
  /** The data set of Manly NSW from a source at this address, as a service of the operator's; returns its length. */
  async source(url) {
    const source = createHttpSource({
      url,
      headers: {},
      cacheMs: 0,
      outbound: createOutbound({ allowHosts: [new URL(url).host], allowHttp: false }),
      breaker: createSourceBreaker(),
      check: api.parser.dataSet,
    });
    return (await source.dataSet({ suburb: "Manly", state: "NSW", postcode: "2095" }))?.length;
  },
  /** Claims so many; returns whose they are. */
  async claim(jobs) {
    const claims = await api.queue.claim({ gathering: Number(jobs) });
    return claims.map(({ job }) => job.client);
  },
};

const say = (line: unknown) => Bun.write(Bun.stdout, `${JSON.stringify(line)}\n`);
await say({ port: api.port, dataDir: api.dataDir, secrets });
for await (const line of console) {
  const [name = "", ...argument] = line.split(" ");
  await say(await commands[name]?.(argument.join(" ")));
}
