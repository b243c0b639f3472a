import { expect, test } from "bun:test";
import { createDropboxDelivery } from "../../src/delivery/dropbox/delivery.ts";
import { Failure } from "../../src/failure.ts";
import type { Job, ReportFile } from "../../src/queue/job.ts";
import { temporaryFolder } from "../e2e/binary.ts";
import { hurryingClock } from "../fakes/clock.ts";
import { APP, FakeDropbox, type Fault } from "../fakes/dropbox.ts";
import { aJob, writeReport } from "./builders.ts";

const JOBS = 1_000;
const FAULTS: readonly Fault[] = ["429", "500", "503", "reset", "lost", "half", "writes", "expired"];

/** Mulberry32: the same dice for the same seed. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

test.each([1, 20_260_701])(
  "thousands of uploads through faults and kills end as one right file a job (seed %i)",
  async (seed) => {
    const random = dice(seed);
    const dataDir = temporaryFolder();
    const fake = await new FakeDropbox({
      retryAfterSeconds: 30,
      fault: () => (random() < 0.15 ? (FAULTS[Math.floor(random() * FAULTS.length)] ?? null) : null),
    }).start();
    const clock = hurryingClock();
    // One in three is large, and one in seven has a name that another has as well.
    const bodies = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        writeReport(dataDir, `${index}.pdf`, `%PDF ${index} `.repeat(index % 3 === 0 ? 60 : 3)),
      ),
    );
    const jobs = Array.from({ length: JOBS }, (_, index): { job: Job; report: ReportFile } => ({
      job: aJob({
        id: `01980000-0000-7000-8000-0000${index.toString(16).padStart(8, "0")}`,
        suburb: `Suburb ${index % 50}`,
        request: index % 7 === 0 ? { delivery: { folder: "inbox", filename: `Report ${index % 300}` } } : {},
      }),
      report: bodies[index % bodies.length] as ReportFile,
    }));

    const keys = { appKey: APP.key, appSecret: APP.secret, refreshToken: APP.refreshToken };
    const open = () =>
      createDropboxDelivery({
        keys: () => keys,
        folder: "",
        pathRoot: null,
        share: false,
        dataDir,
        clock,
        fetch: fake.fetch,
        limits: { atOnceBytes: 200, chunkBytes: 128 },
      });
    const delivered = new Map<string, string>();
    let delivery = open();
    let kill = new AbortController();
    const waiting = [...jobs];
    const workers = Array.from({ length: 8 }, async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const { job, report } = next;
        try {
          const { to } = await delivery.deliver(job, report, delivery.pathFor(job), kill.signal);
          delivered.set(job.id, to);
        } catch (error) {
          if (!(error instanceof Failure) || !error.transient) throw error;
          clock.advance(error.options.retryAfterMs ?? 0);
          waiting.push(next);
        }
        // A kill: what is in flight is cut off wherever it is, and all that was known is gone.
        if (random() < 0.01) {
          kill.abort(new Failure("killed", "the process was killed", { transient: true }));
          kill = new AbortController();
          delivery = open();
        }
      }
    });
    await Promise.all(workers);
    await fake.stop();

    expect(delivered.size).toBe(JOBS);
    for (const { job, report } of jobs) {
      const content = fake.files.content(delivered.get(job.id) ?? "") ?? "";
      expect(new Bun.CryptoHasher("sha256").update(content).digest("hex")).toBe(report.sha256);
    }
    // No file that no job owns, none written twice, none for two jobs of different content.
    expect(new Set(delivered.values())).toEqual(new Set(fake.files.paths()));
    expect(fake.files.writes).toHaveLength(fake.files.paths().length);
  },
  240_000,
);
