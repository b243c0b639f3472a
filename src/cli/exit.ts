import { asFailure } from "../failure.ts";

/** The exit codes of the program; `agentlink help exit-codes` lists them. */
export const EXIT = {
  done: 0,
  failed: 1,
  /** The call or a setting is wrong: nothing was done. */
  usage: 2,
  /** The job failed or was cancelled. */
  jobFailed: 3,
  /** Nothing responds where the service should be. */
  unreachable: 4,
  /** The time to wait is over and the job continues. */
  stillRunning: 5,
  /** Ctrl-C: what was requested continues in the service. */
  interrupted: 130,
} as const;

const OF_CODE: Readonly<Record<string, number>> = {
  config: EXIT.usage,
  usage: EXIT.usage,
  // The service refused the call; nothing was done.
  invalid_request: EXIT.usage,
  unknown_suburb: EXIT.usage,
  unknown_state: EXIT.usage,
  postcode_mismatch: EXIT.usage,
  invalid_data_set: EXIT.usage,
  ambiguous_id: EXIT.usage,
  invalid_idempotency_key: EXIT.usage,
  unreachable: EXIT.unreachable,
  still_running: EXIT.stillRunning,
};

/** Prints what went wrong, a line each, and returns the exit code. */
export function reportError(error: unknown, err: (line: string) => void): number {
  // Commander has printed it already.
  if (error instanceof Error && "exitCode" in error) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  const { message, code } = asFailure(error);
  for (const line of message.split("\n")) err(`agentlink: ${line}`);
  return OF_CODE[code] ?? EXIT.failed;
}
