import type { Static } from "@sinclair/typebox";
import type { JobView } from "../../job-view.ts";
import type { CallbackList } from "../../routes/callbacks.ts";
import type { JobList } from "../../routes/jobs.ts";
import type { SuburbList } from "../../routes/suburbs.ts";

/** The shapes of the service's answers, from where they are promised. */
export type Job = Static<typeof JobView> & { readonly client?: string };
export type Stage = Job["stage"];
export type Jobs = Static<typeof JobList>;
export type Callback = Static<typeof CallbackList>["callbacks"][number];
export type Suburb = Static<typeof SuburbList>["suburbs"][number];

export interface Progress {
  readonly job_id: string;
  readonly stage: Stage;
  /** 0–1 over the whole job. */
  readonly progress: number;
  readonly section: string | null;
  readonly waiting_for: string | null;
}

export interface Overview {
  readonly version: string;
  readonly started_at: string;
  readonly now: string;
  readonly paused: { readonly since: string; readonly by: string } | null;
  readonly counts: Readonly<Record<"queued" | "running" | "waiting" | "completed" | "failed" | "cancelled", number>>;
  readonly oldest_queued_at: string | null;
  readonly running: readonly (Progress & {
    readonly suburb: string;
    readonly state: string;
    readonly postcode: string | null;
    readonly client: string;
    readonly started_at: string;
  })[];
  readonly memory: { readonly used_bytes: number; readonly limit_bytes: number };
  readonly threads: { readonly busy: number; readonly total: number };
  readonly disk: { readonly free_bytes: number; readonly total_bytes: number };
  readonly event_loop_lag_ms: number;
  readonly deliveries: readonly { readonly target: string; readonly ok: boolean; readonly trouble: string | null }[];
  readonly callbacks: { readonly pending: number; readonly failed: number; readonly trouble: string | null };
  readonly ready: { readonly ok: boolean; readonly problems: readonly string[] };
}

export interface Statistics {
  readonly window: "hour" | "day";
  readonly bucket_seconds: number;
  readonly buckets: readonly {
    readonly at: string;
    readonly completed: number;
    readonly failed: number;
    readonly cancelled: number;
    readonly median_seconds: number | null;
    readonly p95_seconds: number | null;
  }[];
}

export interface Attempt {
  readonly number: number;
  readonly started_at: string;
  readonly gathered_at: string | null;
  readonly rendered_at: string | null;
  readonly ended_at: string | null;
  readonly outcome: "completed" | "failed" | "cancelled" | "crashed" | "released" | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

export interface JobDetail {
  readonly job: Job;
  readonly client: string;
  readonly request: Readonly<Record<string, unknown>>;
  readonly attempts: readonly Attempt[];
  readonly deliveries: readonly {
    readonly target: string;
    readonly path: string;
    readonly delivered_at: string | null;
    readonly delivered_to: string | null;
    readonly url: string | null;
  }[];
  readonly callbacks: readonly Callback[];
  readonly history: readonly {
    readonly id: number;
    readonly at: string;
    readonly from: string;
    readonly to: string;
    readonly by: string;
  }[];
}
