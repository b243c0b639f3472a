import { afterEach, test as anywhere, beforeEach, describe, expect } from "bun:test";
import { join } from "node:path";
import { timeZoneOf } from "../../src/host/time-zone.ts";
import type { JobChange, Queue } from "../../src/queue/queue.ts";
import { REQUESTED_FIELDS } from "../../src/queue/request.ts";
import { openSqliteQueue } from "../../src/queue/sqlite/queue.ts";
import { withPrograms } from "../programs.ts";
import { within } from "../until.ts";
import { aReport, claimOne, EVERYTHING, finish, newJob, post, the } from "./builders.ts";
import { sqliteStorage } from "./sqlite-storage.ts";

const test = withPrograms("sqlite3");

/** The operator reads the database, and changes it, with the shell of the distribution. */
describe("the operator's shell", () => {
  let storage: Awaited<ReturnType<typeof sqliteStorage>>;
  let queue: Queue;

  beforeEach(async () => {
    storage = await sqliteStorage();
    queue = await storage.open({ queueLimit: 1_000, now: () => new Date() });
  });
  afterEach(async () => {
    await queue.close();
    await storage.remove();
  });

  function shell(sql: string): { readonly rows: readonly string[]; readonly error: string } {
    const { stdout, stderr } = Bun.spawnSync(["sqlite3", "-cmd", ".timeout 5000", storage.path(), sql]);
    return { rows: stdout.toString().trimEnd().split("\n").filter(Boolean), error: stderr.toString() };
  }

  /** Resolves with the first change that passes. */
  function reported(wanted: (change: JobChange) => boolean): Promise<JobChange> {
    const { promise, resolve } = Promise.withResolvers<JobChange>();
    const stop = queue.subscribe((change) => {
      if (!wanted(change)) return;
      stop();
      resolve(change);
    });
    return within(promise, "a change at the shell that the service notices");
  }

  async function failedJob(): Promise<string> {
    const id = await post(queue);
    await queue.fail(await claimOne(queue), { code: "no_data", message: "no data for Manly" }, null);
    return id;
  }

  test("a request that is changed with SQL is shown as it is now", async () => {
    const requested: Record<string, unknown> = { min_bedrooms: 3, include_surrounding_suburbs: false, region: 'a "b"' };
    for (const name of REQUESTED_FIELDS) requested[name] ??= ["House"];
    const id = await post(queue, { request: '{"suburb":"Manly","min_bedrooms":9}' });
    const text = JSON.stringify({ ...requested, branding: { logo: "x" }, metadata: { deal: [7, null] } });
    expect(shell(`UPDATE jobs SET request = '${text}' WHERE id = '${id}'`).error).toBe("");
    expect(JSON.parse((await queue.get(id))?.request ?? "")).toEqual({ ...requested, metadata: { deal: [7, null] } });
  });

  describe("reads", () => {
    test("the jobs as clients would request them", async () => {
      const id = await failedJob();
      const { rows } = shell(
        "SELECT id, status, stage, suburb, state, error FROM jobs ORDER BY created_at DESC LIMIT 20",
      );
      expect(rows).toEqual([`${id}|failed|gathering|Manly|NSW|no data for Manly`]);
    });

    test("what waits, in the order in which it is taken", async () => {
      const bulk = await Promise.all([1, 2, 3].map(() => post(queue, { client: "bulk" })));
      const small = await post(queue, { client: "small" });
      const urgent = await post(queue, { client: "bulk", priority: 9 });
      const order = [urgent, small, bulk[0], bulk[1], bulk[2]];
      expect(shell("SELECT id FROM queue_now").rows).toEqual(order as string[]);
      expect((await queue.claim(EVERYTHING)).map(({ job }) => job.id)).toEqual(order as string[]);
    });

    test("failures, reports a day and the slowest", async () => {
      const failed = await failedJob();
      const id = await post(queue);
      await finish(queue, await claimOne(queue));
      expect(shell("SELECT id, error_code FROM failures").rows).toEqual([`${failed}|no_data`]);
      const today = new Date().toISOString().slice(0, 10);
      expect(shell("SELECT * FROM reports_per_day").rows).toEqual([`${today}|1|1|0|12|1000`]);
      expect(the(shell("SELECT id, seconds FROM slowest").rows)).toStartWith(`${id}|0`);
    });

    test("reports a day, by the operator's days, in whatever time zone the shell is, over a change to summer time", async () => {
      const large = await sqliteStorage();
      let at = "";
      const open = (zone: string) =>
        openSqliteQueue({ path: large.path(), queueLimit: 10, now: () => new Date(at), timeZone: timeZoneOf(zone) });
      const perDay = (zone: string) =>
        Bun.spawnSync(["sqlite3", large.path(), "SELECT day, completed FROM reports_per_day"], { env: { TZ: zone } })
          .stdout.toString()
          .trim()
          .split("\n");
      const sydney = await (async () => {
        at = "2026-06-30T13:59:59.000Z";
        const own = await open("Australia/Sydney");
        for (const time of [at, "2026-06-30T14:00:00.000Z", "2026-10-04T12:59:59.000Z", "2026-10-04T13:00:00.000Z"]) {
          at = time;
          await post(own);
          await finish(own, await claimOne(own));
        }
        return own;
      })();
      const days = ["2026-10-05|1", "2026-10-04|1", "2026-07-01|1", "2026-06-30|1"];
      for (const zone of ["UTC", "America/New_York", "Australia/Sydney"]) expect(perDay(zone)).toEqual(days);
      await sydney.close();
      const perth = await open("Australia/Perth");
      expect(perDay("UTC")).toEqual(["2026-10-04|2", "2026-06-30|2"]);
      await perth.close();
      await large.remove();
    });

    test("the outcome of callbacks", async () => {
      const id = await post(queue, { callbackUrl: "https://hooks.example.com/" });
      shell(`UPDATE jobs SET status = 'cancelled' WHERE id = '${id}'`);
      shell(`UPDATE jobs SET status = 'cancelled' WHERE id = '${id}'`);
      const { id: callback, job } = the(await queue.callbacks.due(10));
      expect(job).toEqual({
        ...(await queue.get(id)),
        endedAt: expect.any(String),
        request: expect.any(String),
      } as never);
      const response = {
        startedAt: "",
        durationMs: 1,
        httpStatus: 500,
        response: "",
        error: "the receiver responded with 500",
      };
      await queue.callbacks.recordAttempt(callback, response, "failed");
      expect(shell("SELECT job_id, status, attempts, last_response FROM callbacks_undelivered").rows).toEqual([
        `${id}|failed|1|the receiver responded with 500`,
      ]);
      shell(`UPDATE callbacks SET status = 'pending', next_attempt_at = '' WHERE job_id = '${id}'`);
      expect(await queue.callbacks.due(1)).toHaveLength(1);
      expect(shell(`DELETE FROM jobs WHERE id = '${id}'`).error).toBe("");
      expect(shell("SELECT count(*) FROM callbacks").rows).toEqual(["0"]);
    });

    test("who changed the status of a job, and when", async () => {
      const id = await failedJob();
      shell(`UPDATE jobs SET status = 'queued' WHERE id = '${id}'`);
      expect(shell(`SELECT from_status, to_status, changed_by FROM events WHERE job_id = '${id}'`).rows).toEqual([
        "|queued|service",
        "queued|running|service",
        "running|failed|service",
        "failed|queued|operator",
      ]);
    });

    test("every table and view", () => {
      const { rows } = shell("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY name");
      expect(rows.length).toBeGreaterThan(8);
      for (const name of rows) expect(shell(`SELECT * FROM ${name}`).error).toBe("");
    });
  });

  describe("changes", () => {
    test("a failed job set to queued is taken up within a second, with all its attempts", async () => {
      const id = await failedJob();
      const change = reported((change) => change.id === id);
      expect(shell(`UPDATE jobs SET status = 'queued' WHERE id = '${id}'`).error).toBe("");
      expect(await change).toMatchObject({ status: "queued" });
      expect(await queue.get(id)).toMatchObject({ attempts: 0, error: null, endedAt: null });
      expect(await queue.counts()).toMatchObject({ queued: 1, failed: 0 });
      expect(await finish(queue, await claimOne(queue))).toBe(true);
    });

    test("a job of long ago set to queued is the next, and pulls no newcomer before the others", async () => {
      const old = await failedJob();
      await Promise.all(Array.from({ length: 60 }, () => post(queue, { client: "bulk" })));
      await queue.claim({ gathering: 30 });
      shell(`UPDATE jobs SET status = 'queued' WHERE id = '${old}'`);
      await Promise.all(Array.from({ length: 20 }, () => post(queue, { client: "late" })));
      const claims = await queue.claim({ gathering: 21 });
      expect(claims[0]?.job.id).toBe(old);
      expect(claims.filter(({ job }) => job.client === "late").length).toBeLessThanOrEqual(11);
    });

    test("a waiting job set to queued need not wait", async () => {
      const id = await post(queue);
      await queue.fail(await claimOne(queue), { code: "x", message: "x" }, 3_600_000);
      shell(`UPDATE jobs SET status = 'queued' WHERE id = '${id}'`);
      expect((await claimOne(queue)).job).toMatchObject({ id, runAt: null });
    });

    test("a running job set to cancelled is taken from its attempt", async () => {
      const id = await post(queue);
      const claim = await claimOne(queue);
      const change = reported((change) => change.id === id);
      expect(shell(`UPDATE jobs SET status = 'cancelled' WHERE id = '${id}'`).error).toBe("");
      expect(await change).toMatchObject({ status: "cancelled" });
      expect(await queue.rendered(claim, aReport(id))).toBe(false);
      expect(await queue.fail(claim, { code: "x", message: "x" }, 0)).toBe(false);
      expect(await queue.get(id)).toMatchObject({ status: "cancelled", cancelRequested: false });
      expect(the(await queue.attempts(id)).outcome).toBe("cancelled");
      expect((await queue.get(id))?.endedAt).not.toBeNull();
    });

    test("a queued job given a higher priority goes first", async () => {
      await post(queue);
      const id = await post(queue);
      shell(`UPDATE jobs SET priority = 9 WHERE id = '${id}'`);
      expect((await claimOne(queue)).job.id).toBe(id);
    });

    test("many at once", async () => {
      const ids = [await failedJob(), await failedJob(), await failedJob()];
      shell("UPDATE jobs SET status = 'queued' WHERE status = 'failed'");
      expect((await queue.claim(EVERYTHING)).map(({ job }) => job.id)).toEqual(ids);
    });

    test("thousands in one statement are notified once each, in parts between which others have their turn", async () => {
      const all = 5_000;
      const large = await sqliteStorage();
      const many = await large.open({ queueLimit: all, now: () => new Date() });
      const posted = await many.submit(Array.from({ length: all }, () => newJob()));
      const notified: string[] = [];
      let [inThisTurn, most, turning] = [0, 0, true];
      const turn = () => {
        inThisTurn = 0;
        if (turning) setImmediate(turn);
      };
      turn();
      const whole = Promise.withResolvers<void>();
      many.subscribe(({ id, status }) => {
        expect(status).toBe("cancelled");
        notified.push(id);
        inThisTurn += 1;
        most = Math.max(most, inThisTurn);
        if (notified.length === all) whole.resolve();
      });
      Bun.spawnSync(["sqlite3", large.path(), "UPDATE jobs SET status = 'cancelled' WHERE status = 'queued'"]);
      const late = setTimeout(() => whole.reject(new Error(`of ${all} changes ${notified.length} came`)), 60_000);
      await whole.promise;
      clearTimeout(late);
      turning = false;
      expect(new Set(notified)).toEqual(new Set(posted.map(({ job }) => job.id)));
      expect(most).toBeLessThanOrEqual(250);
      expect(await many.counts()).toMatchObject({ queued: 0, cancelled: all });
      await many.close();
      await large.remove();
    }, 90_000);

    test("a cancel ends jobs without uploads in flight, and is requested of the rest", async () => {
      const sending = await post(queue, { dataSet: "{}" });
      const claim = await claimOne(queue);
      await queue.rendered(claim, aReport(sending));
      await queue.delivering(claim, "s3", "a.pdf");
      const waiting = await post(queue, { dataSet: "{}" });
      const other = await claimOne(queue);
      await queue.rendered(other, aReport(waiting));
      await queue.delivering(other, "s3", "b.pdf");
      await queue.fail(other, { code: "x", message: "x" }, 3_600_000);
      const queued = [await post(queue), await post(queue)];
      const noticed = reported(({ id, cancelRequested }) => id === sending && cancelRequested);
      expect(shell("UPDATE jobs SET status = 'cancelled'").error).toBe("");
      expect(await noticed).toMatchObject({ status: "running" });
      expect(await queue.get(sending)).toMatchObject({ status: "running", cancelRequested: true });
      expect(await queue.get(waiting)).toMatchObject({ status: "queued", cancelRequested: true, runAt: null });
      for (const id of queued) expect((await queue.get(id))?.status).toBe("cancelled");
      await queue.withdrawn(claim, "s3");
      expect(await queue.cancelled(claim)).toBe(true);
      expect((await queue.get(sending))?.status).toBe("cancelled");
    });

    test("an ended job deleted takes everything with it, though the shell has foreign keys off", async () => {
      const id = await post(queue);
      await finish(queue, await claimOne(queue));
      expect(shell(`DELETE FROM jobs WHERE id = '${id}'`).error).toBe("");
      for (const table of ["attempts", "events", "data_sets", "deliveries"])
        expect(shell(`SELECT count(*) FROM ${table}`).rows).toEqual(["0"]);
    });
  });

  describe("is refused, with what is allowed, and changes nothing, when it", () => {
    const refused: Readonly<Record<string, { readonly sql: string; readonly says: RegExp }>> = {
      "queues a completed job": {
        sql: "UPDATE jobs SET status = 'queued' WHERE status = 'completed'",
        says: /may only be set to 'queued'.*or 'cancelled'/,
      },
      "queues a running job": {
        sql: "UPDATE jobs SET status = 'queued' WHERE status = 'running'",
        says: /may only be set/,
      },
      "says that a job is done": {
        sql: "UPDATE jobs SET status = 'completed' WHERE status = 'running'",
        says: /may only be set/,
      },
      "cancels an ended job": {
        sql: "UPDATE jobs SET status = 'cancelled' WHERE status = 'completed'",
        says: /may only be set/,
      },
      "invents a status": {
        sql: "UPDATE jobs SET status = 'done' WHERE status = 'queued'",
        says: /may only be set|CHECK/,
      },
      "invents a priority": {
        sql: "UPDATE jobs SET priority = 10 WHERE status = 'queued'",
        says: /priority must be a whole number from 0 to 9\./,
      },
      "invents a state": { sql: "UPDATE jobs SET state = 'XX'", says: /state must be one of NSW, VIC/ },
      "cuts a postcode": { sql: "UPDATE jobs SET postcode = '20'", says: /postcode must be four digits, or NULL\./ },
      "empties a suburb": { sql: "UPDATE jobs SET suburb = ' '", says: /suburb must be a name\./ },
      "pauses since a word": {
        sql: "INSERT INTO pause (since) VALUES ('today')",
        says: /since must be a time such as 2026-11-24T08:00:00\.000Z\./,
      },
      "takes a lease": {
        sql: "UPDATE jobs SET lease_token = 7 WHERE status = 'queued'",
        says: /Only status, priority.*by hand/,
      },
      "changes a job's stage": {
        sql: "UPDATE jobs SET stage = 'delivering' WHERE status = 'queued'",
        says: /may be changed by hand/,
      },
      "inserts a job": {
        sql: "INSERT INTO jobs (id, stage, priority, client, suburb, state, created_at, request) VALUES ('x', 'gathering', 5, 'me', 'Manly', 'NSW', '2026', '{}')",
        says: /POST \/api\/generate-agents-report/,
      },
      "deletes a queued job": { sql: "DELETE FROM jobs WHERE status = 'queued'", says: /Cancel the job first/ },
      "writes a request that is not JSON": {
        sql: "UPDATE jobs SET request = 'Manly' WHERE status = 'queued'",
        says: /must be JSON/,
      },
    };

    for (const [what, { sql, says }] of Object.entries(refused))
      test(what, async () => {
        await post(queue);
        await finish(queue, await claimOne(queue));
        await post(queue);
        await claimOne(queue);
        await post(queue);
        const before = shell("SELECT * FROM jobs").rows;
        expect(shell(sql).error).toMatch(says);
        expect(shell("SELECT * FROM jobs").rows).toEqual(before);
      });
  });

  test("only what one sentence names can be changed manually, of all columns that a job has; the documentation has it, too", async () => {
    await post(queue);
    const columns = shell("SELECT name FROM pragma_table_info('jobs')").rows;
    const refusals = columns.map((column) => shell(`UPDATE jobs SET ${column} = ${column}`).error);
    const [sentence = "", ...others] = [
      ...new Set(refusals.filter(Boolean).map((each) => each.replace(/ \(\d+\)$/, ""))),
    ];
    expect(others).toEqual([]);
    const free = columns.filter((_, at) => refusals[at] === "");
    // By its revision the service marks what it writes itself.
    expect(free.filter((column) => !sentence.includes(column))).toEqual(["revision"]);
    const said = /Only .* may be changed by hand\./.exec(sentence)?.[0] ?? "no sentence";
    expect(await Bun.file(join(import.meta.dir, "../../docs/database.md")).text()).toContain(said);
  });

  anywhere("an operator who sits in a transaction delays writes, blocks nothing, and loses nothing", async () => {
    const { Database } = await import("bun:sqlite");
    const other = new Database(storage.path());
    const calm = await turnsIn(WINDOW_MS);
    const beside: number[] = [];
    const posted: Promise<string>[] = [];
    for (let window = 0; window < 4; window += 1) {
      other.run("BEGIN IMMEDIATE");
      posted.push(post(queue));
      beside.push(await turnsIn(WINDOW_MS));
      expect((await queue.counts()).queued).toBe(window);
      other.run("COMMIT");
      await posted.at(-1);
    }
    other.close();
    // A write that waits in this thread leaves one turn or two in each of them; others on the machine take what they like.
    expect(Math.max(...beside)).toBeGreaterThan(Math.min(20, calm / 20));
    for (const id of await Promise.all(posted)) expect((await queue.get(id))?.status).toBe("queued");
  });
});

/** Long enough for several attempts of a write that waits. */
const WINDOW_MS = 120;

async function turnsIn(ms: number): Promise<number> {
  let turns = 0;
  for (const end = performance.now() + ms; performance.now() < end; turns += 1) await Bun.sleep(1);
  return turns;
}
