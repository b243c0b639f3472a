import { Type as t } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { time } from "../../../views/nullable.ts";
import { readJson } from "../../body.ts";
import { errors } from "../../errors.ts";
import { operation, ref } from "../../openapi/operation.ts";
import { inPath } from "../../path.ts";
import { day, defineQuery, optionalChoice } from "../../query.ts";
import { json } from "../../response.ts";
import { SELECTING } from "../job-filter.ts";
import { createNamedRecords, fieldsOf, LONGEST_NAME, nameIn } from "../named-records.ts";
import type { Shared } from "../shared.ts";

export const SavedView = t.Object({
  name: t.String(),
  query: t.String({ description: "The query of the dashboard's job list", examples: ["status=failed&since=7d"] }),
  shared: t.Boolean({
    description: "Whether all clients see the view; otherwise only keys of the client that saved it",
  }),
  by: t.String({ description: "Who saved it" }),
  saved_at: time("When the view was saved"),
});

export const SavedViews = t.Object({ views: t.Array(SavedView, { description: "Views by name" }) });

const Fields = t.Object({
  query: SavedView.properties.query,
  shared: t.Optional(t.Boolean({ description: "Default: false" })),
});

const { suburb, created_after, created_before, ended_after, ended_before, ...SHOWN } = SELECTING;
/** What the page of jobs is narrowed by: its address has these. */
const PARAMETERS = defineQuery({
  ...SHOWN,
  since: optionalChoice("Accepted within this time", ["1h", "24h", "7d", "30d"]),
  from: day("Accepted on this day or later"),
  to: day("Accepted on this day or earlier"),
});
const LONGEST_QUERY = 2_000;

/** Lists of jobs that were saved under a name: each is the address of the dashboard's page. */
export function viewRoutes({ admission, access, connections, records, limits, noteChange, outgoing }: Shared) {
  const views = createNamedRecords<{ readonly query: string }>(records, {
    ...{ kind: "view", noun: "view", list: "GET /api/views" },
  });
  const lists = new Elysia()
    .use(admission)
    .get(
      "/api/views",
      async ({ request, caller }) =>
        outgoing.json<typeof SavedViews>({ request, owner: caller.client }, { views: await views.list(caller.client) }),
      { detail: LIST },
    );
  // As a change of one's own jobs; by their methods these would be an admin's.
  const changes = new Elysia()
    .derive({ as: "local" }, ({ request }) => ({
      caller: access.admit(request, connections.address(request), "submit"),
    }))
    .put(
      "/api/views/:name",
      async ({ request, params, caller }) => {
        const name = nameIn(params.name);
        const { query, shared } = fieldsOf((await readJson(request, limits)).value, ["query"]);
        const saved = await views.save(request, caller, { name, query: queryOf(query), shared });
        noteChange(request, { subject: name, detail: shared ? "shared" : null });
        return json<typeof SavedView>(saved);
      },
      { parse: "none", detail: SAVE },
    )
    .delete(
      "/api/views/:name",
      async ({ request, params, caller }) => {
        const removed = await views.remove(caller, nameIn(params.name));
        noteChange(request, { subject: removed.name });
        return json<typeof SavedView>(removed);
      },
      { parse: "none", detail: REMOVE },
    );
  return new Elysia().use(lists).use(changes);
}

/** @throws Failure "invalid_request". */
function queryOf(query: unknown): string {
  if (typeof query !== "string" || query.length > LONGEST_QUERY) throw errors.viewQuery(LONGEST_QUERY, query);
  const parameters = new URLSearchParams(query.replace(/^\?/, ""));
  PARAMETERS.parse(parameters);
  // As it is written into the address, where a letter may be nine.
  const written = parameters.toString();
  if (written.length > LONGEST_QUERY) throw errors.viewQuery(LONGEST_QUERY, query);
  return written;
}

const LIST = operation({
  operationId: "listViews",
  tags: ["Jobs"],
  summary: "List saved views (named job filters)",
  description: "The views of the caller's client, and shared views.",
  responses: { 200: { description: "The views", content: { "application/json": ref("SavedViews") } } },
});

const NAME = inPath("name", `Name with 1 to ${LONGEST_NAME} characters, in any case`);

const SAVE = operation({
  operationId: "saveView",
  tags: ["Jobs"],
  summary: "Save a view",
  description:
    "The filters and their values are checked. Replaces a view with this name. Only the client that shared a view, or an admin, can replace a shared view.",
  parameters: [NAME],
  body: { content: { "application/json": Fields } },
  responses: { 200: { description: "The view", content: { "application/json": ref("SavedView") } } },
  problems: [400, 408, 413, 415, 422],
});

const REMOVE = operation({
  operationId: "removeView",
  tags: ["Jobs"],
  summary: "Delete a saved view",
  description: "Deletes the caller's own view with this name; if there is none, the shared one.",
  parameters: [NAME],
  responses: { 200: { description: "The view that was removed", content: { "application/json": ref("SavedView") } } },
  problems: [404, 422],
});
