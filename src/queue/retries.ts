import { Failure } from "../failure.ts";
import { MOST_RETRIES } from "./job.ts";

/** For a job that somebody asks to be retried once more, and that was so often enough. */
export function retriedTooOften(id: string): Failure {
  return new Failure(
    "job_retried_too_often",
    `Job ${id} was retried ${MOST_RETRIES} times, which is the limit. Request a new report instead.`,
  );
}
