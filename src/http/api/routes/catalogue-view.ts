import { Type as t } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { requireAdmin } from "../../../access/access.ts";
import { Failure } from "../../../failure.ts";
import { parseMap } from "../../../import/map.ts";
import { CATALOGUE_KINDS, type CatalogueKind } from "../../../report/sources/catalogue.ts";
import { resolveSuburb } from "../../../report/suburbs.ts";
import { nullable } from "../../../views/nullable.ts";
import { json } from "../../answer.ts";
import { readJson } from "../../body.ts";
import { operation, ref } from "../../openapi/operation.ts";
import { invalidParameter, knownParameters } from "../../query.ts";
import { actorOf } from "../actor.ts";
import type { Shared } from "../shared.ts";
import { KindChanges } from "./catalogue.ts";

const count = t.Integer({ minimum: 0 });

export const CataloguePlace = t.Object({
  suburb: t.String(),
  state: t.String(),
  postcode: t.String(),
  sales: count,
  sales_12m: t.Integer({ minimum: 0, description: "Of the twelve months to the newest" }),
  listings: count,
  rentals: count,
  agents: t.Integer({ minimum: 0, description: "Named by its sales" }),
  newest: nullable(t.String({ description: "The day of the newest sale" })),
  oldest: nullable(t.String()),
  sources: t.Array(t.String(), { description: "Ids of the sources that its sales name" }),
  report: t.Union([t.Literal("full"), t.Literal("thin"), t.Literal("empty")], {
    description: "What a report of it would be",
  }),
  missing: t.Array(t.String(), { description: "What a full report lacks, in words" }),
});

export const CataloguePlaces = t.Object({
  places: t.Array(CataloguePlace),
  next: nullable(t.String({ description: "`after` of the next page; null on the last" })),
  total: count,
  totals: t.Record(t.String(), count, { description: "Rows by kind" }),
});

export const CatalogueImports = t.Object({
  imports: t.Array(
    t.Object({
      id: count,
      at: t.String(),
      actor: t.String({ description: "A client, or operator: the command line" }),
      files: t.Array(t.String()),
      rows: t.Record(t.String(), count),
      changes: nullable(KindChanges),
      undone_at: nullable(t.String()),
    }),
  ),
});

export const CatalogueUndone = t.Object({
  id: count,
  removed: t.Integer({ minimum: 0, description: "Rows that had come with it" }),
  restored: t.Integer({ minimum: 0, description: "Rows as they were before it" }),
  kept: t.Integer({ minimum: 0, description: "Rows that a later import changed: they stay" }),
});

export const CatalogueRemoved = t.Object({
  removed: count,
  import_id: nullable(t.Integer({ description: "For undo; null where nothing was removed, or for good" })),
});

export const CatalogueMaps = t.Object({
  maps: t.Array(t.Object({ name: t.String(), saved_at: t.String(), map: t.Record(t.String(), t.Unknown()) })),
});

const PLACES = { least: 1, usual: 50, most: 200 } as const;
const IMPORTS = 100;
const MAP_NAME = /^[\w.-]{1,60}$/;

