import { afterAll, afterEach, beforeAll, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openKeys } from "../../src/access/keys/keys.ts";
import { withRedisKeys } from "../../src/access/keys/redis.ts";
import { openSqliteSource } from "../../src/migration/from-sqlite.ts";
import { migrate, moveJobs } from "../../src/migration/migration.ts";
import { openRedisTarget } from "../../src/migration/to-redis.ts";
import type { Claim } from "../../src/queue/job.ts";
import type { Queue } from "../../src/queue/queue.ts";
import { openMover } from "../../src/queue/redis/mover.ts";
import { openRedisQueue } from "../../src/queue/redis/queue.ts";
import { openSqliteQueue } from "../../src/queue/sqlite/queue.ts";
import type { Config } from "../../src/settings/config.ts";
import { readConfig } from "../../src/settings/settings.ts";
import { openLocalAudit } from "../../src/storage/audit/local.ts";
import { openSharedAudit } from "../../src/storage/audit/shared.ts";
import { openLocalRecords } from "../../src/storage/records/local.ts";
import { RECORD_KINDS, type RecordKind } from "../../src/storage/records/records.ts";
import { openSharedRecords } from "../../src/storage/records/shared.ts";
import { groupWithPrograms } from "../programs.ts";
import { aReport, claimOne, dataSetOf, EVERYTHING, finish, newJob, post, the } from "../queue/builders.ts";
import { type RedisServer, startRedis } from "../queue/redis-server.ts";

setDefaultTimeout(60_000);
const HOUR_MS = 3_600_000;
const HOOK = "https://hooks.example.com:8443/reports";
const NOTHING_ELSE = { onJob: async () => {}, onAll: async () => {} };
const EVERY_ACT = { actor: null, actions: [], since: null, until: null, cursor: null, limit: 9 };
const KEYED = { key: "make-42", fingerprint: "f1", item: 0 };

