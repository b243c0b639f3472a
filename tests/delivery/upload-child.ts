import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createDropboxDelivery } from "../../src/delivery/dropbox/delivery.ts";
import { SHARE } from "../../src/pipeline/attempt.ts";
import { createPipeline } from "../../src/pipeline/pipeline.ts";
import { createTargetSlots } from "../../src/pipeline/target-slots.ts";
import { deliverToAll } from "../../src/pipeline/targets.ts";
import { openSqliteQueue } from "../../src/queue/sqlite/queue.ts";
import { hurryingClock } from "../fakes/clock.ts";
import { APP } from "../fakes/dropbox.ts";
import { writeReport } from "./builders.ts";

const KEYS = { appKey: APP.key, appSecret: APP.secret, refreshToken: APP.refreshToken };

/** A service to be killed: takes the jobs of a data folder to the fake Dropbox at a URL, and reports when all have ended. */
const [dataDir = "", url = ""] = process.argv.slice(2);
const queue = openSqliteQueue({ path: join(dataDir, "agentlink.db"), queueLimit: 10_000 });
const dropbox = createDropboxDelivery({
  keys: () => KEYS,
  folder: "",
  pathRoot: null,
  share: false,
  dataDir,
  clock: hurryingClock(),
  limits: { atOnceBytes: 200, chunkBytes: 128 },
  fetch: (target, init) => {
    const { host, pathname, search } = new URL(target);
    return fetch(`${url}/${host}${pathname}${search}`, init);
  },
});
const slots = createTargetSlots({ slots: 4 });
const pipeline = createPipeline({
  queue,
  stages: {
    plan: () => [{ kind: "agents", main: true, madeOf: "data", share: SHARE.rendering }],
    gather: async () => "{}",
    async render({ job }) {
      const path = `reports/${job.id}.pdf`;
      await mkdir(dirname(join(dataDir, path)), { recursive: true });
      // One in three is large: those go up in parts.
      return writeReport(dataDir, path, `%PDF ${job.id} `.repeat(job.id.charCodeAt(35) % 3 === 0 ? 20 : 2));
    },
    deliver: (claim, documents, step) => deliverToAll(queue, [dropbox], claim, documents, { ...step, slots }),
  },
  renderSlots: 2,
  gatherSlots: 2,
  deliverSlots: 4,
  jobTimeoutMs: 60_000,
  maxAttempts: 1_000,
  backoff: { baseMs: 0, capMs: 0, random: () => 0 },
  renderBlockedBy: () => null,
});
const lookWhetherDone = async () => {
  const { queued, running, waiting } = await queue.counts();
  if (queued + running + waiting === 0) process.stdout.write("done\n");
};
queue.subscribe(() => void lookWhetherDone());
pipeline.start();
process.stdout.write("up\n");
await lookWhetherDone();
