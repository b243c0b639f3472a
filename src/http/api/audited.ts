import type { Logger } from "pino";
import type { Access } from "../../access/access.ts";
import type { Caller } from "../../access/caller.ts";
import { asFailure } from "../../failure.ts";
import type { AuditLog } from "../../storage/audit/audit.ts";
import { messages } from "../messages.ts";
import type { RegisteredRoute } from "../openapi/document.ts";
import { decoded } from "../path.ts";
import { isYes, queryOf } from "../query.ts";

/** What is recorded of a change beside the operation that made it. */
export interface ChangeNote {
  /** Where the route is no operation of the API's. */
  readonly action?: string;
  /** Where the request itself shows no key. */
  readonly by?: { readonly client: string; readonly keyId: string };
  /** What was changed; else what the address names. */
  readonly subject?: string | null;
  /** The result, in a line. */
  readonly detail?: string | null;
}

export type NoteChange = (request: Request, note: ChangeNote) => void;

interface AuditedDependencies {
  readonly audit: AuditLog;
  readonly access: Pick<Access, "callerOf">;
  readonly log: Logger;
}

/** What changes nothing, and what requests reports: those are the jobs themselves. */
export const UNRECORDED: ReadonlySet<string> = new Set([
  "generateAgentsReport",
  "generateAgencyReport",
  "generateAgentsReports",
  "countJobs",
  "beginDropboxLink",
  "examine",
]);

/**
 * Records each change made over HTTP: every route that is no GET and was not refused, by its operation, so
 * that no new route is forgotten. A route may note more of it. What was done stays done where the list cannot be written.
 */
export function createAudited({ audit, access, log }: AuditedDependencies) {
  /** Written by `note`. */
  const notes = new WeakMap<Request, ChangeNote>();
  const note: NoteChange = (request, more) => notes.set(request, { ...notes.get(request), ...more });
  return {
    note,
    /** What records the change of a request, once its response is known. */
    recorder(routes: readonly RegisteredRoute[]): (request: Request, response: Response) => Promise<void> {
      const known = routes.flatMap(({ method, path, hooks }) => {
        const action = hooks.detail?.operationId;
        return method === "GET" || typeof action !== "string" ? [] : [{ method, action, expression: patternOf(path) }];
      });
      return async (request, response) => {
        if (response.status >= 400) return;
        const noted = notes.get(request);
        const { action, subject } =
          noted?.action === undefined ? operationOf(known, request) : { ...NAMELESS, ...noted };
        if (action === undefined || UNRECORDED.has(action) || isDryRun(request)) return;
        const caller = noted?.by ?? access.callerOf(request);
        if (caller === null) return;
        const act = {
          actor: actorOf(caller, request),
          keyId: caller.keyId,
          action,
          subject: noted?.subject === undefined ? subject : noted.subject,
          detail: noted?.detail ?? null,
        };
        await audit.record(act).catch((error) => {
          log.error({ ...act, error: asFailure(error).message }, messages.notAudited(asFailure(error).message));
        });
      };
    },
  };
}

const NAMELESS = { action: undefined, subject: null };

interface AuditedRoute {
  readonly method: string;
  readonly action: string;
  readonly expression: RegExp;
}

/** The operation at a request's address, and what the address names. */
function operationOf(known: readonly AuditedRoute[], { method, url }: Request) {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  const path = url.slice(start).split("?", 1)[0] ?? "";
  for (const { method: its, action, expression } of known) {
    const match = its === method ? expression.exec(path) : null;
    if (match === null) continue;
    const named = match.slice(1).map(decoded);
    return { action, subject: named.length === 0 ? null : named.join(" ") };
  }
  return NAMELESS;
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(".", "\\.").replace(/:\w+/g, "([^/]+)")}$`);
}

function isDryRun(request: Request): boolean {
  return isYes(queryOf(request).get("dry_run"));
}

/**
 * Whom the history names for what a request changes: the client, and whether a person did it in the dashboard. Browsers
 * send `Sec-Fetch-Site` with each request (Fetch Metadata), and no page can leave it out; programs do not.
 */
export function actorOf({ client }: Pick<Caller, "client">, { headers }: Request): string {
  return headers.has("sec-fetch-site") ? `${client} (dashboard)` : client;
}
