import { Failure } from "../failure.ts";
import { MOST_RETRIES } from "./job.ts";
import { messages } from "./messages.ts";

/** For a job that somebody asks to be retried once more, and that was so often enough. */
export function retriedTooOften(id: string): Failure {
  return new Failure("job_retried_too_often", messages.retriedTooOften(id, MOST_RETRIES));
}
