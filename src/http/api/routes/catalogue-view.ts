import { Type as t } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { type Caller, requireAdmin, seesAll } from "../../../access/access.ts";
import { Failure } from "../../../failure.ts";
import {
  CATALOGUE_KINDS,
  type CatalogueImported,
  type CatalogueKind,
  PLACE_KINDS,
  type PlaceRows,
} from "../../../report/sources/catalogue.ts";
import { type Place, resolveSuburb } from "../../../report/suburbs.ts";
import { nullable } from "../../../views/nullable.ts";
import { operation, ref } from "../../openapi/operation.ts";
import { invalidParameter, knownParameters } from "../../query.ts";
import { json } from "../../response.ts";
import { actorOf } from "../actor.ts";
import { isYes } from "../catalogue-uploads.ts";
import { decoded } from "../route-of.ts";
import type { Shared } from "../shared.ts";
import { KindChanges } from "./catalogue.ts";

type PlaceRow = PlaceRows["rows"][number];

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

export const CataloguePlaceRows = t.Object({
  rows: t.Array(
    t.Object({
      id: t.String(),
      row: t.Record(t.String(), t.Unknown(), {
        description: "As PUT takes it. A price that is not disclosed is for keys that see all",
      }),
      agents: t.Array(t.String({ description: "Their names" })),
      agencies: t.Array(t.String()),
      import_id: nullable(t.Integer({ description: "Its number in the list of imports" })),
    }),
  ),
  next: nullable(t.String({ description: "`after` of the next page; null on the last" })),
  total: count,
});

const Person = t.Object({
  id: t.String(),
  name: t.String(),
  agency: nullable(t.String({ description: "Of an agent" })),
  hidden: t.Boolean({ description: "Left out of reports; shown to keys that see all jobs" }),
  sales: count,
  listings: count,
  newest: nullable(t.String({ description: "The day of the newest sale" })),
});

export const CataloguePeople = t.Object({ agents: t.Array(Person), agencies: t.Array(Person) });

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
  import_id: nullable(
    t.Integer({ description: "For undo; null where nothing was removed, for good, or where it was only counted" }),
  ),
});

const PLACES = { least: 1, usual: 50, most: 200 } as const;
const IMPORTS = 100;

