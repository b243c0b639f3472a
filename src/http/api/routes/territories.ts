import { Type as t } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { asFailure } from "../../../failure.ts";
import { resolveSuburb } from "../../../report/localities/suburbs.ts";
import { plural } from "../../../report/wording.ts";
import { quoted } from "../../../text/visible-text.ts";
import { time, type Viewed } from "../../../views/nullable.ts";
import { readJson } from "../../body.ts";
import { errors } from "../../errors.ts";
import { operation, ref } from "../../openapi/operation.ts";
import { inPath } from "../../path.ts";
import { json } from "../../response.ts";
import { createNamedRecords, fieldsOf, LONGEST_NAME, nameIn } from "../named-records.ts";
import type { Shared } from "../shared.ts";

const TerritorySuburb = t.Object({ suburb: t.String(), state: t.String(), postcode: t.String() });

export const Territory = t.Object({
  name: t.String({ examples: ["Our territory"] }),
  suburbs: t.Array(TerritorySuburb, { description: "In the order in which they were given, each once" }),
  shared: t.Boolean({
    description: "Whether all clients see the territory; otherwise only keys of the client that saved it",
  }),
  by: t.String({ description: "Who saved it" }),
  saved_at: time("When the territory was saved"),
});

export const Territories = t.Object({ territories: t.Array(Territory, { description: "Territories by name" }) });

/** As many as one batch of reports may be. */
const MOST_SUBURBS = 500;
const Fields = t.Object({
  suburbs: t.Array(t.String({ examples: ["Manly NSW 2095"] }), {
    description: "Suburbs, each as one text as in a request: name and state, or a postcode",
    minItems: 1,
    maxItems: MOST_SUBURBS,
  }),
  shared: t.Optional(t.Boolean({ description: "Default: false" })),
});

type SuburbOfTerritory = Viewed<typeof TerritorySuburb>;

/** Suburbs that an office requests reports of together, under a name. */
export function territoryRoutes({ admission, access, connections, records, limits, noteChange, outgoing }: Shared) {
  const territories = createNamedRecords<{ readonly suburbs: readonly SuburbOfTerritory[] }>(records, {
    ...{ kind: "territory", noun: "territory", list: "GET /api/territories" },
  });
  const lists = new Elysia()
    .use(admission)
    .get(
      "/api/territories",
      async ({ request, caller }) =>
        outgoing.json<typeof Territories>(
          { request, owner: caller.client },
          { territories: await territories.list(caller.client) },
        ),
      { detail: LIST },
    );
  // As a change of one's own jobs; by their methods these would be an admin's.
  const changes = new Elysia()
    .derive({ as: "local" }, ({ request }) => ({
      caller: access.admit(request, connections.address(request), "submit"),
    }))
    .put(
      "/api/territories/:name",
      async ({ request, params, caller }) => {
        const name = nameIn(params.name);
        const { suburbs, shared } = fieldsOf((await readJson(request, limits)).value, ["suburbs"]);
        const requested = { name, suburbs: suburbsOf(suburbs), shared };
        const saved = await territories.save(request, caller, requested);
        const count = plural(saved.suburbs.length, "suburb");
        noteChange(request, { subject: name, detail: shared ? `${count}, shared` : count });
        return json<typeof Territory>(saved);
      },
      { parse: "none", detail: SAVE },
    )
    .delete(
      "/api/territories/:name",
      async ({ request, params, caller }) => {
        const removed = await territories.remove(caller, nameIn(params.name));
        noteChange(request, { subject: removed.name });
        return json<typeof Territory>(removed);
      },
      { parse: "none", detail: REMOVE },
    );
  return new Elysia().use(lists).use(changes);
}

/** @throws Failure "invalid_request" that names each line that is no suburb. */
function suburbsOf(given: unknown): readonly SuburbOfTerritory[] {
  if (!Array.isArray(given) || given.length === 0 || given.length > MOST_SUBURBS)
    throw errors.territorySuburbs(MOST_SUBURBS);
  const found = new Map<string, SuburbOfTerritory>();
  const problems: { readonly path: string; readonly message: string }[] = [];
  for (const [at, line] of (given as readonly unknown[]).entries()) {
    const path = `/suburbs/${at}`;
    if (typeof line !== "string" || line.trim() === "" || line.length > 200) {
      problems.push({ path, message: "must be one line, such as Manly NSW 2095" });
      continue;
    }
    try {
      const { suburb, state, postcode } = resolveSuburb({ suburb: line });
      found.set(`${state} ${suburb} ${postcode}`, { suburb, state, postcode });
    } catch (error) {
      problems.push({ path, message: `${quoted(line.trim())}: ${asFailure(error).message}` });
    }
  }
  if (problems.length > 0) throw errors.noSuburbs(problems);
  return [...found.values()];
}

const LIST = operation({
  operationId: "listTerritories",
  tags: ["Reports"],
  summary: "List territories (named lists of suburbs)",
  description: "The territories of the caller's client, and shared ones.",
  responses: { 200: { description: "The territories", content: { "application/json": ref("Territories") } } },
});

const NAME = inPath("name", `Name with 1 to ${LONGEST_NAME} characters, in any case`);

const SAVE = operation({
  operationId: "saveTerritory",
  tags: ["Reports"],
  summary: "Save a territory",
  description:
    "Replaces a territory with this name. Only the client that shared a territory, or an admin, can replace a shared one. " +
    "To request its reports, send its suburbs to /api/generate-agents-reports.",
  parameters: [NAME],
  body: { content: { "application/json": Fields } },
  responses: { 200: { description: "The territory", content: { "application/json": ref("Territory") } } },
  problems: [400, 408, 413, 415, 422],
});

const REMOVE = operation({
  operationId: "removeTerritory",
  tags: ["Reports"],
  summary: "Delete a territory",
  description: "Deletes the caller's own territory with this name; if there is none, the shared one.",
  parameters: [NAME],
  responses: {
    200: { description: "The territory that was removed", content: { "application/json": ref("Territory") } },
  },
  problems: [404, 422],
});
