import { Database } from "bun:sqlite";
import { beforeEach, expect, test } from "bun:test";
import { join } from "node:path";
import { runSql, type SqlOptions } from "../../src/cli/sql.ts";
import { openSqliteQueue } from "../../src/queue/sqlite/queue.ts";
import { temporaryFolder } from "../e2e/binary.ts";
import { newJob } from "../queue/builders.ts";

let path: string;
let out: string[];
let err: string[];
const sql = (statement: string, options: Partial<SqlOptions> = {}) => {
  [out, err] = [[], []];
  runSql({
    path,
    sql: statement,
    write: false,
    format: "table",
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    ...options,
  });
};

beforeEach(() => {
  path = join(temporaryFolder(), "agentlink.db");
  const db = new Database(path, { create: true });
  db.run("CREATE TABLE t (a, b)");
  db.run(`INSERT INTO t VALUES (1, 'one, "1"'), (9007199254740993, NULL), (x'00ff', 'two
lines')`);
  db.close();
});

test("prints a table, JSON and CSV", () => {
  sql("SELECT a, b FROM t");
  expect(out).toEqual([
    "a                 b",
    '1                 one, "1"',
    "9007199254740993",
    "x'00ff'           two lines",
  ]);
  sql("SELECT a, b FROM t LIMIT 2", { format: "json" });
  expect(JSON.parse(out.join("\n"))).toEqual([
    { a: 1, b: 'one, "1"' },
    { a: "9007199254740993", b: null },
  ]);
  sql("SELECT b FROM t", { format: "csv" });
  expect(out).toEqual(["b", '"one, ""1"""', "", '"two\nlines"']);
});

test("a text is no formula for a spreadsheet and no command for a terminal; a number stays one", () => {
  sql("SELECT '=HYPERLINK(\"x\")', '@x', '-1', -1, '+61 2 9000 0000'", { format: "csv" });
  expect(out[1]).toBe(`"'=HYPERLINK(""x"")",'@x,'-1,-1,'+61 2 9000 0000`);
  sql("SELECT 'a' || char(27) || '[31mb' || char(7) AS x");
  expect(out.join("\n")).not.toMatch(/(?!\n)\p{Cc}/u);
});

test("runs several statements, with semicolons in texts, comments and triggers", () => {
  const trigger = "CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT 1; SELECT 2; END;";
  sql(
    `-- first; of all\n SELECT ';' AS x;; ${trigger} /* ; */ INSERT INTO t VALUES (4, 4); SELECT count(*) AS n FROM t; -- end`,
    {
      write: true,
    },
  );
  expect(out).toEqual(["x", ";", "n", "4"]);
  expect(err).toEqual(["1 row changed"]);
});

test("changes nothing without --write, and says how; what SQLite does not understand is reported in its words", () => {
  expect(() => sql("DELETE FROM t")).toThrow("--write");
  expect(() => sql("SELEC 1")).toThrow('near "SELEC": syntax error');
  expect(() => sql("SELECT ?")).toThrow("parameter");
  expect(() => sql("SELECT 1", { path: `${path}.not` })).toThrow("there is no database");
  sql("SELECT count(*) AS n FROM t");
  expect(out).toEqual(["n", "3"]);
});

test("on the jobs it follows the triggers like any shell: what is safe is done, the rest refused", async () => {
  path = join(temporaryFolder(), "agentlink.db");
  const queue = openSqliteQueue({ path, queueLimit: 10 });
  const [submitted] = await queue.submit([newJob()]);
  const id = submitted?.job.id ?? "";
  sql(`UPDATE jobs SET status = 'cancelled' WHERE id = '${id}'`, { write: true });
  expect(err).toEqual(["1 row changed"]);
  expect((await queue.get(id))?.status).toBe("cancelled");
  expect(() => sql(`UPDATE jobs SET status = 'completed' WHERE id = '${id}'`, { write: true })).toThrow(
    "By hand, status may only be set to",
  );
  sql("SELECT changed_by, from_status, to_status FROM events", { format: "csv" });
  expect(out).toContain("operator,queued,cancelled");
  await queue.close();
});
