import { expect, test } from "bun:test";
import pino from "pino";
import { createRecoveryLog } from "../../src/observability/observability.ts";
import type { Job, Status } from "../../src/queue/job.ts";
import type { RecoveredJob } from "../../src/queue/recovery.ts";

function recovered(id: string, status: Status, blamed: boolean): RecoveredJob {
  const error = status === "failed" ? { code: "poisonous", message: "the process ended 3 times" } : null;
  const job = { id, client: "agency", suburb: "Manly", state: "NSW", stage: "rendering", status, attempts: 1, error };
  return { job: job as Job, rendering: blamed, blamed };
}

/** A log whose lines can be read, and metrics that count. */
function world() {
  const lines: Record<string, unknown>[] = [];
  const log = pino({ level: "info" }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const counted: unknown[] = [];
  const metrics = {
    recovered: (blamed: boolean, status: Status) => counted.push(["recovered", blamed, status]),
    ended: (job: Job) => counted.push(["ended", job.id]),
    failedAttempt: (code: string) => counted.push(["failed try", code]),
  };
  return { lines, counted, metrics, notes: createRecoveryLog(log) };
}

test("what a start recovers is a line each in the log, and counted when the metrics are there", () => {
  const { lines, counted, metrics, notes } = world();
  notes.note([recovered("1", "queued", false), recovered("2", "queued", true), recovered("3", "failed", true)]);
  expect(lines.map(({ job_id, level }) => [job_id, level])).toEqual([
    ["1", 30],
    ["2", 40],
    ["3", 40],
  ]);
  expect(counted).toEqual([]);
  notes.countIn(metrics);
  expect(counted).toEqual([
    ["recovered", false, "queued"],
    ["recovered", true, "queued"],
    ["recovered", true, "failed"],
    ["ended", "3"],
    ["failed try", "poisonous"],
  ]);
});

test("what is recovered from other hosts later is counted as it comes; its end is reported by the queue", () => {
  const { counted, metrics, notes } = world();
  notes.countIn(metrics);
  notes.note([recovered("1", "failed", true)]);
  expect(counted).toEqual([["recovered", true, "failed"]]);
});

test("of very many the first are logged one by one, and then how many more", () => {
  const { lines, notes } = world();
  notes.note(Array.from({ length: 1_000 }, (_, index) => recovered(String(index), "queued", false)));
  expect(lines).toHaveLength(51);
  expect(lines.at(-1)).toMatchObject({ jobs: 950 });
});
