import { Type as t } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { requireSeesAll } from "../../../access/access.ts";
import type { AuditEntry } from "../../../storage/audit/audit.ts";
import { nullable, time, type Viewed } from "../../../views/nullable.ts";
import { operation, ref } from "../../openapi/operation.ts";
import { invalidParameter, knownParameters } from "../../query.ts";
import { json } from "../../response.ts";
import { limitOf, timeOf } from "../job-filter.ts";
import type { Shared } from "../shared.ts";

const PARAMETERS = ["actor", "action", "since", "until", "limit", "cursor"] as const;
/** Characters of an actor that is looked for. */
const LONGEST = 200;

/** What these say names folders, and is an admin's to read. */
const OF_THE_OPERATOR: ReadonlySet<string> = new Set([
  "backUp",
  "restore",
  "changeSettings",
  "testDelivery",
  "writeDatabase",
]);

export const AuditList = t.Object({
  entries: t.Array(
    t.Object({
      id: t.String({ description: "Entries are in the order of their ids" }),
      at: time("When"),
      actor: t.String({
        description: "The client, with (dashboard) for a person in a browser; ann (command line); or service",
        examples: ["ops (dashboard)"],
      }),
      key_id: nullable(t.String({ description: "The key that was shown; null where none was needed" })),
      action: t.String({
        description:
          "An operation of this document, or signIn, signOut, changeSettings, backUp, restore, migrate, decidePeople, nameOffice, rotateCallbackSecret, writeDatabase",
        examples: ["revokeKey"],
      }),
      subject: nullable(t.String({ description: "What it was done to: a key, a job, a target, …" })),
      detail: nullable(t.String({ description: "What came of it. Where it names folders it is an admin's to read" })),
    }),
  ),
  next_cursor: nullable(t.String({ description: "For the next page; null on the last" })),
});

/** Who did what. */
export function auditRoutes({ admission, audit }: Shared) {
  return new Elysia().use(admission).get(
    "/api/audit",
    async ({ request, caller }) => {
      requireSeesAll(caller);
      const query = knownParameters(request, PARAMETERS);
      const given = (name: (typeof PARAMETERS)[number]) => query.get(name) || null;
      if ((given("actor") ?? "").length > LONGEST) throw invalidParameter("actor", `${LONGEST} letters at most`);
      const actions = (given("action") ?? "").split(",").flatMap((each) => each.trim() || []);
      if (actions.length > 50 || actions.some((each) => !/^\w{1,60}$/.test(each)))
        throw invalidParameter("action", "names such as revokeKey, several with commas");
      const page = await audit.page({
        actor: given("actor"),
        actions,
        since: timeOf(given, "since"),
        until: timeOf(given, "until"),
        limit: limitOf(query.get("limit")),
        cursor: given("cursor"),
      });
      const isAdmin = caller.scope === "admin";
      return json({
        entries: page.entries.map((entry) => view(entry, isAdmin)),
        next_cursor: page.nextCursor,
      } satisfies Viewed<typeof AuditList>);
    },
    { detail: LIST },
  );
}

function view({ id, at, actor, keyId, action, subject, detail }: AuditEntry, isAdmin: boolean) {
  return {
    id,
    at,
    actor,
    key_id: keyId,
    action,
    subject,
    detail: isAdmin || !OF_THE_OPERATOR.has(action) ? detail : null,
  };
}

const inQuery = (name: (typeof PARAMETERS)[number], description: string, type = "string") =>
  ({ name, in: "query", description, schema: { type } }) as const;

const LIST = operation({
  operationId: "listAudit",
  tags: ["Service"],
  summary: "Who did what, the latest first",
  description:
    "Every change that somebody made over the API, in the dashboard or at the command line: keys, pauses, cancelled, retried and deleted jobs, imports, targets, sign-ins, and settings that were other at a start. The latest 20,000 of what admins did are stored, and 20,000 of what clients may do with their jobs. Needs a viewer's or an admin's key.",
  parameters: [
    inQuery("actor", "A part of who, whatever the case"),
    inQuery("action", "What, such as revokeKey; several with commas"),
    inQuery("since", "At this time, or day (UTC), or later"),
    inQuery("until", "Before this time, or day (UTC)"),
    inQuery("limit", "1 to 200; 50 unless given", "integer"),
    inQuery("cursor", "next_cursor of the page before"),
  ],
  responses: { 200: { description: "A page", content: { "application/json": ref("AuditList") } } },
  problems: [422],
});
