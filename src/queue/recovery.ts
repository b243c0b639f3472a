import type { Job } from "./job.ts";
import { messages } from "./messages.ts";

/** The number of crashes after which a job is blamed for them. */
export const POISONOUS_CRASHES = 3;

/** The error of an attempt whose process ended, and of its job where the job is blamed. */
export const RECOVERY_ERRORS = {
  blamed: messages.endedWhileRendering,
  notBlamed: messages.endedBeside,
  poisonous: messages.endedTooOften(POISONOUS_CRASHES),
} as const;

/** A job whose process ended, or lost its lease, in the middle of an attempt, as it is after it was recovered. */
export interface RecoveredJob {
  readonly job: Job;
  /** It was really being rendered at that moment, and did not wait, gather or deliver. */
  readonly rendering: boolean;
  /** It may have brought the process down: the attempt counts, and the next render is isolated. */
  readonly blamed: boolean;
}
