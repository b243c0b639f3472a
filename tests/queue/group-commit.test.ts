import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure } from "../../src/failure.ts";
import { createGroupCommit, type GroupCommit } from "../../src/queue/sqlite/group-commit.ts";
import type { Change, Transaction } from "../../src/queue/sqlite/transaction.ts";

describe("a group commit", () => {
  let folder: string;
  let db: Database;
  let other: Database;
  let group: GroupCommit;
  let notified: Change[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "agentlink-queue-"));
    db = new Database(join(folder, "a.db"), { create: true, readwrite: true });
    db.run("PRAGMA journal_mode = WAL");
    db.run("CREATE TABLE words (word TEXT PRIMARY KEY CHECK (length(word) < 5000)) STRICT");
    other = new Database(join(folder, "a.db"), { readonly: true });
    notified = [];
    group = createGroupCommit(db, { now: () => new Date(), onCommit: (changes) => notified.push(...changes) });
  });
  afterEach(async () => {
    await group.close();
    other.close();
    db.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const insert = (word: string) => (transaction: Transaction) => {
    db.query("INSERT INTO words VALUES (?)").run(word);
    transaction.changes.push({ id: word, from: null, to: "queued", stage: "gathering" });
    return transaction;
  };
  const words = () =>
    (other.query("SELECT word FROM words ORDER BY word").all() as { word: string }[]).map(({ word }) => word);

  test("is one transaction for all that arrives in a turn of the event loop, another for the next", async () => {
    const together = await Promise.all(["a", "b", "c"].map((word) => group.write(insert(word))));
    expect(new Set(together).size).toBe(1);
    expect(together).not.toContain(await group.write(insert("d")));
  });

  test("resolves when others can see it, and not before", async () => {
    const writing = group.write(insert("a"));
    expect(words()).toEqual([]);
    await writing;
    expect(words()).toEqual(["a"]);
  });

  test("publishes the changes once they are stored", async () => {
    const writing = group.write(insert("a"));
    expect(notified).toEqual([]);
    await writing;
    expect(notified.map(({ id }) => id)).toEqual(["a"]);
  });

  test("an operation that fails after it wrote changes nothing, and the others are stored", async () => {
    const results = await Promise.allSettled([
      group.write(insert("a")),
      group.write((transaction) => {
        insert("half")(transaction);
        insert("a")(transaction);
      }),
      group.write(insert("b")),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(words()).toEqual(["a", "b"]);
    expect(notified.map(({ id }) => id)).toEqual(["a", "b"]);
  });

  test("only the operation that is refused is rejected; the others are stored", async () => {
    const refusal = new Failure("queue_full", "full", { transient: true });
    const results = await Promise.allSettled([
      group.write(insert("a")),
      group.write(() => {
        throw refusal;
      }),
    ]);
    expect(results).toMatchObject([{ status: "fulfilled" }, { status: "rejected", reason: refusal }]);
    expect(words()).toEqual(["a"]);
  });

  test("a value the schema refuses is a permanent failure", async () => {
    await expect(group.write(insert("x".repeat(5_000)))).rejects.toMatchObject({
      code: "not_storable",
      transient: false,
    });
  });

  test("on a full disk everything is refused as transient, nothing is stored, and later all is well", async () => {
    await group.write(insert("a"));
    const { page_count: pages } = db.query("PRAGMA page_count").get() as { page_count: number };
    db.run(`PRAGMA max_page_count = ${pages}`);
    const many = Array.from({ length: 200 }, (_, index) => group.write(insert(`${index}`.padEnd(2_000, "x"))));
    const results = await Promise.allSettled(many);
    const refused = results.filter((result) => result.status === "rejected");
    expect(refused.length).toBeGreaterThan(0);
    for (const { reason } of refused) expect(reason).toMatchObject({ code: "disk_full", transient: true });
    expect(words()).toHaveLength(1 + results.length - refused.length);
    expect(notified).toHaveLength(words().length);
    db.run("PRAGMA max_page_count = 1000000");
    await group.write(insert("later"));
    expect(words()).toContain("later");
  });

  test("a database that may not be written is called that, not a full disk", async () => {
    const closed = createGroupCommit(other, { now: () => new Date(), onCommit: () => {} });
    await expect(closed.write(() => other.run("INSERT INTO words VALUES ('a')"))).rejects.toMatchObject({
      code: "database_read_only",
      transient: true,
      options: { uncounted: true },
    });
    await closed.close();
  });

  /** A deferred foreign key is examined by COMMIT alone, so that it is COMMIT itself that fails. */
  test("where the commit itself fails, nothing is acknowledged as stored", async () => {
    db.run("PRAGMA foreign_keys = ON");
    db.run("CREATE TABLE parents (id INTEGER PRIMARY KEY) STRICT");
    db.run("CREATE TABLE children (parent INTEGER REFERENCES parents DEFERRABLE INITIALLY DEFERRED) STRICT");
    const results = await Promise.allSettled([
      group.write(insert("a")),
      group.write((transaction) => {
        db.query("INSERT INTO children VALUES (7)").run();
        return insert("orphan")(transaction);
      }),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(notified).toEqual([]);
    expect(words()).toEqual([]);
    await group.write(insert("b"));
    expect(notified.map(({ id }) => id)).toEqual(["b"]);
  });

  test("a long line of work lets others have the event loop between", async () => {
    const slow = (word: string) => (transaction: Transaction) => {
      for (const until = performance.now() + 3; performance.now() < until; );
      return insert(word)(transaction);
    };
    let turns = 0;
    const count = setInterval(() => {
      turns += 1;
    }, 1);
    const transactions = await Promise.all(Array.from({ length: 40 }, (_, index) => group.write(slow(`${index}`))));
    clearInterval(count);
    expect(new Set(transactions).size).toBeGreaterThan(5);
    expect(turns).toBeGreaterThan(5);
    expect(words()).toHaveLength(40);
  });

  test("ends what it was given before it closes, and takes no more", async () => {
    const before = group.write(insert("a"));
    const closing = group.close();
    await expect(group.write(insert("b"))).rejects.toMatchObject({ code: "queue_closed" });
    await closing;
    await before;
    expect(words()).toEqual(["a"]);
  });
});
