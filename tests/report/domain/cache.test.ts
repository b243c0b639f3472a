import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCache, TTL_MS } from "../../../src/report/sources/domain/cache.ts";

const DAY = 24 * 3_600_000;

async function withFile(work: (path: string) => unknown): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "agentlink-cache-"));
  try {
    await work(join(folder, "domain-cache.db"));
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("what Domain said is used as long as its kind says, and no longer", () => {
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
      // Asked for again and again, it stays.
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

test("a damaged file is made anew, and one of before has its entries and the indexes", () =>
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
