/**
 * What went wrong, said once where it is known. `transient` failures are worth another try (a network, a 5xx, a crash);
 * `permanent` ones are not (bad data, no such path). Nobody guesses which from a text.
 */
export class Failure extends Error {
  override readonly name = "Failure";

  constructor(
    /** Stable, snake_case, for programs: "no_data", "queue_full", "job_timeout", … */
    readonly code: string,
    /** For people: what happened and what to do about it. */
    message: string,
    readonly options: {
      readonly transient?: boolean;
      /** How long the other side asked to be left alone, in milliseconds. */
      readonly retryAfterMs?: number;
      /** Particulars for programs, such as the nearest suburbs; JSON. */
      readonly details?: Readonly<Record<string, unknown>>;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
  }

  get transient(): boolean {
    return this.options.transient ?? false;
  }
}

/** Any thrown value as a Failure. What is not one already is a defect or an outage we did not name: worth another try. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new Failure("internal", message, { transient: true, cause: error });
}