/** What the catalogue holds, what was imported, and how it is taken back. */
export function catalogueViewRoutes({ noteChange, admission, catalogue, importer }: Shared) {
  return new Elysia()
    .use(admission)
    .get(
      "/api/catalogue",
      ({ request }) => {
        const query = knownParameters(request, ["q", "limit", "after"]);
        const limit = limitIn(query);
        const page = catalogue.places({ q: query.get("q") ?? "", limit, after: query.get("after") ?? "" });
        return json({ ...page, totals: catalogue.totals() });
      },
      { detail: LIST },
    )
    .get(
      "/api/catalogue/places/:state/:suburb",
      ({ request, params }) => {
        const wanted = placeIn(params, knownParameters(request, ["postcode"]));
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
    .get(
      "/api/catalogue/places/:state/:suburb/people",
      ({ request, params, caller }) => {
        const { agents, agencies } = catalogue.placePeople(placeIn(params, knownParameters(request, ["postcode"])));
        return json({ agents: agents.filter(({ hidden }) => !hidden || seesAll(caller)), agencies });
      },
      { detail: PEOPLE },
    )
    .get(
      "/api/catalogue/places/:state/:suburb/:kind",
      ({ request, params, caller }) => {
        const kind = PLACE_KINDS.find((each) => each === params.kind);
        if (kind === undefined)
          throw new Failure(
            "not_found",
            `A place has ${PLACE_KINDS.join(", ")} and people, no ${params.kind.slice(0, 60)}.`,
          );
        const query = knownParameters(request, ["postcode", "limit", "after"]);
        const limit = limitIn(query);
        const offset = Number(query.get("after") ?? 0);
        if (!Number.isSafeInteger(offset) || offset < 0) throw invalidParameter("after", "`next` of the page before");
        const { rows, total } = catalogue.placeRows(placeIn(params, query), kind, { limit, offset });
        const next = offset + rows.length < total && rows.length > 0 ? String(offset + rows.length) : null;
        return json({ rows: seesAll(caller) ? rows : rows.map(withoutUndisclosed), next, total });
      },
      { detail: ROWS },
    )
    .delete(
      "/api/catalogue/places/:state/:suburb",
      async ({ request, params, caller }) => {
        const query = knownParameters(request, ["postcode", "dry_run"]);
        const removal = { place: placeIn(params, query) };
        if (isYes(query, "dry_run"))
          return json({ ...(await importer.change({ change: "count", removal })), import_id: null });
        const { id, removed } = await importer.change({ change: "remove", removal, actor: actorOf(caller, request) });
        noteChange(request, { detail: `${removed} rows removed, import ${id} undoes it` });
        return json({ removed, import_id: id });
      },
      { parse: "none", detail: REMOVE_PLACE },
    )
    .get(
      "/api/catalogue/imports",
      ({ caller }) => {
        const imports = catalogue.imports(IMPORTS);
        return json({ imports: seesAll(caller) ? imports : imports.map((each) => ofNobody(each, caller)) });
      },
      { detail: IMPORTS_LIST },
    )
    .post(
      "/api/catalogue/imports/:id/undo",
      async ({ request, params, caller }) => {
        requireAdmin(caller);
        const id = Number(params.id);
        if (!Number.isInteger(id) || id < 1)
          throw new Failure(
            "unknown_import",
            `There is no import ${params.id.slice(0, 40)}: GET /api/catalogue/imports has the numbers.`,
          );
        const undone = await importer.change({ change: "undo", id });
        noteChange(request, {
          subject: `import ${id}`,
          detail: `${undone.removed} removed, ${undone.restored} restored`,
        });
        return json(undone);
      },
      { parse: "none", detail: UNDO },
    )
    .delete(
      "/api/catalogue/:kind/:id",
      async ({ request, params, caller }) => {
        const kind = kindOf(params.kind);
        const removal = { kind, id: decoded(params.id) };
        if (isYes(knownParameters(request, ["dry_run"]), "dry_run"))
          return json({ ...(await importer.change({ change: "count", removal })), import_id: null });
        const { id, removed } = await importer.change({ change: "remove", removal, actor: actorOf(caller, request) });
        if (removed === 0) throw new Failure("not_found", `The catalogue has no ${kind} with the id ${removal.id}.`);
        noteChange(request, { detail: `${removed} rows removed, import ${id} undoes it` });
        return json({ removed, import_id: id });
      },
      { parse: "none", detail: REMOVE },
    )
    .delete(
      "/api/catalogue/:kind",
      async ({ request, params }) => {
        const kind = params.kind === "all" ? null : kindOf(params.kind);
        if (isYes(knownParameters(request, ["dry_run"]), "dry_run")) {
          const removal = kind === null ? {} : { kind };
          return json({ ...(await importer.change({ change: "count", removal })), import_id: null });
        }
        return json({ ...(await importer.change({ change: "clear", kind })), import_id: null });
      },
      { parse: "none", detail: CLEAR },
    );
}

function limitIn(query: URLSearchParams): number {
  const limit = Number(query.get("limit") ?? PLACES.usual);
  if (!Number.isInteger(limit) || limit < PLACES.least || limit > PLACES.most)
    throw invalidParameter("limit", `a whole number from ${PLACES.least} to ${PLACES.most}`);
  return limit;
}

/** The place of an address. @throws Failure as resolveSuburb. */
function placeIn(params: { readonly state: string; readonly suburb: string }, query: URLSearchParams): Place {
  return resolveSuburb({
    suburb: decoded(params.suburb),
    state: decoded(params.state),
    postcode: query.get("postcode"),
  });
}

/** What no report prints is for those alone who see all. */
function withoutUndisclosed(each: PlaceRow): PlaceRow {
  if (each.row.price_disclosed !== false) return each;
  const { price: _price, ...row } = each.row;
  return { ...each, row };
}

/** For those who do not see all: neither who else imports, nor what their files are called. */
function ofNobody(each: CatalogueImported, { client }: Caller): CatalogueImported {
  const isOwn = each.actor === client || each.actor === `${client} (dashboard)`;
  return isOwn ? each : { ...each, actor: "another client", files: [] };
}

function kindOf(text: string): CatalogueKind {
  const kind = CATALOGUE_KINDS.find((each) => each === text);
  if (kind === undefined)
    throw new Failure("not_found", `The catalogue has no ${text.slice(0, 60)}; it has ${CATALOGUE_KINDS.join(", ")}.`);
  return kind;
}

export const inPath = (name: string, description: string) =>
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

const COUNT = {
  name: "dry_run",
  in: "query",
  description: "Say how many rows would go, and remove none",
  schema: { type: "boolean" },
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
  responses: { 200: { description: "A page", content: { "application/json": ref("CataloguePlaces") } } },
  problems: [422],
});

const SHOW = operation({
  operationId: "getCataloguePlace",
  tags: ["Data"],
  summary: "A place of the catalogue",
  parameters: PLACE,
  responses: { 200: { description: "What there is", content: { "application/json": ref("CataloguePlace") } } },
  problems: [404, 422],
});

const PEOPLE = operation({
  operationId: "listCataloguePeople",
  tags: ["Data"],
  summary: "The agents and agencies of a place",
  description: "Those whom its rows name, and those who call it their own; who sold most first, 500 of each at most.",
  parameters: PLACE,
  responses: { 200: { description: "Both", content: { "application/json": ref("CataloguePeople") } } },
  problems: [404, 422],
});

const ROWS = operation({
  operationId: "listCatalogueRows",
  tags: ["Data"],
  summary: "Sales, listings or rentals of a place, the newest first",
  parameters: [
    ...PLACE,
    {
      name: "kind",
      in: "path",
      description: "What the rows are",
      schema: { type: "string", enum: [...PLACE_KINDS] },
    },
    {
      name: "limit",
      in: "query",
      description: "Rows of a page",
      schema: { type: "integer", minimum: PLACES.least, maximum: PLACES.most, default: PLACES.usual },
    },
    inQuery("after", "`next` of the page before"),
  ],
  responses: { 200: { description: "A page", content: { "application/json": ref("CataloguePlaceRows") } } },
  problems: [404, 422],
});

const REMOVE_PLACE = operation({
  operationId: "removeCataloguePlace",
  tags: ["Data"],
  summary: "Remove all rows of a place",
  description: "It is in the list of imports, and can be undone there.",
  parameters: [...PLACE, COUNT],
  responses: { 200: { description: "How many", content: { "application/json": ref("CatalogueRemoved") } } },
  problems: [422],
});

const IMPORTS_LIST = operation({
  operationId: "listCatalogueImports",
  tags: ["Data"],
  summary: "What was imported, the latest first",
  responses: { 200: { description: "100 at most", content: { "application/json": ref("CatalogueImports") } } },
});

const UNDO = operation({
  operationId: "undoCatalogueImport",
  tags: ["Data"],
  summary: "Take an import back",
  description:
    "What it brought goes, and what it replaced is as before, but for rows that a later import changed. Needs an admin key.",
  parameters: [inPath("id", "From the list of imports")],
  responses: { 200: { description: "What was undone", content: { "application/json": ref("CatalogueUndone") } } },
  problems: [404, 409],
});

const REMOVE = operation({
  operationId: "removeCatalogueRow",
  tags: ["Data"],
  summary: "Remove one row",
  description: "It is in the list of imports, and can be undone there.",
  parameters: [KIND, inPath("id", "The row's"), COUNT],
  responses: { 200: { description: "Removed", content: { "application/json": ref("CatalogueRemoved") } } },
  problems: [404, 422],
});

const CLEAR = operation({
  operationId: "clearCatalogue",
  tags: ["Data"],
  summary: "Remove all rows of a kind, for good",
  description: "`all` removes those of all kinds. It cannot be undone.",
  parameters: [{ ...KIND, schema: { type: "string", enum: [...CATALOGUE_KINDS, "all"] } }, COUNT],
  responses: { 200: { description: "How many", content: { "application/json": ref("CatalogueRemoved") } } },
  problems: [404, 422],
});