/** What the catalogue holds, what was imported, and how it is taken back. */
export function catalogueViewRoutes({ admission, catalogue, importer, limits }: Shared) {
  return new Elysia()
    .use(admission)
    .get(
      "/api/catalogue",
      ({ request }) => {
        const query = knownParameters(request, ["q", "limit", "after"]);
        const limit = Number(query.get("limit") ?? PLACES.usual);
        if (!Number.isInteger(limit) || limit < PLACES.least || limit > PLACES.most)
          throw invalidParameter("limit", `a whole number from ${PLACES.least} to ${PLACES.most}`);
        const page = catalogue.places({ q: query.get("q") ?? "", limit, after: query.get("after") ?? "" });
        return json({ ...page, totals: catalogue.totals() });
      },
      { detail: LIST },
    )
    .get(
      "/api/catalogue/places/:state/:suburb",
      ({ request, params }) => {
        const postcode = knownParameters(request, ["postcode"]).get("postcode");
        const wanted = resolveSuburb({ suburb: decoded(params.suburb), state: decoded(params.state), postcode });
        const place = catalogue.place(wanted);
        if (place === null)
          throw new Failure(
            "not_found",
            `The catalogue has nothing about ${wanted.suburb} ${wanted.state} ${wanted.postcode}: import its sales, listings or agents.`,
          );
        return json(place);
      },
      { detail: SHOW },
    )
    .delete(
      "/api/catalogue/places/:state/:suburb",
      async ({ request, params, caller }) => {
        const postcode = knownParameters(request, ["postcode"]).get("postcode");
        const place = resolveSuburb({ suburb: decoded(params.suburb), state: decoded(params.state), postcode });
        const { id, removed } = await importer.change({
          change: "remove",
          removal: { place },
          actor: actorOf(caller, request),
        });
        return json({ removed, import_id: id });
      },
      { parse: "none", detail: REMOVE_PLACE },
    )
    .get("/api/catalogue/imports", () => json({ imports: catalogue.imports(IMPORTS) }), { detail: IMPORTS_LIST })
    .post(
      "/api/catalogue/imports/:id/undo",
      async ({ params, caller }) => {
        requireAdmin(caller);
        const id = Number(params.id);
        if (!Number.isInteger(id) || id < 1)
          throw new Failure(
            "unknown_import",
            `There is no import ${params.id.slice(0, 40)}: GET /api/catalogue/imports has the numbers.`,
          );
        return json(await importer.change({ change: "undo", id }));
      },
      { parse: "none", detail: UNDO },
    )
    .delete(
      "/api/catalogue/:kind/:id",
      async ({ request, params, caller }) => {
        const kind = kindOf(params.kind);
        const removal = { kind, id: decoded(params.id) };
        const { id, removed } = await importer.change({ change: "remove", removal, actor: actorOf(caller, request) });
        if (removed === 0) throw new Failure("not_found", `The catalogue has no ${kind} with the id ${removal.id}.`);
        return json({ removed, import_id: id });
      },
      { parse: "none", detail: REMOVE },
    )
    .delete(
      "/api/catalogue/:kind",
      async ({ params }) => {
        const kind = params.kind === "all" ? null : kindOf(params.kind);
        return json({ ...(await importer.change({ change: "clear", kind })), import_id: null });
      },
      { parse: "none", detail: CLEAR },
    )
    .get(
      "/api/catalogue-maps",
      () =>
        json({
          maps: catalogue.maps().map(({ name, saved_at, document }) => ({ name, saved_at, map: JSON.parse(document) })),
        }),
      { detail: MAPS },
    )
    .put(
      "/api/catalogue-maps/:name",
      async ({ request, params }) => {
        const name = decoded(params.name);
        if (!MAP_NAME.test(name))
          throw new Failure("bad_map", "A map's name has 1 to 60 letters, digits, dots and hyphens.");
        const { value } = await readJson(request, limits);
        const { document } = parseMap(value, name);
        catalogue.saveMap(name, JSON.stringify(document));
        return json({ maps: [{ name, saved_at: new Date().toISOString(), map: document }] });
      },
      { parse: "none", detail: SAVE_MAP },
    )
    .delete(
      "/api/catalogue-maps/:name",
      ({ params }) => {
        const name = decoded(params.name);
        if (!catalogue.deleteMap(name)) throw new Failure("not_found", `There is no map ${name.slice(0, 60)}.`);
        return json({ removed: 1, import_id: null });
      },
      { parse: "none", detail: DELETE_MAP },
    );
}

function kindOf(text: string): CatalogueKind {
  const kind = CATALOGUE_KINDS.find((each) => each === text);
  if (kind === undefined)
    throw new Failure("not_found", `The catalogue has no ${text.slice(0, 60)}; it has ${CATALOGUE_KINDS.join(", ")}.`);
  return kind;
}

