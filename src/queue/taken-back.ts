import type { Job } from "./job.ts";

/** A job that brought down what rendered it so often is to blame for it. */
export const POISONOUS_CRASHES = 3;

/** What an attempt says, and where it is blamed its job, whose process ended. */
export const TAKEN_BACK = {
  blamed: "the process ended while it rendered this report",
  innocent: "the process ended while this attempt did not render in it: the attempt does not count",
  poisonous: `the process ended ${POISONOUS_CRASHES} times while it rendered this report: its data may be too large for this machine`,
} as const;

/** A job whose process ended, or lost its lease, in the middle of an attempt, as it is after it was taken back. */
export interface TakenBack {
  readonly job: Job;
  /** It was really being rendered at that moment, and did not wait, gather or deliver. */
  readonly rendering: boolean;
  /** It may have brought the process down: the attempt counts, and the next render is isolated. */
  readonly blamed: boolean;
}
