import { openRedisQueue } from "../../src/queue/redis/queue.ts";
import { openSqliteQueue } from "../../src/queue/sqlite/queue.ts";
import { endedJobView } from "../../src/views/job-view.ts";
import { newJob } from "./builders.ts";

/**
 * Run in a tree whose jobs have a field more, `colour`: what each view of one job contains, as a line of JSON.
 * Arguments: a database's path, and the address of a Redis or nothing.
 */
const [path = "", redis] = process.argv.slice(2);
const queue = redis
  ? await openRedisQueue({ url: redis, prefix: "colour", holder: "host", queueLimit: 10 })
  : openSqliteQueue({ path, queueLimit: 10, clients: () => 1 });
const colourIn = (value: unknown) => (value as { readonly colour?: unknown } | null | undefined)?.colour;

const [submitted] = await queue.submit([newJob({ callbackUrl: "http://127.0.0.1:1/" })]);
const id = submitted?.job.id ?? "";
const got = await queue.get(id);
const { jobs } = await queue.list({ limit: 1 });
const [claim] = await queue.claim({ gathering: 1 });
if (claim !== undefined) await queue.fail(claim, { code: "no_data", message: "no data" }, null);
const [callback] = await queue.callbacks.due(1);
const audience = { origin: "http://127.0.0.1", admin: true, folders: [] };
const view = callback && endedJobView(callback.job, audience);
const seen = { submitted: submitted?.job, got, listed: jobs[0], claimed: claim?.job, notified: callback?.job, view };
console.log(JSON.stringify(Object.fromEntries(Object.entries(seen).map(([name, job]) => [name, colourIn(job)]))));
await queue.close();
process.exit(0);