/** A part of a path as it was meant; what is no encoding of anything is taken as it is. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const inPath = (name: string, description: string) =>
  ({ name, in: "path", description, schema: { type: "string" } }) as const;
const inQuery = (name: string, description: string) =>
  ({ name, in: "query", description, schema: { type: "string" } }) as const;
const PLACE = [
  inPath("state", "Such as NSW"),
  inPath("suburb", "Such as Manly"),
  inQuery("postcode", "Where the name is not enough"),
];
const KIND = {
  name: "kind",
  in: "path",
  description: "What the rows are",
  schema: { type: "string", enum: CATALOGUE_KINDS },
} as const;

const LIST = operation({
  operationId: "listCatalogue",
  tags: ["Data"],
  summary: "Places of the catalogue",
  description: "What there is of each, and whether a report of it would be full, thin or empty.",
  parameters: [
    inQuery("q", "A part of a suburb's name, with a state or postcode where it helps"),
    {
      name: "limit",
      in: "query",
      description: "Places of a page",
      schema: { type: "integer", minimum: PLACES.least, maximum: PLACES.most, default: PLACES.usual },
    },
    inQuery("after", "`next` of the page before"),
  ],
  answers: { 200: { description: "A page", content: { "application/json": ref("CataloguePlaces") } } },
  problems: [422],
});

const SHOW = operation({
  operationId: "getCataloguePlace",
  tags: ["Data"],
  summary: "A place of the catalogue",
  parameters: PLACE,
  answers: { 200: { description: "What there is", content: { "application/json": ref("CataloguePlace") } } },
  problems: [404, 422],
});

const REMOVE_PLACE = operation({
  operationId: "removeCataloguePlace",
  tags: ["Data"],
  summary: "Remove all rows of a place",
  description: "It is in the list of imports, and can be undone there.",
  parameters: PLACE,
  answers: { 200: { description: "How many", content: { "application/json": ref("CatalogueRemoved") } } },
  problems: [422],
});

const IMPORTS_LIST = operation({
  operationId: "listCatalogueImports",
  tags: ["Data"],
  summary: "What was imported, the latest first",
  answers: { 200: { description: "100 at most", content: { "application/json": ref("CatalogueImports") } } },
});

const UNDO = operation({
  operationId: "undoCatalogueImport",
  tags: ["Data"],
  summary: "Take an import back",
  description:
    "What it brought goes, and what it replaced is as before, but for rows that a later import changed. Needs an admin key.",
  parameters: [inPath("id", "From the list of imports")],
  answers: { 200: { description: "What was undone", content: { "application/json": ref("CatalogueUndone") } } },
  problems: [404, 409],
});

const REMOVE = operation({
  operationId: "removeCatalogueRow",
  tags: ["Data"],
  summary: "Remove one row",
  description: "It is in the list of imports, and can be undone there.",
  parameters: [KIND, inPath("id", "The row's")],
  answers: { 200: { description: "Removed", content: { "application/json": ref("CatalogueRemoved") } } },
  problems: [404],
});

const CLEAR = operation({
  operationId: "clearCatalogue",
  tags: ["Data"],
  summary: "Remove all rows of a kind, for good",
  description: "`all` removes those of all kinds. It cannot be undone.",
  parameters: [{ ...KIND, schema: { type: "string", enum: [...CATALOGUE_KINDS, "all"] } }],
  answers: { 200: { description: "How many", content: { "application/json": ref("CatalogueRemoved") } } },
  problems: [404],
});

const MAPS = operation({
  operationId: "listCatalogueMaps",
  tags: ["Data"],
  summary: "Saved maps of columns and words",
  answers: { 200: { description: "By their names", content: { "application/json": ref("CatalogueMaps") } } },
});

const SAVE_MAP = operation({
  operationId: "saveCatalogueMap",
  tags: ["Data"],
  summary: "Save a map of columns and words",
  description: "For `?map=` of PUT /api/catalogue/{kind}, and --map.",
  parameters: [inPath("name", "1 to 60 letters, digits, dots and hyphens")],
  body: {
    content: {
      "application/json": t.Object({
        columns: t.Optional(
          t.Record(t.String(), t.Union([t.String(), t.Array(t.String())]), {
            description: "Columns of the table by field",
          }),
        ),
        values: t.Optional(
          t.Record(t.String(), t.Record(t.String(), t.String()), { description: "What words mean, by field" }),
        ),
        ignore: t.Optional(t.Array(t.String())),
        date: t.Optional(t.String({ description: "DD/MM/YYYY or MM/DD/YYYY" })),
        sheet: t.Optional(t.String()),
        header_row: t.Optional(t.Integer({ minimum: 1 })),
      }),
    },
  },
  answers: { 200: { description: "Saved", content: { "application/json": ref("CatalogueMaps") } } },
  problems: [400, 408, 413, 415, 422],
});

const DELETE_MAP = operation({
  operationId: "deleteCatalogueMap",
  tags: ["Data"],
  summary: "Delete a saved map",
  parameters: [inPath("name", "The map's")],
  answers: { 200: { description: "Deleted", content: { "application/json": ref("CatalogueRemoved") } } },
  problems: [404],
});
