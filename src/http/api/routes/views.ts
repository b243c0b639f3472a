import { Type as t } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { Caller } from "../../../access/access.ts";
import { time, type Viewed } from "../../../views/nullable.ts";
import { readJson } from "../../body.ts";
import { errors } from "../../errors.ts";
import { operation, ref } from "../../openapi/operation.ts";
import { decoded, inPath } from "../../path.ts";
import { json } from "../../response.ts";
import { actorOf } from "../audited.ts";
import type { Shared } from "../shared.ts";

export const SavedView = t.Object({
  name: t.String(),
  query: t.String({ description: "The query of the dashboard's job list", examples: ["status=failed&since=7d"] }),
  shared: t.Boolean({
    description: "Whether everybody sees the view; otherwise only keys of the client that saved it",
  }),
  by: t.String({ description: "Who saved it" }),
  saved_at: time("When"),
});
type View = Viewed<typeof SavedView>;

export const SavedViews = t.Object({ views: t.Array(SavedView, { description: "By their names" }) });

const Wish = t.Object({
  query: SavedView.properties.query,
  shared: t.Optional(t.Boolean({ description: "Default: false" })),
});

/** What the page of jobs is narrowed by: its address has these. */
const PARAMETERS: ReadonlySet<string> = new Set([
  ...["q", "status", "state", "client", "since", "prepared_for", "filename", "metadata", "error", "error_code"],
  ...["undelivered", "document", "draft", "from", "to", "order"],
]);
const LONGEST_NAME = 60;
const LONGEST_QUERY = 2_000;
/** Views of one client, and all. */
const MOST = { own: 100, together: 1_000 } as const;
/** In the place of a client's name, which cannot be that. */
const EVERYBODY = "*";

/** Lists of jobs that somebody gave a name: each is the address of the dashboard's page. */
export function viewRoutes({ admission, access, connections, records, limits, noteChange, outgoing }: Shared) {
  const recordOf = (owner: string, name: string) => `${owner}/${name.toLowerCase()}`;
  const all = async () =>
    (await records.last("view", MOST.together)).map(({ name, value }) => ({
      owner: name.slice(0, name.indexOf("/")),
      view: JSON.parse(value) as View & { readonly client: string },
    }));

  const lists = new Elysia().use(admission).get(
    "/api/views",
    async ({ request, caller }) => {
      const seen = (await all()).filter(({ owner }) => owner === EVERYBODY || owner === caller.client);
      const views = seen.map(({ view: { client: _, ...view } }) => view);
      const sorted = views.toSorted((a, b) => a.name.localeCompare(b.name));
      return outgoing.json<typeof SavedViews>({ request, owner: caller.client }, { views: sorted });
    },
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
        const name = nameOf(params.name);
        const { query, shared } = wishOf((await readJson(request, limits)).value);
        const owner = shared ? EVERYBODY : caller.client;
        const stored = await all();
        const before = stored.find((each) => recordOf(each.owner, each.view.name) === recordOf(owner, name));
        if (before !== undefined) requireOwner(caller, before.view);
        else if (
          stored.length >= MOST.together ||
          stored.filter(({ view }) => view.client === caller.client).length >= MOST.own
        )
          throw errors.tooManyViews(MOST.own);
        const saved_at = new Date().toISOString();
        const view: View = { name, query, shared, by: actorOf(caller, request), saved_at };
        await records.put("view", recordOf(owner, name), JSON.stringify({ ...view, client: caller.client }));
        noteChange(request, { subject: name, detail: shared ? "shared" : null });
        return json<typeof SavedView>(view);
      },
      { parse: "none", detail: SAVE },
    )
    .delete(
      "/api/views/:name",
      async ({ request, params, caller }) => {
        const name = nameOf(params.name);
        const stored = await all();
        const of = (owner: string) =>
          stored.find((each) => each.owner === owner && recordOf(owner, each.view.name) === recordOf(owner, name));
        const found = of(caller.client) ?? of(EVERYBODY);
        if (found === undefined) throw errors.unknownView(name);
        requireOwner(caller, found.view);
        await records.remove("view", recordOf(found.owner, name));
        noteChange(request, { subject: name });
        const { client: _, ...view } = found.view;
        return json<typeof SavedView>(view);
      },
      { parse: "none", detail: REMOVE },
    );
  return new Elysia().use(lists).use(changes);
}

function requireOwner(caller: Caller, { client, name }: { readonly client: string; readonly name: string }): void {
  if (client !== caller.client && caller.scope !== "admin") throw errors.viewOfAnother(name, client);
}

/** @throws Failure "invalid_request". */
function nameOf(part: string): string {
  const name = decoded(part).trim().normalize("NFC");
  if (name === "" || name.length > LONGEST_NAME || /[/\p{Cc}]/u.test(name)) throw errors.viewName(LONGEST_NAME);
  return name;
}

/** @throws Failure "invalid_request" that names the field. */
function wishOf(body: unknown): { readonly query: string; readonly shared: boolean } {
  const {
    query,
    shared = false,
    ...others
  } = (typeof body === "object" && body !== null ? body : {}) as {
    readonly query?: unknown;
    readonly shared?: unknown;
  };
  if (typeof query !== "string" || query.length > LONGEST_QUERY) throw errors.viewQuery(LONGEST_QUERY);
  if (typeof shared !== "boolean") throw errors.oneOf("shared", ["true", "false"]);
  const [other] = Object.keys(others);
  if (other !== undefined) throw errors.unknownField(other, ["query", "shared"]);
  const parameters = new URLSearchParams(query.replace(/^\?/, ""));
  for (const name of parameters.keys()) if (!PARAMETERS.has(name)) throw errors.viewFilter(name, [...PARAMETERS]);
  // As it is written into the address, where a letter may be nine.
  const written = parameters.toString();
  if (written.length > LONGEST_QUERY) throw errors.viewQuery(LONGEST_QUERY);
  return { query: written, shared };
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
    "Replaces a view with this name. Only the client that shared a view, or an admin, can replace a shared view.",
  parameters: [NAME],
  body: { content: { "application/json": Wish } },
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
