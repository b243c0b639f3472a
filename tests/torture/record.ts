import type { JobStatus } from "../e2e/binary.ts";

export type Status = JobStatus["status"];

/** One report that was requested, acknowledged or not. Its number is in the name of its file and in its data. */
export interface Wanted {
  readonly number: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly key: string | null;
  /** The numbers of the batch it was part of, itself included. */
  readonly batch: readonly number[];
  /** From the response; null while none has come. */
  id: string | null;
  /** Its state in the last response. */
  notified: Status | null;
  sha256: string | null;
  /** One loop has it reserved: what it reads of a job does not cross with what another does to it. */
  busy: boolean;
}

/** What the torturer knows: every response it got, and what none of them may be contradicted by. */
export interface TortureRecord {
  readonly wanted: Wanted[];
  readonly faults: string[];
  /** A backup has the PDFs of jobs that are not delivered yet alone. */
  movedByBackup: boolean;
  readonly counts: Map<string, number>;
  count(what: string): void;
  fault(text: string): void;
  /** A response named the job of a report. */
  acknowledged(wanted: Wanted, id: string): void;
  /** A response had the state of a job. */
  notified(wanted: Wanted, job: JobStatus): void;
}

export function createRecord(): TortureRecord {
  const counts = new Map<string, number>();
  const faults: string[] = [];
  const fault = (text: string) => void faults.push(text);
  return {
    wanted: [],
    faults,
    movedByBackup: false,
    counts,
    fault,
    count: (what) => void counts.set(what, (counts.get(what) ?? 0) + 1),

    acknowledged(wanted, id) {
      if (wanted.id !== null && wanted.id !== id)
        fault(`report ${wanted.number} was job ${wanted.id}, and by the same Idempotency-Key became job ${id}`);
      wanted.id = id;
    },

    notified(wanted, job) {
      const ended = wanted.notified !== null && wanted.notified !== "processing";
      if (ended && job.status !== wanted.notified)
        fault(`job ${wanted.id} was ${wanted.notified}, and without a retry became ${job.status}`);
      if (job.status === "completed") {
        const sha256 = job.result?.sha256 ?? null;
        if (sha256 === null) fault(`job ${wanted.id} is completed and has no hash`);
        if (wanted.sha256 !== null && wanted.sha256 !== sha256) fault(`job ${wanted.id} changed its hash`);
        wanted.sha256 = sha256;
      }
      wanted.notified = job.status;
    },
  };
}
