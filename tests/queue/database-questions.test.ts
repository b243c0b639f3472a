import { expect } from "bun:test";
import { statSync } from "node:fs";
import { resolve } from "node:path";
import type { Claim, NewJob } from "../../src/queue/job.ts";
import { openSqliteQueue } from "../../src/queue/sqlite/queue.ts";
import type { BlockedLog } from "../../src/queue/sqlite/upkeep.ts";
import { withPrograms } from "../programs.ts";
import { until } from "../until.ts";
import { aReport, EVERYTHING, newJob, post, stoppedClock } from "./builders.ts";
import { sqliteStorage } from "./sqlite-storage.ts";

const test = withPrograms("sqlite3");
const DOCUMENT = resolve(import.meta.dir, "../../docs/database.md");
const QUESTION = /^### (\d+)\. (.+)\n\n```sql\n([\s\S]+?)```\n\n```text\n([\s\S]+?)```$/gm;

/** All of it on one day, and within the last one, whatever time it is. */
const START = `${new Date().toISOString().slice(0, 10)}T00:30:00.000Z`;

test("the shell gives the results that docs/database.md shows", async () => {
  const storage = await sqliteStorage();
  const clock = stoppedClock(START);
  const queue = await storage.open({ queueLimit: 100, now: clock.now });
  const shell = (sql: string, ...flags: readonly string[]) => {
    const { stdout, stderr } = Bun.spawnSync(["sqlite3", ...flags, storage.path(), sql]);
    expect(stderr.toString()).toBe("");
    return stdout.toString().trimEnd();
  };
  const begin = async (job: Partial<NewJob>): Promise<Claim> => {
    await post(queue, job);
    clock.advance(1_000);
    const [claim] = await queue.claim(EVERYTHING);
    if (claim === undefined) throw new Error("there is no job to claim");
    return claim;
  };
  const render = async (claim: Claim) => {
    await queue.gathered(claim, "{}");
    await queue.rendered(claim, aReport(claim.job.id));
  };
  const deliver = async (claim: Claim, path: string) => {
    const delivered = { to: `/reports/${path}`, url: null };
    await queue.delivering(claim, "folder", path);
    await queue.delivered(claim, "folder", delivered);
    await queue.complete(claim, delivered);
  };

  const manly = await begin({ client: "make", request: newJob().request.replace("}", ',"metadata":{"order":1207}}') });
  await render(manly);
  clock.advance(4_000);
  await deliver(manly, "NSW/Manly/report.pdf");

  const mosman = await begin({ client: "make", suburb: "Mosman", postcode: "2088" });
  await queue.fail(mosman, { code: "no_data", message: "no data for Mosman NSW 2088" }, null);

  const callbackUrl = "https://hooks.example.com/in";
  const first = await begin({ client: "agency", suburb: "Hobart", state: "TAS", postcode: "7000", callbackUrl });
  await queue.fail(first, { code: "network", message: "the connection was reset" }, 30_000);
  clock.advance(30_000);
  const [hobart] = await queue.claim(EVERYTHING);
  if (hobart === undefined) throw new Error("the second try is not due");
  await render(hobart);
  clock.advance(60_000);
  await deliver(hobart, "TAS/Hobart/report.pdf");
  const [callback] = await queue.callbacks.due(1);
  const response = { httpStatus: 500, response: "Internal Server Error", error: "the receiver responded with 500" };
  await queue.callbacks.recordAttempt(
    callback?.id ?? "",
    { startedAt: clock.now().toISOString(), durationMs: 120, ...response },
    { againAt: new Date(clock.now().getTime() + 5_000) },
  );

  const running = await begin({ client: "make", suburb: "Balgowlah", postcode: "2093" });
  await queue.gathered(running, "{}");
  const waiting = await begin({ client: "make", suburb: "Seaforth", postcode: "2092" });
  await render(waiting);
  await queue.fail(waiting, { code: "outage", message: "Dropbox does not respond" }, 60_000);
  await post(queue, { client: "agency", suburb: "Fairlight", postcode: "2094" });
  shell("UPDATE jobs SET status = 'cancelled' WHERE suburb = 'Fairlight'");
  await queue.pause("anna");
  await post(queue, { client: "agency", suburb: "Manly Vale", postcode: "2093", priority: 9 });

  const questions = [...(await Bun.file(DOCUMENT).text()).matchAll(QUESTION)];
  expect(questions.map(([, number]) => number)).toEqual(Array.from({ length: 20 }, (_, at) => String(at + 1)));
  for (const [, , question = "", sql = "", expected = ""] of questions)
    expect({ question, response: shell(sql, "-readonly") }).toEqual({ question, response: expected.trimEnd() });
  await queue.close();
  await storage.remove();
}, 60_000);

test("a program that reads for long disturbs no request; the service names it, and empties its log afterwards", async () => {
  const storage = await sqliteStorage();
  const pending: BlockedLog[] = [];
  const queue = openSqliteQueue({
    path: storage.path(),
    queueLimit: 10_000,
    logBlockedAfterMs: 500,
    onLogBlocked: (log) => pending.push(log),
  });
  await post(queue);
  const reader = Bun.spawn(["sqlite3", "-readonly", storage.path()], { stdin: "pipe", stdout: "pipe" });
  reader.stdin.write("BEGIN;\nSELECT count(*) FROM jobs;\n");
  await reader.stdin.flush();
  const output = reader.stdout.getReader();
  expect(new TextDecoder().decode((await output.read()).value)).toBe("1\n");

  const wal = `${storage.path()}-wal`;
  for (let batch = 0; batch < 20; batch++) await queue.submit(Array.from({ length: 50 }, () => newJob()));
  expect((await queue.counts()).queued).toBe(1_001);
  await until(() => pending.length > 0);
  expect(pending[0]?.holders).toEqual([{ name: "sqlite3", pid: reader.pid }]);
  expect(pending[0]?.bytes).toBe(statSync(wal).size);
  expect(statSync(wal).size).toBeGreaterThan(0);
  // It still sees what was there when it began.
  reader.stdin.write("SELECT count(*) FROM jobs;\nCOMMIT;\nSELECT count(*) FROM jobs;\n.quit\n");
  await reader.stdin.end();
  let rest = "";
  for (let part = await output.read(); !part.done; part = await output.read())
    rest += new TextDecoder().decode(part.value);
  expect(rest).toBe("1\n1001\n");
  await until(() => statSync(wal).size === 0);
  await queue.close();
  await storage.remove();
}, 60_000);
