import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { openSqliteSource } from "../../src/migration/from-sqlite.ts";
import { moveJobs } from "../../src/migration/migration.ts";
import { openRedisTarget } from "../../src/migration/to-redis.ts";
import type { Claim } from "../../src/queue/job.ts";
import { groupWithPrograms } from "../programs.ts";
import { aReport, claimOne, EVERYTHING, finish, newJob, post, the } from "../queue/builders.ts";
import { HOOK, KEYED, NOTHING_ELSE, newMigrationWorld } from "./migration-world.ts";

setDefaultTimeout(60_000);
const HOUR_MS = 3_600_000;

groupWithPrograms("redis-server")("jobs that are moved between SQLite and Redis", () => {
  const world = newMigrationWorld();
  const { sqlite, redis, move, fill, dump } = world;

  test("are there with all that belongs to them, and the same after the way back", async () => {
    const [there, back] = [join(world.folder, "there"), join(world.folder, "back")];
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
    expect(await Bun.file(join(world.folder, "reports", aReport(ids[4] ?? "").path)).text()).toBe("%PDF-1.7");

    expect(await move(back, "sqlite")).toEqual({ moved: 6, before: 0 });
    const home = sqlite(back);
    expect(await dump(home, ids)).toEqual(jobs);
    expect(await home.counts()).toEqual(counts);
    expect(await home.usage(year)).toEqual(usage);
    await home.close();
    expect(await Bun.file(join(back, aReport(ids[4] ?? "").path)).text()).toBe("%PDF-1.7");
  });

  test("resume where they were: in their order, from their stage, at their time, reported once", async () => {
    const before = sqlite(world.folder);
    const ids = await fill(before, world.folder);
    const urgent = await post(before, { priority: 9, client: "agency" });
    await before.close();
    await move(world.folder, "redis");
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

  test("the jobs that a host was running when they were moved away are released; the host is refused, with the reason", async () => {
    const host = await redis();
    const id = await post(host, { idempotency: KEYED });
    const claim = await claimOne(host);
    const data = join(world.folder, "data");
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

  test("a move that was cut short resumes, and nothing is there twice; until then no service works on them", async () => {
    const path = join(world.folder, "agentlink.db");
    const before = sqlite(world.folder);
    const ids = (await before.submit(Array.from({ length: 25 }, () => newJob()))).map(({ job }) => job.id);
    await before.close();
    const source = openSqliteSource(path);
    const target = await openRedisTarget(world.server.url, world.prefix);
    const onProgress = (done: number) => {
      if (done === 10) throw new Error("the power is gone");
    };
    await expect(moveJobs(source, target, { ...NOTHING_ELSE, onProgress })).rejects.toThrow("power");
    await source.close();
    await target.close();
    expect(existsSync(path)).toBe(true);
    await expect(redis()).rejects.toMatchObject({ code: "store_closed" });

    expect(await move(world.folder, "redis")).toEqual({ moved: 15, before: 10 });
    const moved = await redis();
    expect((await moved.claim(EVERYTHING)).map(({ job }) => job.id)).toEqual(ids);
    await moved.close();
    expect(readdirSync(world.folder).some((name) => name.startsWith("agentlink.db.moved-"))).toBe(true);
    expect(existsSync(path)).toBe(false);
  });

  test("that were worked on after a move was cut short are moved as they are then, and none is done twice", async () => {
    const path = join(world.folder, "agentlink.db");
    const before = sqlite(world.folder);
    const ids = [];
    for (const suburb of ["Done", "Cancelled", "Waiting", "Left"])
      ids.push(await post(before, { suburb, callbackUrl: HOOK, client: "agency" }));
    const [done = "", cancelled = "", waiting = "", left = ""] = ids;
    await before.close();
    const source = openSqliteSource(path);
    const target = await openRedisTarget(world.server.url, world.prefix);
    const cut = { ...target, pause: () => Promise.reject(new Error("the power is gone")) };
    await expect(moveJobs(source, cut, { ...NOTHING_ELSE, onProgress: () => {} })).rejects.toThrow("power");
    await source.close();
    await target.close();

    const between = sqlite(world.folder);
    await between.cancel(cancelled);
    const claims = await between.claim({ gathering: 2 });
    expect(claims.map(({ job }) => job.id)).toEqual([done, waiting]);
    await finish(between, claims[0] as Claim);
    await between.fail(claims[1] as Claim, { code: "timeout", message: "no response" }, HOUR_MS);
    const [jobs, counts] = [await dump(between, ids), await between.counts()];
    await between.close();

    expect(await move(world.folder, "redis")).toEqual({ moved: 3, before: 1 });
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
    const before = sqlite(world.folder);
    await post(before);
    await expect(move(world.folder, "redis")).rejects.toMatchObject({ code: "data_dir_in_use" });
    await before.close();
    await expect(move(world.folder, "redis")).rejects.toMatchObject({ code: "move_mixed" });
    await expect(move(world.folder, "sqlite")).rejects.toMatchObject({ code: "move_mixed" });
  });

  test("a pause survives a move that is cut short when all but the opening is done", async () => {
    const before = sqlite(world.folder);
    const id = await post(before);
    await before.pause("anna");
    await before.close();
    const source = openSqliteSource(join(world.folder, "agentlink.db"));
    const target = await openRedisTarget(world.server.url, world.prefix);
    const cut = { ...target, open: () => Promise.reject(new Error("the power is gone")) };
    await expect(moveJobs(source, cut, { ...NOTHING_ELSE, onProgress: () => {} })).rejects.toThrow("power");
    await source.close();
    await target.close();
    await move(world.folder, "redis");
    const moved = await redis();
    expect(await moved.paused()).toMatchObject({ by: "anna" });
    await moved.resume();
    expect((await claimOne(moved)).job.id).toBe(id);
    await moved.close();
  });
});
