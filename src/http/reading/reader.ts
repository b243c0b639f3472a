import { join } from "node:path";
import { Piscina } from "piscina";
import { Failure, type Outcome, returned } from "../../failure.ts";
import type { Idempotency } from "../../queue/job.ts";
import { type CheckedDataSet, checkDataSet } from "../../report/sources/http.ts";
import { type BodyLimits, readJsonBytes } from "../body.ts";
import { idempotencyOf } from "../idempotency.ts";
import { type Asked, type AskedBatch, readBatch, readReport } from "./asked.ts";
import { createShares } from "./shares.ts";

/** What a request asks for, and its Idempotency-Key. */
export interface Read<T> {
  readonly asked: T;
  readonly key: Omit<Idempotency, "item"> | null;
}

/** Makes of a request's body what it asks for, without holding up the other requests, and in bounded memory. */
export interface Reader {
  /** @throws Failure as readJsonBytes, idempotencyOf and readReport; "bodies_waiting" while too many come at once. */
  report(request: Request, owner: string): Promise<Read<Asked>>;
  /** The same for a batch. `owner` is who sent it: large ones are read fairly between them. */
  batch(request: Request, owner: string): Promise<Read<AskedBatch>>;
  /** A data set that was not sent but fetched. @throws Failure as checkDataSet. */
  dataSet(text: string): Promise<CheckedDataSet>;
  /** Of bodies that are half read, read or being checked. */
  readonly heldBytes: number;
  /** Refuses large bodies for a moment, also those that are coming in. */
  shed(): void;
  close(): Promise<void>;
}

type RunOptions = NonNullable<Parameters<Piscina["run"]>[1]>;

/** What the thread reads, and what comes of it. */
export interface Readings {
  readonly report: Asked;
  readonly batch: AskedBatch;
  readonly dataSet: CheckedDataSet;
}

/** What the thread is handed. */
export interface ReadingTask {
  readonly kind: keyof Readings;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Up to here a body is read at once: that takes a millisecond or two, and a thread would take as long. Five megabytes
 * of nested data take half a second. In a batch each forty bytes may be a suburb to be searched for.
 */
const AT_ONCE_BYTES = { report: 32_768, batch: 1_024 } as const;
const COME_BACK_MS = 2_000;
/** The operator's own source has its turn like a client. No client has this name. */
const SOURCE = "the source";

/** Set by build.ts: where the compiled binary keeps the module. */
declare const AGENTLINK_READING_WORKER: string | undefined;

const WORKER_FILE =
  typeof AGENTLINK_READING_WORKER === "string" ? AGENTLINK_READING_WORKER : join(import.meta.dir, "worker.ts");

export function createReader(limits: BodyLimits): Reader {
  const threads = new Piscina({
    filename: WORKER_FILE,
    // Started with the first large body, which most services never see, and kept: an ended thread leaves files open.
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: Number.POSITIVE_INFINITY,
    // An idle thread that waits in Atomics.wait hears nothing else, not even its own timers.
    atomics: "disabled",
  });
  // A thread that dies is replaced for the next body; without a listener the event would end the process.
  threads.on("error", () => undefined);
  const shares = createShares();
  let closed = false;
  let refusedUntil = 0;

  async function read<Kind extends "report" | "batch">(
    request: Request,
    owner: string,
    kind: Kind,
    atOnce: (bytes: Uint8Array) => Readings[Kind],
  ): Promise<Read<Readings[Kind]>> {
    let held = 0;
    const hold = (bytes: number) => {
      if (held + bytes <= AT_ONCE_BYTES.report) return;
      if (performance.now() < refusedUntil || !shares.reserve(owner, bytes)) throw tooMany();
      held += bytes;
    };
    try {
      const bytes = await readJsonBytes(request, limits, hold);
      const key = idempotencyOf(request.headers, bytes);
      const asked = bytes.length <= AT_ONCE_BYTES[kind] ? atOnce(bytes) : await inThread(owner, kind, bytes);
      return { asked, key };
    } finally {
      shares.release(owner, held);
    }
  }

  function inThread<Kind extends keyof Readings>(
    owner: string,
    kind: Kind,
    bytes: ReadingTask["bytes"],
  ): Promise<Readings[Kind]> {
    return shares.inTurn(owner, () => readThere(kind, bytes));
  }

  async function readThere<Kind extends keyof Readings>(
    kind: Kind,
    bytes: ReadingTask["bytes"],
  ): Promise<Readings[Kind]> {
    const task: ReadingTask = { kind, bytes };
    try {
      const transferList = [bytes.buffer] as unknown as NonNullable<RunOptions["transferList"]>;
      return returned((await threads.run(task, { transferList })) as Outcome<Readings[Kind]>);
    } catch (error) {
      if (!closed || error instanceof Failure) throw error;
      throw new Failure("queue_closed", "The service is stopping: send it again.", { transient: true, cause: error });
    }
  }

  return {
    report: (request, owner) => read(request, owner, "report", readReport),
    batch: (request, owner) => read(request, owner, "batch", readBatch),
    async dataSet(text) {
      return text.length <= AT_ONCE_BYTES.report
        ? checkDataSet(text)
        : inThread(SOURCE, "dataSet", new TextEncoder().encode(text));
    },
    get heldBytes() {
      return shares.heldBytes;
    },
    shed() {
      refusedUntil = performance.now() + COME_BACK_MS;
    },
    async close() {
      closed = true;
      await threads.destroy();
    },
  };
}

function tooMany(): Failure {
  return new Failure("bodies_waiting", "Too many large bodies are coming in at once. Send it again in a moment.", {
    transient: true,
    retryAfterMs: COME_BACK_MS,
  });
}