groupWithPrograms("redis-server")("jobs that are moved between SQLite and Redis", () => {
  let server: RedisServer;
  let folder: string;
  let prefix: string;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.remove());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "agentlink-migration-"));
    prefix = `move-${Bun.randomUUIDv7()}`;
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const configFor = (dataDir: string): Config =>
    readConfig(
      {},
      {
        dataDir,
        redisUrl: server.url,
        redisPrefix: prefix,
        reports: join(folder, "reports"),
        deliveryFolder: join(folder, "out"),
      },
    );
  const sqlite = (dataDir: string) => openSqliteQueue({ path: join(dataDir, "agentlink.db"), queueLimit: 1_000 });
  const redis = () => openRedisQueue({ url: server.url, prefix, holder: "host", queueLimit: 1_000 });
  const move = (dataDir: string, to: "redis" | "sqlite") => migrate(configFor(dataDir), to, () => {});

  /** A job in each state, with all that can belong to one. */
  async function fill(queue: Queue, dataDir: string): Promise<readonly string[]> {
    const ids = (
      await queue.submit([
        newJob({ suburb: "Completed", callbackUrl: HOOK, request: '{"metadata":{"deal":[7,null,1.50,[]]}}' }),
        newJob({ suburb: "Failed", callbackUrl: HOOK }),
        newJob({ suburb: "Waiting", priority: 9 }),
        newJob({ suburb: "Cancelled" }),
        newJob({ suburb: "Delivering", dataSet: '{"agents":[]}' }),
      ])
    ).map(({ job }) => job.id);
    await queue.cancel(ids[3] ?? "");
    const claims = new Map(
      (await queue.claim({ gathering: 3, rendering: 1 })).map((claim) => [claim.job.suburb, claim] as const),
    );
    const queued = newJob({ suburb: "Queued", client: "agency", priority: 1, postcode: null, idempotency: KEYED });
    ids.push(the(await queue.submit([queued])).job.id);
    const claim = (suburb: string) => claims.get(suburb) as Claim;
    await finish(queue, claim("Completed"));
    await queue.fail(claim("Failed"), { code: "no_data", message: "no data for „Müller“" }, null);
    await queue.fail(claim("Waiting"), { code: "timeout", message: "no response" }, HOUR_MS, {
      waitsFor: ["dropbox", "s3"],
    });
    const delivering = claim("Delivering");
    const report = aReport(delivering.job.id);
    await Bun.write(join(dataDir, report.path), "%PDF-1.7");
    await queue.rendered(delivering, report);
    await queue.delivering(delivering, "folder", "NSW/a.pdf");
    await queue.delivered(delivering, "folder", { to: "/out/NSW/a.pdf", url: null });
    await queue.release(delivering, "stopping");
    const told = the((await queue.callbacks.due(5)).filter(({ jobId }) => jobId === ids[1]));
    const tried = {
      startedAt: "2026-07-01T09:00:00.000Z",
      tookMs: 12,
      httpStatus: 503,
      response: "busy",
      error: "503",
    };
    await queue.callbacks.recordAttempt(told.id, tried, { againAt: new Date(Date.now() + HOUR_MS) });
    return ids;
  }

  /** All that can be seen of jobs. */
  const dump = (queue: Queue, ids: readonly string[]) =>
    Promise.all(
      ids.map(async (id) => ({
        job: await queue.get(id),
        attempts: await queue.attempts(id),
        deliveries: await queue.deliveries(id),
        dataSet: await dataSetOf(queue, id),
        history: await queue.history(id),
        callbacks: await queue.callbacks.of(id),
      })),
    );

  test("are there with all that belongs to them, and the same after the way back", async () => {
    const [there, back] = [join(folder, "there"), join(folder, "back")];
    for (const each of [there, back]) await Bun.write(join(each, ".keep"), "");
    const before = sqlite(there);
    const ids = await fill(before, there);
    const [jobs, counts] = [await dump(before, ids), await before.counts()];
    const year = { from: "2025-01", to: "2029-12" };
    const usage = await before.usage(year);
    expect(usage.map(({ accepted, reports }) => [accepted, reports])).toEqual([
      [1, 0],
      [5, 1],
    ]);
    await before.close();

    expect(await move(there, "redis")).toEqual({ moved: 6, before: 0 });
    const moved = await redis();
    expect(await dump(moved, ids)).toEqual(jobs);
    expect(await moved.counts()).toEqual(counts);
    expect(await moved.usage(year)).toEqual(usage);
    expect((await moved.list({ limit: 10 })).jobs.map(({ id }) => id)).toEqual(ids.toReversed());
    await moved.close();
    expect(await Bun.file(join(folder, "reports", aReport(ids[4] ?? "").path)).text()).toBe("%PDF-1.7");

    expect(await move(back, "sqlite")).toEqual({ moved: 6, before: 0 });
    const home = sqlite(back);
    expect(await dump(home, ids)).toEqual(jobs);
    expect(await home.counts()).toEqual(counts);
    expect(await home.usage(year)).toEqual(usage);
    await home.close();
    expect(await Bun.file(join(back, aReport(ids[4] ?? "").path)).text()).toBe("%PDF-1.7");
  });

  test("go on where they were: in their order, from their stage, at their time, told once", async () => {
    const before = sqlite(folder);
    const ids = await fill(before, folder);
    const urgent = await post(before, { priority: 9, client: "agency" });
    await before.close();
    await move(folder, "redis");
    const moved = await redis();
    expect(the(await moved.submit([newJob({ client: "agency", idempotency: KEYED })]))).toMatchObject({
      created: false,
      job: { id: ids[5] },
    });
    const claims = await moved.claim(EVERYTHING);
    expect(claims.map(({ job }) => [job.id, job.stage])).toEqual([
      [urgent, "gathering"],
      [ids[5] ?? "", "gathering"],
      [ids[4] ?? "", "delivering"],
    ]);
    expect((await moved.callbacks.due(5)).map(({ jobId }) => jobId)).toEqual([ids[0] ?? ""]);
    expect(await moved.get(ids[2] ?? "")).toMatchObject({ status: "waiting", waitsFor: ["dropbox", "s3"] });
    expect([await moved.wake("folder", 10), await moved.wake("s3", 10)]).toEqual([0, 1]);
    const latest = await moved.latestEvent();
    await post(moved);
    expect(await moved.latestEvent()).toBeGreaterThan(latest);
    await moved.close();
  });

  test("what a host had in hand when the jobs were moved away is put back; the host is shut out, and told why", async () => {
    const host = await redis();
    const id = await post(host, { idempotency: KEYED });
    const claim = await claimOne(host);
    const data = join(folder, "data");
    await move(data, "sqlite");
    await expect(host.complete(claim, { to: "/x", url: null })).rejects.toMatchObject({ code: "store_closed" });
    await expect(post(host)).rejects.toMatchObject({ code: "store_closed", transient: true });
    await expect(host.open()).rejects.toMatchObject({ code: "store_closed" });
    await host.close();
    await expect(redis()).rejects.toMatchObject({ code: "store_closed" });
    const home = sqlite(data);
    expect(await home.get(id)).toMatchObject({ status: "queued", attempts: 0 });
    expect(the(await home.submit([newJob({ idempotency: KEYED })])).job.id).toBe(id);
    await home.close();
  });

  test("a move that was cut short goes on, and nothing is there twice; until then no service works on them", async () => {
    const path = join(folder, "agentlink.db");
    const before = sqlite(folder);
    const ids = (await before.submit(Array.from({ length: 25 }, () => newJob()))).map(({ job }) => job.id);
    await before.close();
    const source = openSqliteSource(path);
    const target = await openRedisTarget(server.url, prefix);
    const onProgress = (done: number) => {
      if (done === 10) throw new Error("the power is gone");
    };
    await expect(moveJobs(source, target, { ...NOTHING_ELSE, onProgress })).rejects.toThrow("power");
    await source.close();
    await target.close();
    expect(existsSync(path)).toBe(true);
    await expect(redis()).rejects.toMatchObject({ code: "store_closed" });

    expect(await move(folder, "redis")).toEqual({ moved: 15, before: 10 });
    const moved = await redis();
    expect((await moved.claim(EVERYTHING)).map(({ job }) => job.id)).toEqual(ids);
    await moved.close();
    expect(readdirSync(folder).some((name) => name.startsWith("agentlink.db.moved-"))).toBe(true);
    expect(existsSync(path)).toBe(false);
  });

  test("that were worked on after a move was cut short are moved as they are then, and none is done twice", async () => {
    const path = join(folder, "agentlink.db");
    const before = sqlite(folder);
    const ids = [];
    for (const suburb of ["Done", "Cancelled", "Waiting", "Left"])
      ids.push(await post(before, { suburb, callbackUrl: HOOK, client: "agency" }));
    const [done = "", cancelled = "", waiting = "", left = ""] = ids;
    await before.close();
    const source = openSqliteSource(path);
    const target = await openRedisTarget(server.url, prefix);
    const cut = { ...target, pause: () => Promise.reject(new Error("the power is gone")) };
    await expect(moveJobs(source, cut, { ...NOTHING_ELSE, onProgress: () => {} })).rejects.toThrow("power");
    await source.close();
    await target.close();

    const meanwhile = sqlite(folder);
    await meanwhile.cancel(cancelled);
    const claims = await meanwhile.claim({ gathering: 2 });
    expect(claims.map(({ job }) => job.id)).toEqual([done, waiting]);
    await finish(meanwhile, claims[0] as Claim);
    await meanwhile.fail(claims[1] as Claim, { code: "timeout", message: "no response" }, HOUR_MS);
    const [jobs, counts] = [await dump(meanwhile, ids), await meanwhile.counts()];
    await meanwhile.close();

    expect(await move(folder, "redis")).toEqual({ moved: 3, before: 1 });
    const moved = await redis();
    expect(await dump(moved, ids)).toEqual(jobs);
    expect(await moved.counts()).toEqual(counts);
    expect((await moved.claim(EVERYTHING)).map(({ job }) => job.id)).toEqual([left]);
    expect((await moved.callbacks.due(9)).map(({ jobId }) => jobId).toSorted()).toEqual([done, cancelled].toSorted());
    await moved.close();
  });

  test("are not mixed with others, and not moved from under a service", async () => {
    const other = await redis();
    await post(other);
    await other.close();
    const before = sqlite(folder);
    await post(before);
    await expect(move(folder, "redis")).rejects.toMatchObject({ code: "data_dir_in_use" });
    await before.close();
    await expect(move(folder, "redis")).rejects.toMatchObject({ code: "move_mixed" });
    await expect(move(folder, "sqlite")).rejects.toMatchObject({ code: "move_mixed" });
  });

  test("take the keys of their clients along", async () => {
    await sqlite(folder).close();
    const keys = openKeys({ path: join(folder, "keys.db") });
    const { secret, key } = keys.create({ name: "make", scope: "submit", rate: { requests: 60, windowS: 60 } });
    keys.close();
    await move(folder, "redis");
    await withRedisKeys(server.url, prefix, async (shared) => expect(await shared.list()).toEqual([key]));
    const data = join(folder, "data");
    await move(data, "sqlite");
    const home = openKeys({ path: join(data, "keys.db") });
    expect(home.find(secret)).toEqual(key);
    home.close();
  });

  test("a queue that was paused stays so, since then and by whom; one that was resumed goes on", async () => {
    const back = join(folder, "back");
    const before = sqlite(folder);
    const id = await post(before);
    await before.pause("otto");
    await before.resume("otto");
    await before.pause("anna");
    const pause = await before.paused();
    const actions = await before.actions(9);
    expect(actions.map(({ action, actor }) => `${action} ${actor}`)).toEqual([
      ...["paused anna", "resumed otto", "paused otto"],
    ]);
    await before.close();
    await move(folder, "redis");
    const moved = await redis();
    expect(await moved.paused()).toEqual(pause);
    expect(pause?.by).toBe("anna");
    expect(await moved.actions(9)).toEqual(actions);
    expect(await moved.claim(EVERYTHING)).toEqual([]);
    await moved.close();

    await move(back, "sqlite");
    const home = sqlite(back);
    expect(await home.paused()).toEqual(pause);
    expect(await home.actions(9)).toEqual(actions);
    expect(await home.claim(EVERYTHING)).toEqual([]);
    await home.resume();
    await home.close();
    // What is kept there of the first time is old: the job may have ended since.
    await expect(move(back, "redis")).rejects.toMatchObject({ code: "move_mixed" });
    await expect(move(folder, "redis")).rejects.toMatchObject({ code: "no_database" });
    prefix = `${prefix}-again`;
    await server.cli("hset", `{${prefix}}:paused`, "since", "2026-01-01T00:00:00.000Z", "by", "nobody");
    await move(back, "redis");
    const again = await redis();
    expect(await again.paused()).toBeNull();
    expect((await claimOne(again)).job.id).toBe(id);
    await again.close();
  });

  test("nothing is written through what somebody has put where the files will be", async () => {
    const victim = join(folder, "of-another");
    const before = sqlite(folder);
    await before.close();
    await move(folder, "redis");
    for (const name of ["agentlink.db.moving", "agentlink.db", "keys.db", "callback.secret", "keys.required"])
      for (const kind of ["symlink", "hard link", "pipe", "nothing"]) {
        const data = join(folder, `${name} ${kind}`);
        mkdirSync(data);
        writeFileSync(victim, "");
        if (kind === "symlink") symlinkSync(victim, join(data, name));
        if (kind === "hard link") linkSync(victim, join(data, name));
        if (kind === "nothing") symlinkSync(join(folder, "nowhere"), join(data, name));
        if (kind === "pipe") await Bun.$`mkfifo ${join(data, name)}`;
        await expect(move(data, "sqlite")).rejects.toMatchObject({ code: "data_dir" });
        expect([readFileSync(victim, "utf8"), existsSync(join(folder, "nowhere")), readdirSync(data)]).toEqual([
          ...["", false, [name]],
        ]);
      }
    await move(join(folder, "plain"), "sqlite");
  });

  test("a pause survives a move that is cut short when all but the opening is done", async () => {
    const before = sqlite(folder);
    const id = await post(before);
    await before.pause("anna");
    await before.close();
    const source = openSqliteSource(join(folder, "agentlink.db"));
    const target = await openRedisTarget(server.url, prefix);
    const cut = { ...target, open: () => Promise.reject(new Error("the power is gone")) };
    await expect(moveJobs(source, cut, { ...NOTHING_ELSE, onProgress: () => {} })).rejects.toThrow("power");
    await source.close();
    await target.close();
    await move(folder, "redis");
    const moved = await redis();
    expect(await moved.paused()).toMatchObject({ by: "anna" });
    await moved.resume();
    expect((await claimOne(moved)).job.id).toBe(id);
    await moved.close();
  });

  test("take along what people and the service wrote down beside them, there and back", async () => {
    const written = (kind: RecordKind) =>
      Array.from({ length: 3 }, (_, n) => ({ name: `${kind} ${n}`, value: `{"n":${n}}` }));
    const before = sqlite(folder);
    await post(before, {});
    await before.close();
    const path = join(folder, "office.db");
    const local = openLocalRecords({ path });
    for (const kind of RECORD_KINDS) for (const { name, value } of written(kind)) await local.put(kind, name, value);
    local.close();
    const act = { actor: "ann", keyId: null, action: "revokeKey", subject: "make", detail: null };
    const audit = openLocalAudit({ path });
    await audit.record(act);
    await audit.record({ ...act, action: "cancelJob", subject: "7c1d09" });
    const acts = await audit.page(EVERY_ACT);
    audit.close();

    await move(folder, "redis");
    const link = await openMover(server.url, prefix);
    const shared = openSharedRecords({ client: link.client, base: link.keys.base });
    for (const kind of RECORD_KINDS) expect(await shared.last(kind, 9)).toEqual(written(kind).toReversed());
    const sharedAudit = openSharedAudit({ client: link.client, base: link.keys.base });
    expect((await sharedAudit.page(EVERY_ACT)).entries).toEqual(acts.entries);
    // What is changed there is what comes back.
    await shared.put("view", "view 0", '{"n":7}');
    link.end();

    const other = join(folder, "other");
    await move(other, "sqlite");
    const back = openLocalRecords({ path: join(other, "office.db") });
    for (const kind of RECORD_KINDS)
      expect((await back.last(kind, 9)).slice(0, 2)).toEqual(written(kind).toReversed().slice(0, 2));
    expect(await back.get("view", "view 0")).toBe('{"n":7}');
    back.close();
    const backAudit = openLocalAudit({ path: join(other, "office.db") });
    expect((await backAudit.page(EVERY_ACT)).entries).toEqual(acts.entries);
    // Another run doubles nothing.
    await backAudit.adopt(acts.entries);
    expect((await backAudit.page(EVERY_ACT)).entries).toHaveLength(2);
    backAudit.close();
  });

  test("callbacks are signed with the secret that receivers know, there and back", async () => {
    const [local, stray] = ["d2Vhcmt0aGVsb2NhbHNlY3JldA==", "YW5vdGhlcnNlY3JldG9mbm9ib2R5"].map(
      (text) => `whsec_${text}`,
    );
    const shared = () => server.cli("get", `{${prefix}}:callback-secret`);
    await sqlite(folder).close();
    await Bun.write(join(folder, "callback.secret"), `${local}\n`);
    // A host that was started on the empty Redis has made one that nobody was told of.
    await server.cli("set", `{${prefix}}:callback-secret`, stray ?? "");
    await move(folder, "redis");
    expect(await shared()).toBe(local ?? "");

    const back = join(folder, "back");
    await Bun.write(join(back, "callback.secret"), `${stray}\n`);
    await move(back, "sqlite");
    expect(await Bun.file(join(back, "callback.secret")).text()).toBe(`${local}\n`);
    expect(statSync(join(back, "callback.secret")).mode & 0o777).toBe(0o600);
    const aside = readdirSync(back).filter((name) => name.startsWith("callback.secret.replaced-"));
    expect(await Bun.file(join(back, aside[0] ?? "")).text()).toBe(`${stray}\n`);

    const empty = join(folder, "empty");
    await rm(join(back, "agentlink.db"));
    await move(empty, "sqlite");
    expect(await Bun.file(join(empty, "callback.secret")).text()).toBe(`${local}\n`);
  });
});
