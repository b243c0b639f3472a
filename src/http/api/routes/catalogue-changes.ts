import { Type as t } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { type Caller, requireAdmin, seesAll } from "../../../access/caller.ts";
import { CATALOGUE_KINDS, type CatalogueImported, type Removal } from "../../../report/sources/catalogue.ts";
import { nullable } from "../../../views/nullable.ts";
import { errors } from "../../errors.ts";
import { operation, ref } from "../../openapi/operation.ts";
import { decoded, inPath } from "../../path.ts";
import { defineQuery, flag } from "../../query.ts";
import { json } from "../../response.ts";
import { actorOf } from "../audited.ts";
import { parseKind } from "../catalogue-uploads.ts";
import { IN_LOCALITY, localityIn, POSTCODE } from "../locality-in.ts";
import type { Shared } from "../shared.ts";
import { KindChanges } from "./catalogue.ts";

const count = t.Integer({ minimum: 0 });

export const CatalogueImports = t.Object({
  imports: t.Array(
    t.Object({
      id: count,
      at: t.String(),
      actor: t.String({ description: "A client, or operator for the command line" }),
      files: t.Array(t.String()),
      rows: t.Record(t.String(), count),
      changes: nullable(KindChanges),
      undone_at: nullable(t.String()),
    }),
  ),
});

export const CatalogueUndone = t.Object({
  id: count,
  removed: t.Integer({ minimum: 0, description: "Rows that the import had added" }),
  restored: t.Integer({ minimum: 0, description: "Rows restored to their previous state" }),
  remaining: t.Integer({ minimum: 0, description: "Rows that a later import changed; they remain" }),
});

export const CatalogueRemoved = t.Object({
  removed: count,
  import_id: nullable(
    t.Integer({
      description: "Number for an undo; null if the removal cannot be undone, or if rows were only counted",
    }),
  ),
});

const IMPORTS = 100;
const COUNT = flag("Count the rows that would be removed, and remove none");
const REMOVED = defineQuery({ dry_run: COUNT });
const REMOVED_LOCALITY = defineQuery({ postcode: POSTCODE, dry_run: COUNT });

/** What was imported, how it is undone, and how rows are removed. */
export function catalogueChangeRoutes({ noteChange, admission, catalogue, importer }: Shared) {
  const counted = async (removal: Removal) => {
    const { removed } = await importer.change({ change: "count", removal });
    return json<typeof CatalogueRemoved>({ removed, import_id: null });
  };

  return new Elysia()
    .use(admission)
    .delete(
      "/api/catalogue/localities/:state/:suburb",
      async ({ request, params, caller }) => {
        const { postcode, dry_run } = REMOVED_LOCALITY.read(request);
        const removal = { locality: localityIn(params, { postcode }) };
        if (dry_run) return counted(removal);
        const { id, removed } = await importer.change({ change: "remove", removal, actor: actorOf(caller, request) });
        noteChange(request, { detail: `${removed} rows removed; undo import ${id} to restore them` });
        return json<typeof CatalogueRemoved>({ removed, import_id: id });
      },
      { parse: "none", detail: REMOVE_LOCALITY },
    )
    .get(
      "/api/catalogue/imports",
      ({ caller }) => {
        const imports = catalogue.imports(IMPORTS);
        const shown = seesAll(caller) ? imports : imports.map((each) => withoutActor(each, caller));
        return json<typeof CatalogueImports>({ imports: shown });
      },
      { detail: IMPORTS_LIST },
    )
    .post(
      "/api/catalogue/imports/:id/undo",
      async ({ request, params, caller }) => {
        requireAdmin(caller);
        const id = Number(params.id);
        if (!Number.isInteger(id) || id < 1) throw errors.unknownImport(params.id);
        const undone = await importer.change({ change: "undo", id });
        noteChange(request, {
          subject: `import ${id}`,
          detail: `${undone.removed} removed, ${undone.restored} restored`,
        });
        return json<typeof CatalogueUndone>(undone);
      },
      { parse: "none", detail: UNDO },
    )
    .delete(
      "/api/catalogue/:kind/:id",
      async ({ request, params, caller }) => {
        const kind = parseKind(params.kind);
        const removal = { kind, id: decoded(params.id) };
        if (REMOVED.read(request).dry_run) return counted(removal);
        const { id, removed } = await importer.change({ change: "remove", removal, actor: actorOf(caller, request) });
        if (removed === 0) throw errors.unknownRow(kind, removal.id);
        noteChange(request, { detail: `${removed} rows removed; undo import ${id} to restore them` });
        return json<typeof CatalogueRemoved>({ removed, import_id: id });
      },
      { parse: "none", detail: REMOVE },
    )
    .delete(
      "/api/catalogue/:kind",
      async ({ request, params }) => {
        const kind = params.kind === "all" ? null : parseKind(params.kind);
        if (REMOVED.read(request).dry_run) return counted(kind === null ? {} : { kind });
        const { removed } = await importer.change({ change: "clear", kind });
        return json<typeof CatalogueRemoved>({ removed, import_id: null });
      },
      { parse: "none", detail: CLEAR },
    );
}

/** For those who do not see all: neither who else imports, nor what their files are called. */
function withoutActor(each: CatalogueImported, { client }: Caller): CatalogueImported {
  const isOwn = each.actor === client || each.actor === `${client} (dashboard)`;
  return isOwn ? each : { ...each, actor: "another client", files: [] };
}

const REMOVE_LOCALITY = operation({
  operationId: "removeCatalogueLocality",
  tags: ["Data"],
  summary: "Remove all rows of a suburb",
  description: "The removal appears in the list of imports, where it can be undone.",
  parameters: [...IN_LOCALITY, ...REMOVED_LOCALITY.parameters],
  responses: {
    200: {
      description: "The number of rows that were removed",
      content: { "application/json": ref("CatalogueRemoved") },
    },
  },
  problems: [422],
});

const IMPORTS_LIST = operation({
  operationId: "listCatalogueImports",
  tags: ["Data"],
  summary: "List imports, latest first",
  responses: { 200: { description: "At most 100 imports", content: { "application/json": ref("CatalogueImports") } } },
});

const UNDO = operation({
  operationId: "undoCatalogueImport",
  tags: ["Data"],
  summary: "Undo an import",
  description:
    "Removes the rows that the import added, and restores the rows that it replaced, except rows that a later import changed. Requires an admin key.",
  parameters: [inPath("id", "Number in the list of imports")],
  responses: { 200: { description: "What the undo changed", content: { "application/json": ref("CatalogueUndone") } } },
  problems: [404, 409],
});

const REMOVE = operation({
  operationId: "removeCatalogueRow",
  tags: ["Data"],
  summary: "Remove one row",
  description: "The removal appears in the list of imports, where it can be undone.",
  parameters: [
    inPath("kind", "Kind of the rows", CATALOGUE_KINDS),
    inPath("id", "Id of the row"),
    ...REMOVED.parameters,
  ],
  responses: { 200: { description: "The row was removed", content: { "application/json": ref("CatalogueRemoved") } } },
  problems: [404, 422],
});

const CLEAR = operation({
  operationId: "clearCatalogue",
  tags: ["Data"],
  summary: "Remove all rows of a kind permanently",
  description: "`all` removes the rows of all kinds. This cannot be undone.",
  parameters: [inPath("kind", "Kind of the rows", [...CATALOGUE_KINDS, "all"]), ...REMOVED.parameters],
  responses: {
    200: {
      description: "The number of rows that were removed",
      content: { "application/json": ref("CatalogueRemoved") },
    },
  },
  problems: [404, 422],
});
