import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { join } from "node:path";
import { openSqliteQueue } from "../../src/queue/sqlite/queue.ts";
import { temporaryFolder } from "../e2e/binary.ts";
import { FakeDropbox, type Fault } from "../fakes/dropbox.ts";
import { newJob } from "../queue/builders.ts";
import { until, within } from "../until.ts";

const JOBS = 400;
const KILLS = 12;
const FAULTS: readonly Fault[] = ["500", "reset", "lost", "half", "expired"];

test("a process killed in the middle of its uploads, again and again, puts each job's file there once", async () => {
  const dataDir = temporaryFolder();
  let turn = 0;
  const fake = await new FakeDropbox({
    fault: () => (++turn % 11 === 0 ? (FAULTS[(turn / 11) % FAULTS.length] ?? null) : null),
  }).start();
  const queue = openSqliteQueue({ path: join(dataDir, "agentlink.db"), queueLimit: JOBS });
  await queue.submit(Array.from({ length: JOBS }, () => newJob({ dataSet: "{}" })));
  await queue.close();

  let killedUploading = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const service = startService(dataDir, fake.url);
    await service.says("up");
    const before = fake.files.writes.length;
    // The kill falls into whatever the service does when so many more files have come.
    await until(() => fake.files.writes.length >= before + 8 + kill);
    service.kill();
    await service.ended;
    killedUploading += uploading(dataDir);
  }
  const service = startService(dataDir, fake.url);
  await service.says("done");
  service.kill();
  await service.ended;
  await fake.stop();

  expect(killedUploading).toBeGreaterThan(KILLS / 2);
  const db = new Database(join(dataDir, "agentlink.db"), { readonly: true });
  const jobs = db.query("SELECT status, delivered_to, report_sha256 FROM jobs").all() as {
    readonly status: string;
    readonly delivered_to: string;
    readonly report_sha256: string;
  }[];
  expect(jobs.filter(({ status }) => status !== "completed")).toEqual([]);
  for (const { delivered_to, report_sha256 } of jobs) {
    const content = fake.files.content(delivered_to) ?? "";
    expect(new Bun.CryptoHasher("sha256").update(content).digest("hex")).toBe(report_sha256);
  }
  expect(fake.files.paths()).toHaveLength(JOBS);
  expect(fake.files.writes).toHaveLength(JOBS);
}, 240_000);

/** How many uploads to the target the killed process had in flight. */
function uploading(dataDir: string): number {
  const db = new Database(join(dataDir, "agentlink.db"), { readonly: true });
  const { n } = db.query("SELECT count(*) AS n FROM jobs WHERE status = 'running' AND stage = 'delivering'").get() as {
    readonly n: number;
  };
  db.close();
  return n;
}

function startService(dataDir: string, url: string) {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "upload-child.ts"), dataDir, url], {
    stdout: "pipe",
    stderr: "inherit",
  });
  const reader = child.stdout.getReader();
  let said = "";
  return {
    ended: child.exited,
    kill: () => child.kill("SIGKILL"),
    async says(word: string) {
      while (!said.includes(word)) {
        const { done, value } = await within(reader.read(), `the service to say ${word}`);
        if (done) throw new Error(`the service ended before it said ${word}: ${said}`);
        said += new TextDecoder().decode(value);
      }
    },
  };
}
