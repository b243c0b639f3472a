import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DataSet } from "../../../../src/report/data-set.ts";
import { openCache } from "../../../../src/report/sources/domain/cache.ts";
import { TTL_MS } from "../../../../src/report/sources/domain/cache-file.ts";
import { MANLY, openWorld } from "./world.ts";

const DAY = 24 * 3_600_000;

async function withFile(work: (path: string) => unknown): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "agentlink-cache-"));
  try {
    await work(join(folder, "domain-cache.db"));
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("a response of Domain is used as long as its kind allows, and no longer", () => {
  let time = Date.parse("2026-07-20");
  const cache = openCache({ path: ":memory:", now: () => new Date(time) });
  expect([TTL_MS.agency, TTL_MS.sold, TTL_MS.sold_closed]).toEqual([7 * DAY, DAY, 30 * DAY]);
  for (const kind of ["agency", "sold", "sold_closed"] as const) {
    cache.put(kind, kind, "{}");
    time += TTL_MS[kind] - 1;
    expect([kind, cache.get(kind)]).toEqual([kind, "{}"]);
    time += 1;
    expect([kind, cache.get(kind)]).toEqual([kind, null]);
  }
  cache.close();
});

test("its size is bounded: what was used longest ago goes, and what is larger than half is not stored", () =>
  withFile((path) => {
    let time = Date.parse("2026-07-20");
    const maxBytes = 1_000_000;
    const cache = openCache({ path, now: () => new Date(time), maxBytes });
    for (let at = 0; at < 500; at++) {
      cache.put("agency", `k${at}`, String(at).padEnd(10_000, "x"));
      // Requested again and again, it stays.
      time += (2 * 3_600_000) / 10;
      expect(cache.get("k0")).not.toBeNull();
    }
    expect([cache.get("k1"), cache.get("k400")]).toEqual([null, null]);
    expect(cache.get("k499")).not.toBeNull();
    cache.put("agency", "large", "x".repeat(maxBytes / 2));
    expect(cache.get("large")).toBeNull();
    cache.close();
    const database = new Database(path);
    const { bytes, entries } = database.query("SELECT sum(bytes) AS bytes, count(*) AS entries FROM entries").get() as {
      bytes: number;
      entries: number;
    };
    expect(bytes).toBeLessThanOrEqual(maxBytes);
    // It is full, and not emptied.
    expect(entries).toBeGreaterThan(80);
    // To count and to remove reads no body, which would be the whole file.
    const plans = ["SELECT sum(bytes) FROM entries", "SELECT key FROM entries WHERE expires_at <= 1 LIMIT 100"].map(
      (sql) => JSON.stringify(database.query(`EXPLAIN QUERY PLAN ${sql}`).all()),
    );
    for (const plan of plans) expect(plan).toContain("COVERING INDEX");
    database.close();
  }));

test("a damaged file is created again, and one of before has its entries and the indexes", () =>
  withFile(async (path) => {
    await Bun.write(path, "no database".repeat(1_000));
    const made = openCache({ path });
    made.put("agency", "a", "1");
    made.close();
    const before = new Database(path);
    before.run("DROP INDEX entries_by_use");
    before.run("DROP INDEX entries_by_end");
    before.close();
    const again = openCache({ path });
    expect(again.get("a")).toBe("1");
    again.close();
    const database = new Database(path);
    expect(database.query("SELECT name FROM sqlite_schema WHERE name LIKE 'entries_by_%'").all()).toHaveLength(2);
    database.close();
  }));

describe("a cache that cannot be used makes no report fail:", () => {
  const problems: string[] = [];
  const onProblem = (message: string) => void problems.push(message);

  test("one that another process has locked is passed by, without a wait for each call, and used again after", () =>
    withFile((path) => {
      problems.length = 0;
      let time = Date.parse("2026-07-20");
      const cache = openCache({ path, now: () => new Date(time), onProblem });
      cache.put("agency", "a", "1");
      const shell = new Database(path);
      shell.run("BEGIN IMMEDIATE");
      for (let at = 0; at < 100; at++) cache.put("agency", `k${at}`, "1");
      expect(problems).toHaveLength(1);
      expect(problems[0]).toContain("locked");
      shell.run("ROLLBACK");
      shell.close();
      time += 5_000;
      cache.put("agency", "b", "2");
      expect([cache.get("a"), cache.get("b")]).toEqual(["1", "2"]);
      cache.close();
    }));

  test("one that is locked at the start leaves the responses in memory", () =>
    withFile((path) => {
      problems.length = 0;
      openCache({ path }).close();
      const shell = new Database(path);
      shell.run("PRAGMA locking_mode = EXCLUSIVE");
      shell.run("BEGIN EXCLUSIVE");
      const cache = openCache({ path, onProblem });
      cache.put("agency", "a", "1");
      expect(cache.get("a")).toBe("1");
      expect(problems.join()).toContain("in memory");
      cache.close();
      shell.close();
    }));

  test("one that is damaged while it is used is created again", () =>
    withFile(async (path) => {
      problems.length = 0;
      const cache = openCache({ path, onProblem });
      for (let at = 0; at < 300; at++) cache.put("agency", `k${at}`, "x".repeat(5_000));
      cache.close();
      const damaged = openCache({ path, onProblem });
      const file = await open(path, "r+");
      await file.write(Buffer.alloc(1_000_000, 0x5a), 0, 1_000_000, 8_192);
      await file.close();
      for (let at = 0; at < 300; at++) damaged.get(`k${at}`);
      damaged.put("agency", "a", "1");
      expect(damaged.get("a")).toBe("1");
      expect(problems).toHaveLength(1);
      damaged.close();
    }));

  test("one whose table was removed is created again", () =>
    withFile((path) => {
      const cache = openCache({ path, onProblem });
      const shell = new Database(path);
      shell.run("DROP TABLE entries");
      shell.close();
      expect(cache.get("a")).toBeNull();
      cache.put("agency", "a", "1");
      expect(cache.get("a")).toBe("1");
      cache.close();
    }));

  test("one whose file is deleted while it is used still works", () =>
    withFile(async (path) => {
      const cache = openCache({ path, onProblem });
      cache.put("agency", "a", "1");
      for (const end of ["", "-wal", "-shm"]) await rm(path + end, { force: true });
      cache.put("agency", "b", "2");
      expect([cache.get("a"), cache.get("b")]).toEqual(["1", "2"]);
      cache.close();
    }));

  test("one in a folder that cannot be written leaves the responses in memory", () =>
    withFile((path) => {
      problems.length = 0;
      const cache = openCache({ path: join(path, "no-folder", "cache.db"), onProblem });
      cache.put("agency", "a", "1");
      expect([cache.get("a"), problems.length]).toEqual(["1", 1]);
      cache.close();
    }));

  test("a report is made while the cache is locked, damaged and gone", () =>
    withFile(async (path) => {
      await using world = openWorld({ suburb: { sold: 24, current: 4, agencies: 3 }, path });
      const shell = new Database(path);
      shell.run("BEGIN IMMEDIATE");
      expect((await world.request())?.sales).toHaveLength(24);
      shell.run("ROLLBACK");
      world.advance(DAY);
      shell.run("DROP TABLE entries");
      expect((await world.request())?.sales).toHaveLength(24);
      shell.close();
    }));
});

test("the response of one address or key is not taken for another's", () =>
  withFile(async (path) => {
    {
      await using world = openWorld({ suburb: { sold: 24, current: 4, agencies: 3 }, path });
      world.domain.packages.delete("market");
      expect((await world.request())?.market).toEqual([]);
    }
    await using world = openWorld({ suburb: { sold: 30, current: 4, agencies: 3 }, path });
    const dataSet = await world.request();
    expect(dataSet?.sales).toHaveLength(30);
    expect(dataSet?.market?.length).toBeGreaterThan(0);
  }));

test("a key that replaces another requests at once what the other's packages did not allow, and for nothing else", async () => {
  await using world = openWorld({ suburb: { sold: 24, current: 4, agencies: 3 } });
  world.domain.packages.delete("market");
  expect((await world.request())?.market).toEqual([]);
  world.domain.packages.add("market");
  world.domain.calls.length = 0;
  const { client, source } = world.withKey(world.domain.replaceKey());
  expect(client.identity).not.toBe(world.client.identity);
  const dataSet = JSON.parse((await source.dataSet(MANLY)) ?? "") as DataSet;
  expect(dataSet.market?.length).toBeGreaterThan(0);
  expect(world.domain.calls.filter(({ path }) => !path.startsWith("/v2/suburbPerformance"))).toEqual([]);
});
