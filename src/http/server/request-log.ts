import type { Logger } from "pino";
import { Failure } from "../../failure.ts";
import type { Submitted } from "../../queue/job.ts";
import type { Route } from "../api/route-of.ts";

const LINES_A_TURN = 50;

/**
 * One line a request, never its body: what was refused at info, as is what people changed, what broke at error with its
 * cause, all others at debug: pollers would drown the rest. Of what was accepted each job has a line of its own.
 */
export function logRequest(log: Logger, { request, response, id, ms, route, client, cause }: Responded): void {
  const { status } = response;
  const changed = request.method !== "GET" && request.method !== "HEAD" && !route.pattern.startsWith(GENERATE);
  const code = cause instanceof Failure ? cause.code : null;
  const broke = status >= 500 && !BUSY.has(code ?? "");
  const level = broke ? "error" : status >= 400 || changed ? "info" : "debug";
  if (!log.isLevelEnabled(level)) return;
  const jobId = route.jobId ?? /\/api\/job-status\/([\w-]+)$/.exec(response.headers.get("location") ?? "")?.[1];
  const line = {
    method: request.method,
    path: pathOf(request.url),
    status,
    ms: Math.round(ms * 10) / 10,
    request_id: id,
    ...(jobId === undefined ? {} : { job_id: jobId }),
    ...(client === null ? {} : { client }),
    ...(code === null ? {} : { code }),
    ...(broke ? { err: cause } : {}),
  };
  log[level](line, "request");
}

/** One line a job that is new; between parts of a long batch the others have their turn. */
export async function logAccepted(log: Logger, id: string | null, submitted: readonly Submitted[]): Promise<void> {
  if (!log.isLevelEnabled("info")) return;
  for (const [at, { job, created }] of submitted.entries()) {
    if (at > 0 && at % LINES_A_TURN === 0) await new Promise(setImmediate);
    if (!created) continue;
    const { id: jobId, client, suburb, state, priority } = job;
    log.info({ request_id: id, job_id: jobId, client, suburb, state, priority }, "job accepted");
  }
}

/** The client is too fast, which is no fault of the service: the response states when to retry. */
const BUSY: ReadonlySet<string> = new Set(["bodies_waiting", "catalogue_busy"]);

/** What the routes that take reports begin with. */
const GENERATE = "/api/generate-agents-report";

interface Responded {
  readonly request: Request;
  readonly response: Response;
  readonly id: string;
  readonly ms: number;
  readonly route: Route;
  readonly client: string | null;
  readonly cause: unknown;
}

/** Without the query. */
function pathOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  const end = url.indexOf("?", start);
  return url.slice(start, end === -1 ? undefined : end);
}
