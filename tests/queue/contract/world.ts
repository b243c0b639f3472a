import { afterEach, beforeEach } from "bun:test";
import type { Status } from "../../../src/queue/job.ts";
import type { Queue } from "../../../src/queue/queue.ts";
import type { RecoveredJob } from "../../../src/queue/recovery.ts";
import { stoppedClock } from "../builders.ts";

export interface QueueOptions {
  readonly queueLimit: number;
  readonly now: () => Date;
  readonly clients?: () => number;
  readonly onRecovered?: (jobs: readonly RecoveredJob[]) => void;
}

/** Storage of jobs, for one test. */
export interface QueueStorage {
  open(options: QueueOptions): Promise<Queue>;
  /** Leaves everything as a SIGKILL of the process would; the next `open` finds it so. */
  kill(queue: Queue): Promise<void>;
  /** The clients that anything is stored of, beside their jobs. */
  clients(): Promise<readonly string[]>;
  remove(): Promise<void>;
}

/** What a test of the contract has: a queue of its own, and a clock that stands still. */
export interface World {
  readonly queue: Queue;
  readonly clock: ReturnType<typeof stoppedClock>;
  /** What was recovered so far from processes that were killed. */
  readonly recovered: readonly RecoveredJob[];
  statusOf(id: string): Promise<Status | undefined>;
  /** Closes the queue, where it is open, and opens it again. */
  reopen(queueLimit?: number, clients?: number): Promise<void>;
  killAndReopen(): Promise<void>;
  /** The clients that anything is stored of, beside their jobs. */
  clients(): Promise<readonly string[]>;
}

/** A new world for each test of the surrounding `describe`. */
export function newWorld(makeStorage: () => Promise<QueueStorage>): World {
  let storage: QueueStorage;
  let queue: Queue;
  let clock: ReturnType<typeof stoppedClock>;
  let recovered: RecoveredJob[];
  const open = async (queueLimit = 10_000, clients = 0) => {
    const onRecovered = (jobs: readonly RecoveredJob[]) => void recovered.push(...jobs);
    queue = await storage.open({ queueLimit, now: clock.now, clients: () => clients, onRecovered });
  };

  beforeEach(async () => {
    clock = stoppedClock();
    recovered = [];
    storage = await makeStorage();
    await open();
  });
  afterEach(async () => {
    await queue.close();
    await storage.remove();
  });

  return {
    clients: () => storage.clients(),
    get queue() {
      return queue;
    },
    get clock() {
      return clock;
    },
    get recovered() {
      return recovered;
    },
    statusOf: async (id) => (await queue.get(id))?.status,
    async reopen(queueLimit, clients) {
      await queue.close();
      await open(queueLimit, clients);
    },
    async killAndReopen() {
      await storage.kill(queue);
      await open();
    },
  };
}
