export interface FailureOptions {
  readonly transient?: boolean;
  /** It brought down, or nearly, what ran it: the next attempt is isolated from all others. With `uncounted` it may have been another's doing. */
  readonly crashed?: boolean;
  /** No attempt could have succeeded just now (dead credentials, an outage): the job waits, and the attempt does not count. */
  readonly uncounted?: boolean;
  /** The dependencies outside whose open circuits refused it: it is worth another attempt as soon as one of them closes. */
  readonly waitsFor?: readonly string[];
  /** How long the other side requested a pause, in milliseconds. */
  readonly retryAfterMs?: number;
  /** Particulars for programs, such as the nearest suburbs; JSON. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/**
 * What went wrong, said once where it is known. `transient` failures are worth another attempt (a network, a 5xx, a crash);
 * the others are permanent (bad data, no such path). It is never guessed from a text.
 */
export class Failure extends Error {
  override readonly name = "Failure";
  /** Stable, snake_case, for programs: "no_data", "queue_full", "job_timeout", … */
  readonly code: string;
  readonly options: FailureOptions;

  /** `message` is for people: what happened and what to do about it. */
  constructor(code: string, message: string, options: FailureOptions = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.options = options;
  }

  get transient(): boolean {
    return this.options.transient ?? false;
  }
}

/** Any thrown value as a Failure. What is not one already is a defect or an unnamed outage: worth another attempt. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new Failure("internal", message, { transient: true, cause: error });
}

/**
 * What a thread responds. An error that is thrown across threads loses everything but its message, so a failure
 * is a response, too.
 */
export type Outcome<T> =
  | { readonly value: T }
  | { readonly failure: { readonly code: string; readonly message: string; readonly options: FailureOptions } };

/** In the thread: what the work came to. */
export async function outcomeOf<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    const { code, message, options } = asFailure(error);
    const cause = options.cause instanceof Error ? { cause: options.cause.stack ?? options.cause.message } : {};
    return { failure: { code, message, options: { ...options, ...cause } } };
  }
}

/** In the main thread: the value, or the failure thrown. */
export function returned<T>(outcome: Outcome<T>): T {
  if ("value" in outcome) return outcome.value;
  const { code, message, options } = outcome.failure;
  throw new Failure(code, message, options);
}
