import { Type as t } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { requireSeesAll, seesSurroundings } from "../../../access/caller.ts";
import type { AuditEntry } from "../../../storage/audit/audit.ts";
import { nullable, time, type Viewed } from "../../../views/nullable.ts";
import { errors } from "../../errors.ts";
import { operation, ref } from "../../openapi/operation.ts";
import { defineQuery, moment, pageSize } from "../../query.ts";
import { AUDIT_ACTIONS } from "../audit-actions.ts";
import { CURSOR } from "../job-filter.ts";
import type { Shared } from "../shared.ts";

/** Characters of an actor that is searched for. */
const LONGEST = 200;
const QUERY = defineQuery({
  actor: {
    description: "Part of the actor's name, in any case",
    schema: { type: "string" },
    read(given, name) {
      if ((given ?? "").length > LONGEST) throw errors.longText(name, LONGEST, given ?? "");
      return given || null;
    },
  },
  action: {
    description: "Action, such as revokeKey; several separated by commas",
    schema: { type: "string" },
    read(given, name) {
      const actions = (given ?? "").split(",").flatMap((each) => each.trim() || []);
      const unknown = actions.find((each) => !AUDIT_ACTIONS.includes(each));
      if (unknown !== undefined) throw errors.someOf(name, AUDIT_ACTIONS, unknown);
      return [...new Set(actions)];
    },
  },
  since: moment("At or after this time or day (UTC)"),
  until: moment("Before this time or day (UTC)"),
  limit: pageSize("actions"),
  cursor: CURSOR,
});

/**
 * What others than admins read as it is. Every other action, also one that comes later, may name folders and hosts: of
 * these they read that it was done, by whom and when.
 */
const OPEN: ReadonlySet<string> = new Set([
  ...["cancelJob", "retryJob", "sendJob", "resendCallback", "cancelJobs", "retryJobs", "deleteJobs", "pruneJobs"],
  ...["dismissFailures", "saveView", "removeView", "saveTerritory", "removeTerritory", "pauseQueue", "resumeQueue"],
  ...["createKey", "changeKey", "revokeKey", "rotateCallbackSecret", "signIn", "signOut"],
  ...["putCatalogue", "importReaxml", "importFile", "undoCatalogueImport", "removeCatalogueLocality"],
  ...["removeCatalogueRow", "clearCatalogue", "saveCatalogueMap", "deleteCatalogueMap", "decidePeople", "nameOffice"],
  ...["linkDropbox", "unlinkDropbox"],
]);
/** Of these what was changed, and not the result. */
const NAMED: ReadonlySet<string> = new Set([
  ...["testDelivery", "backUp", "restore", "migrate", "changeSettings", "writeDatabase"],
]);
/** A selection by words of an error, which may be a host's name. */
const BY_ERROR = /\berror /;

export const AuditList = t.Object({
  entries: t.Array(
    t.Object({
      id: t.String({ description: "Ids increase with time" }),
      at: time("When the action was made"),
      actor: t.String({
        description:
          "The client, followed by (dashboard) for a person in a browser; a user, such as ann (command line); or service",
        examples: ["ops (dashboard)"],
      }),
      key_id: nullable(t.String({ description: "The id of the key that was used; null if none was needed" })),
      action: t.String({
        description:
          "An operation of this document, or signIn, signOut, changeSettings, backUp, restore, migrate, decidePeople, nameOffice, rotateCallbackSecret, writeDatabase",
        examples: ["revokeKey"],
      }),
      subject: nullable(t.String({ description: "The object of the action: a key, a job, a target, …" })),
      detail: nullable(
        t.String({
          description: "The result. Subjects and results that may name folders or hosts are shown only to admins",
        }),
      ),
    }),
  ),
  next_cursor: nullable(t.String({ description: "Cursor of the next page; null on the last page" })),
});

/** Who did what. */
export function auditRoutes({ admission, audit, outgoing }: Shared) {
  return new Elysia().use(admission).get(
    "/api/audit",
    async ({ request, caller }) => {
      requireSeesAll(caller);
      const { action, cursor, ...given } = QUERY.read(request);
      const page = await audit.page({ ...given, actions: action, cursor: cursor || null });
      const isAdmin = seesSurroundings(caller);
      const list = {
        entries: page.entries.map((entry) => view(entry, isAdmin)),
        next_cursor: page.nextCursor,
      } satisfies Viewed<typeof AuditList>;
      return outgoing.json<typeof AuditList>({ request, owner: caller.client }, list);
    },
    { detail: LIST },
  );
}

function view({ id, at, actor, keyId, action, subject, detail }: AuditEntry, isAdmin: boolean) {
  const isOpen = isAdmin || OPEN.has(action);
  return {
    id,
    at,
    // "service (srv-7)": the name of a host.
    actor: isAdmin ? actor : actor.replace(/^service \(.*\)$/, "service"),
    key_id: keyId,
    action,
    subject: isAdmin || ((isOpen || NAMED.has(action)) && !BY_ERROR.test(subject ?? "")) ? subject : null,
    detail: isOpen ? detail : null,
  };
}

const LIST = operation({
  operationId: "listAudit",
  tags: ["Service"],
  summary: "List who did what, latest first",
  description:
    "Every change made through the API, the dashboard or the command line: keys, pauses, cancelled, retried and deleted jobs, imports, targets, sign-ins, and settings that changed between two starts. The latest 20,000 actions of admins are stored, and the latest 20,000 actions of clients on their jobs. Requires a viewer or admin key.",
  parameters: QUERY.parameters,
  responses: { 200: { description: "A page of actions", content: { "application/json": ref("AuditList") } } },
  problems: [422],
});
