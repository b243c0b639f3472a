import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { openSqliteQueue } from "../../src/queue/sqlite/queue.ts";
import { aReport, EVERYTHING, newJob } from "./builders.ts";

const HEADER_BYTES = 32;
const FRAME_BYTES = 24 + 4_096;

/** What the database contained after a commit that was acknowledged, and how long the log was then: all of that is synced. */
interface Commit {
  readonly logBytes: number;
  readonly content: string;
}

const folder = mkdtempSync(join(tmpdir(), "agentlink-cut-"));
const commits: Commit[] = [];
let main: Buffer;
let log: Buffer;
afterAll(() => rmSync(folder, { recursive: true }));

/** Posts, claims, checkpoints, ends and cancels, each awaited, with what is on the disk noted after each. */
beforeAll(async () => {
  const path = join(folder, "agentlink.db");
  const queue = openSqliteQueue({ path, queueLimit: 1_000 });
  const note = () => {
    const content = contentOf(path);
    // A claim that finds nothing writes nothing.
    if (commits.at(-1)?.content !== content) commits.push({ logBytes: statSync(`${path}-wal`).size, content });
  };
  note();
  for (let round = 0; round < 9; round += 1) {
    // A batch is there whole or not at all; a large one takes many pages.
    const dataSet = round % 3 === 0 ? JSON.stringify({ ballast: "x".repeat(9_000) }) : null;
    const posted = await queue.submit(Array.from({ length: 1 + (round % 4) }, () => newJob({ dataSet })));
    note();
    const [claim] = await queue.claim(EVERYTHING);
    note();
    if (claim && round % 2 === 0) {
      if (claim.job.stage === "gathering") {
        await queue.gathered(claim, "{}");
        note();
      }
      await queue.rendered(claim, aReport(claim.job.id));
      note();
      await queue.complete(claim, { to: "/delivered", url: null });
      note();
    }
    const last = posted.at(-1);
    if (last && round % 5 === 0) {
      await queue.cancel(last.job.id);
      note();
    }
  }
  main = readFileSync(path);
  log = readFileSync(`${path}-wal`);
  expect(log.length).toBe(commits.at(-1)?.logBytes ?? 0);
  await queue.close();
});

/** Everything a database contains, as text. */
function contentOf(path: string): string {
  const db = new Database(path, { readwrite: true });
  try {
    // Only examined: this copy need not be on a disk.
    db.run("PRAGMA synchronous = OFF");
    const tables = db.query("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all() as {
      name: string;
    }[];
    const rowsOf = (name: string) =>
      db
        .query(`SELECT * FROM "${name}"`)
        .values()
        .map((row) => JSON.stringify(row))
        .toSorted();
    return JSON.stringify(tables.map(({ name }) => [name, rowsOf(name)]));
  } finally {
    db.close();
  }
}

let copies = 0;
function copyOf(mainBytes: Buffer, logBytes: Buffer): string {
  copies += 1;
  const path = join(folder, `copy-${copies}.db`);
  writeFileSync(path, mainBytes);
  writeFileSync(`${path}-wal`, logBytes);
  return path;
}

function remove(path: string): void {
  for (const part of ["", "-wal", "-shm", ".lock"]) rmSync(path + part, { force: true });
}

/** How many commits the copy has; it must be a whole number, and no fewer than were synced up to `synced`. */
function expectWhole(path: string, synced: number): number {
  const content = contentOf(path);
  const index = commits.findIndex((commit) => commit.content === content);
  const responded = commits.findLastIndex(({ logBytes }) => logBytes <= synced);
  // Before the first commit that is noted there are those that make the tables.
  if (responded >= 0) expect(index).toBeGreaterThanOrEqual(responded);
  return index;
}

async function expectUsable(path: string): Promise<void> {
  const queue = openSqliteQueue({ path, queueLimit: 1_000 });
  try {
    const { running } = await queue.counts();
    expect(running).toBe(0);
    expect(await queue.submit([newJob()])).toHaveLength(1);
  } finally {
    await queue.close();
  }
  const db = new Database(path, { readonly: true });
  expect(db.query("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
  db.close();
}

describe("a copy of the database and its log", () => {
  test("cut at the edge of any frame, or a byte beside it, has a whole number of commits, none of the synced missing", async () => {
    const frames = (log.length - HEADER_BYTES) / FRAME_BYTES;
    expect(frames).toBe(Math.floor(frames));
    expect(commits.length).toBeGreaterThan(25);
    const found = new Set<number>();
    for (let frame = 0; frame <= frames; frame += 1) {
      for (const beside of [-1, 0, 1]) {
        const cut = Math.min(log.length, HEADER_BYTES + frame * FRAME_BYTES + beside);
        const path = copyOf(main, log.subarray(0, cut));
        found.add(expectWhole(path, cut));
        remove(path);
      }
    }
    // Each of the commits was the last one somewhere: none hangs on a later one.
    for (const at of commits.keys()) expect(found).toContain(at);
  }, 120_000);

  test("cut at any byte opens as a queue, with all that was synced before the cut", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(log.length), async (cut) => {
        const path = copyOf(main, log.subarray(0, cut));
        const copy = `${path}.raw`;
        for (const part of ["", "-wal"]) copyFileSync(path + part, copy + part);
        expectWhole(copy, cut);
        await expectUsable(path);
        for (const each of [path, copy]) remove(each);
      }),
      { numRuns: 40 },
    );
  }, 120_000);

  test("with any byte of the log changed has a whole number of commits, and all from before that byte", () => {
    const first = commits[0]?.logBytes ?? 0;
    fc.assert(
      fc.property(fc.integer({ min: first, max: log.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const damaged = Buffer.from(log);
        damaged[at] = (damaged[at] ?? 0) ^ by;
        const path = copyOf(main, damaged);
        expect(expectWhole(path, at)).toBeGreaterThanOrEqual(0);
        remove(path);
      }),
      { numRuns: 100 },
    );
  }, 60_000);

  test("taken while the log was being copied into the database, whichever pages were there by then, has everything", () => {
    const path = copyOf(main, log);
    const db = new Database(path);
    db.run("PRAGMA wal_checkpoint(PASSIVE)");
    const after = readFileSync(path);
    db.close();
    remove(path);
    const pages = after.length / 4_096;
    expect(pages).toBeGreaterThan(10);
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: pages, maxLength: pages }), fc.nat(4_096), (copied, torn) => {
        const half = Buffer.alloc(after.length);
        main.copy(half);
        for (const [page, done] of copied.entries()) {
          const from = page * 4_096;
          // The last page to be written may be there in part.
          if (done) after.copy(half, from, from, from + (page === pages - 1 ? torn : 4_096));
        }
        const copy = copyOf(half, log);
        expect(expectWhole(copy, log.length)).toBe(commits.length - 1);
        remove(copy);
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
