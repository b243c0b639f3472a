import type { Logger } from "pino";
import type { KeyRing } from "../access/keys/keys.ts";
import type { Rate } from "../access/rate.ts";
import type { SessionStore } from "../access/sessions/store.ts";
import type { Peers } from "../host/peers.ts";
import type { Pruned } from "../pipeline/pruning.ts";
import type { Job, ReportFile, Stage } from "../queue/job.ts";
import type { Queue } from "../queue/queue.ts";
import type { Catalogue } from "../report/sources/catalogue.ts";

/** What the HTTP server is built from; the composition root brings it. */
export interface HttpParts {
  readonly queue: Queue;
  readonly catalogue: Pick<Catalogue, "upsert" | "hasData" | "agencies" | "allAgencies" | "imports">;
  /** Another service is asked for data before the catalogue is: what that one knows is not known at once. */
  readonly asksElsewhere?: boolean;
  readonly keys: KeyRing;
  /** Of keys that have none of their own; none unless told. */
  readonly keyRate?: Rate | null;
  /** Whose program is at the other end of a connection within this machine; as the system tells it, unless told. */
  readonly ownerOf?: Peers["ownerOf"];
  /** Who has signed in. */
  readonly sessionStore: SessionStore;
  /** What runs now, by job id, as the pipeline tells it. */
  readonly running: () => ReadonlyMap<string, Running>;
  /** Median milliseconds a job has lately taken from claim to end; null before the first. */
  readonly typicalMs: () => number | null;
  /** Why jobs wait for a target, and until when ("s3 (outage, next attempt 2026-…Z)"); null when nothing is in the way. */
  readonly holdDeliver: () => string | null;
  /** The same of the data source. */
  readonly holdGather: () => string | null;
  /** Lets the next job through to targets and source that are left alone for a while: somebody asked for one by hand. */
  readonly probeNow: () => void;
  readonly vitals: () => Promise<Vitals>;
  /** Removes jobs that ended before the time, with their PDFs. */
  readonly prune: (endedBefore: Date) => Promise<Pruned>;
  /** Reports rendered at once. */
  readonly renderSlots: number;
  readonly reports: ReportFiles;
  /** Folders of this machine that nobody but an admin is told of: where the data are, and where reports are put. */
  readonly folders?: readonly string[];
  readonly version: string;
  /** Where clients reach the service, such as "https://reports.example.com/agentlink"; null takes the request's own host. */
  readonly publicUrl: string | null;
  readonly callbacks: CallbackParts;
  /** What keeps the service from doing its work, in words; empty when nothing does. */
  readonly ready: () => Promise<readonly string[]>;
  /** What is measured, as Prometheus reads it. */
  readonly metrics: () => Promise<string>;
  /** Told of each answer. `route` is one of the routes' patterns, or "other". */
  readonly onAnswer: (answer: Answer) => void;
  readonly log: Logger;
  /** Largest request body; 5 MiB unless told. The catalogue's uploads are streamed and have a limit of their own. */
  readonly maxBodyBytes?: number;
  /** Longest a body may take from its headers to its last byte; 30 s unless told. */
  readonly bodyTimeoutMs?: number;
}

/** Where the PDFs are. */
export interface ReportFiles {
  /** The folder that their paths begin at. */
  readonly root: string;
  /**
   * Sees to it that a job's report is below it, where another host made it or it has to be rendered again; false when it
   * is gone.
   */
  fetch(report: ReportFile, job: Job): Promise<boolean>;
}

/** What the routes need of those who tell of jobs' ends. */
export interface CallbackParts {
  /**
   * Who is told of the end of a job whose request names this address, or none: an address, or null for nobody.
   * @throws Failure "address_refused" for one that may not be connected to.
   */
  addressFor(requested: string | null): string | null;
  /** There is something to send; what goes to this address, at once. */
  wake(address?: string): void;
}

/** What is held in memory for those who call, and can be let go. */
export interface HeldMemory {
  heldBytes(): number;
  shed(): void;
}

export interface Answer {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly ms: number;
  /** How long of that it was held open because it asked for it. */
  readonly heldMs: number;
}

/** How the process and its surroundings are. */
export interface Vitals {
  readonly startedAt: string;
  readonly memory: { readonly usedBytes: number; readonly limitBytes: number };
  /** Of those that render. */
  readonly threads: { readonly busy: number; readonly total: number };
  /** The one that holds the data folder. */
  readonly disk: { readonly freeBytes: number; readonly totalBytes: number };
  /** How late the event loop lately was, at the 99th percentile. */
  readonly eventLoopLagMs: number;
  /** Files and connections that the process has open, and may have; null where the system does not tell. */
  readonly descriptors: { readonly open: number; readonly limit: number } | null;
  /** What an operator has to put right about each target, or null; and what came of the deliveries to it lately. */
  readonly deliveries: readonly {
    readonly target: string;
    readonly trouble: string | null;
    readonly record: DeliveryRecord;
  }[];
  /** Why jobs wait for the operator's own data source, or null. */
  readonly sourceTrouble: string | null;
  readonly callbackTrouble: string | null;
}

/** What came of the deliveries to a target since the process began. */
export interface DeliveryRecord {
  readonly lastSuccessAt: string | null;
  readonly lastFailureAt: string | null;
  /** When the first failed of those that failed since the last success; null where the latest succeeded. */
  readonly failingSince: string | null;
  readonly failures: number;
  readonly lastError: string | null;
}

/** How far a running job is. */
export interface Running {
  readonly stage: Stage;
  /** 0–1 over the whole job. */
  readonly progress: number;
  /** The part of the report that is being made, such as "market"; null in other stages, and before the first. */
  readonly section: string | null;
  /** Why it does not go on, such as "memory"; null when it does. */
  readonly waitingFor: string | null;
}

/** Where a job's own pages are: `origin` is the public address, or "http://" with the request's checked Host. */
export function originOf(publicUrl: string | null, request: Request): string {
  if (publicUrl !== null) return publicUrl.replace(/\/+$/, "");
  return `http://${request.headers.get("host") ?? "localhost"}`;
}

/** The path of a job's status, as in `Location`. */
export function statusPath(job: Pick<Job, "id">): string {
  return `/api/job-status/${job.id}`;
}
