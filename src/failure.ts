export interface FailureOptions {
  readonly transient?: boolean;
  /**
   * It brought down, or nearly, what ran it: the next attempt is isolated from all others. With `uncounted` it may have
   * been another's doing.
   */
  readonly crashed?: boolean;
  /**
   * No attempt could have succeeded just now (dead credentials, an outage): the job waits, and the attempt does not
   * count.
   */
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
 * What went wrong, stated once where it is known. `transient` failures are worth another attempt (a network, a 5xx, a
 * crash); the others are permanent (bad data, no such path). It is never guessed from a text.
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
  const message = error instanceof Error ? messageOf(error) : String(error);
  return new Failure("internal", message, { transient: true, cause: error });
}

/** What a system refuses, in words. Its code stays: that is what people search for. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  ENOENT: "a file or folder does not exist",
  ENOTDIR: "a part of the path is not a folder",
  EISDIR: "it is a folder, not a file",
  EEXIST: "it already exists",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EMFILE: "the process has too many open files",
  ENAMETOOLONG: "a name is too long",
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was closed",
  ETIMEDOUT: "the connection timed out",
  ENOTFOUND: "the host name is unknown",
};

function messageOf(error: Error): string {
  const { code, path, address, port, hostname } = error as SystemError;
  const reason = code === undefined ? undefined : REASONS[code];
  if (code === undefined || reason === undefined) return error.message;
  // A file that is written beside another has a random name.
  const file = path === undefined || /[0-9a-f]{12}(\.part)?$/.test(path) ? undefined : path;
  const where = file ?? (address === undefined ? hostname : port === undefined ? address : `${address}:${port}`);
  return `${reason} (${where === undefined ? code : `${code}, ${where}`})`;
}

interface SystemError {
  readonly code?: string;
  readonly path?: string;
  readonly address?: string;
  readonly port?: number;
  readonly hostname?: string;
}

/**
 * What a thread responds. An error that is thrown across threads loses everything but its message, so a failure
 * is a response, too.
 */
export type Outcome<T> =
  | { readonly value: T }
  | { readonly failure: { readonly code: string; readonly message: string; readonly options: FailureOptions } };

/** In the thread: the result of the work. */
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
