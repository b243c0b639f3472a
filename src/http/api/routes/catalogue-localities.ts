import { Type as t } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { seesAll } from "../../../access/caller.ts";
import { isLocalityKey } from "../../../report/sources/catalogue/locality.ts";
import type { LocalityRow } from "../../../report/sources/catalogue/locality-rows.ts";
import { LOCALITY_KINDS } from "../../../report/sources/catalogue.ts";
import { nullable, type Viewed } from "../../../views/nullable.ts";
import { errors } from "../../errors.ts";
import { operation, ref } from "../../openapi/operation.ts";
import { inPath } from "../../path.ts";
import { defineQuery, pageSize, text } from "../../query.ts";
import { json } from "../../response.ts";
import { IN_LOCALITY, localityIn, POSTCODE } from "../locality-in.ts";
import type { Shared } from "../shared.ts";

const count = t.Integer({ minimum: 0 });

export const CatalogueLocality = t.Object({
  suburb: t.String(),
  state: t.String(),
  postcode: t.String(),
  sales: t.Integer({ minimum: 0, description: "Records of sales, and of auctions without a sale" }),
  sales_12m: t.Integer({ minimum: 0, description: "Sold in the twelve months up to the newest record" }),
  listings: count,
  rentals: count,
  agents: t.Integer({ minimum: 0, description: "Agents named in its sales" }),
  newest: nullable(t.String({ description: "The day of the newest record of a sale that is not in the future" })),
  oldest: nullable(t.String()),
  sources: t.Array(t.String(), { description: "Ids of the sources of its sales" }),
  report: t.Union([t.Literal("full"), t.Literal("thin"), t.Literal("empty")], {
    description: "How complete a report would be",
  }),
  missing: t.Array(t.String(), { description: "What is missing for a full report, in words" }),
});

export const CatalogueLocalities = t.Object({
  localities: t.Array(CatalogueLocality),
  next: nullable(t.String({ description: "`after` for the next page; null on the last page" })),
  total: count,
  totals: t.Record(t.String(), count, { description: "Rows by kind" }),
});

export const CatalogueLocalityRows = t.Object({
  rows: t.Array(
    t.Object({
      id: t.String(),
      row: t.Record(t.String(), t.Unknown(), {
        description: "The row as PUT accepts it. Undisclosed prices are shown only to keys that see all jobs",
      }),
      agents: t.Array(t.String({ description: "Names of the agents" })),
      agencies: t.Array(t.String()),
      import_id: nullable(t.Integer({ description: "Its number in the list of imports" })),
    }),
  ),
  next: nullable(t.String({ description: "`after` for the next page; null on the last page" })),
  total: count,
});

const Person = t.Object({
  id: t.String(),
  name: t.String(),
  agency: nullable(t.String({ description: "The agency of an agent" })),
  hidden: t.Boolean({ description: "Excluded from reports; shown only to keys that see all jobs" }),
  sales: count,
  listings: count,
  newest: nullable(t.String({ description: "The day of the newest sale" })),
});

export const CataloguePeople = t.Object({ agents: t.Array(Person), agencies: t.Array(Person) });

const LISTED = defineQuery({
  q: text("Part of a suburb's name, optionally with a state or postcode"),
  limit: pageSize("suburbs"),
  after: {
    description: "`next` of the previous page",
    schema: { type: "string" },
    read(given, name) {
      if (given !== null && given !== "" && !isLocalityKey(given)) throw errors.pageToken(name, given);
      return given;
    },
  },
});
const SHOWN = defineQuery({ postcode: POSTCODE });
const ROWS_OF = defineQuery({
  postcode: POSTCODE,
  limit: pageSize("rows"),
  after: {
    description: "`next` of the previous page",
    schema: { type: "string" },
    read(given, name) {
      const offset = Number(given ?? 0);
      if (!Number.isSafeInteger(offset) || offset < 0) throw errors.pageToken(name, given ?? "");
      return offset;
    },
  },
});

/** What the catalogue contains, locality by locality. */
export function catalogueLocalityRoutes({ admission, catalogue, outgoing, turns }: Shared) {
  return new Elysia()
    .use(admission)
    .get(
      "/api/catalogue",
      async ({ request, caller }) => {
        await turns.next();
        const { q, limit, after } = LISTED.read(request);
        const page = catalogue.localities({ q: q ?? "", limit, after: after ?? "" });
        const list = { ...page, totals: catalogue.totals() } satisfies Viewed<typeof CatalogueLocalities>;
        return outgoing.json<typeof CatalogueLocalities>({ request, owner: caller.client }, list);
      },
      { detail: LIST },
    )
    .get(
      "/api/catalogue/localities/:state/:suburb",
      ({ request, params }) => {
        const requested = localityIn(params, SHOWN.read(request));
        const locality = catalogue.locality(requested);
        if (locality === null)
          throw errors.unknownLocality(`${requested.suburb} ${requested.state} ${requested.postcode}`);
        return json<typeof CatalogueLocality>(locality);
      },
      { detail: SHOW },
    )
    .get(
      "/api/catalogue/localities/:state/:suburb/people",
      async ({ request, params, caller }) => {
        await turns.next();
        const { agents, agencies } = catalogue.localityPeople(localityIn(params, SHOWN.read(request)));
        const shown = agents.filter(({ hidden }) => !hidden || seesAll(caller));
        const people = { agents: shown, agencies } satisfies Viewed<typeof CataloguePeople>;
        return outgoing.json<typeof CataloguePeople>({ request, owner: caller.client }, people);
      },
      { detail: PEOPLE },
    )
    .get(
      "/api/catalogue/localities/:state/:suburb/:kind",
      async ({ request, params, caller }) => {
        await turns.next();
        const kind = LOCALITY_KINDS.find((each) => each === params.kind);
        if (kind === undefined) throw errors.unknownRowsOfLocality(params.kind, LOCALITY_KINDS);
        const { postcode, limit, after: offset } = ROWS_OF.read(request);
        const { rows, total } = catalogue.localityRows(localityIn(params, { postcode }), kind, { limit, offset });
        const next = offset + rows.length < total && rows.length > 0 ? String(offset + rows.length) : null;
        const shown = seesAll(caller) ? rows : rows.map(withoutUndisclosed);
        const page = { rows: shown, next, total } satisfies Viewed<typeof CatalogueLocalityRows>;
        return outgoing.json<typeof CatalogueLocalityRows>({ request, owner: caller.client }, page);
      },
      { detail: ROWS },
    );
}

/** What no report prints is for those alone who see all. */
function withoutUndisclosed(each: LocalityRow): LocalityRow {
  if (each.row.price_disclosed !== false) return each;
  const { price: _price, ...row } = each.row;
  return { ...each, row };
}

const LIST = operation({
  operationId: "listCatalogue",
  tags: ["Data"],
  summary: "List the suburbs in the catalogue",
  description: "The number of rows of each suburb, and whether a report would be full, thin or empty.",
  parameters: LISTED.parameters,
  responses: { 200: { description: "A page of suburbs", content: { "application/json": ref("CatalogueLocalities") } } },
  problems: [422],
});

const SHOW = operation({
  operationId: "getCatalogueLocality",
  tags: ["Data"],
  summary: "Show one suburb in the catalogue",
  parameters: [...IN_LOCALITY, ...SHOWN.parameters],
  responses: {
    200: { description: "The data of the suburb", content: { "application/json": ref("CatalogueLocality") } },
  },
  problems: [404, 422],
});

const PEOPLE = operation({
  operationId: "listCataloguePeople",
  tags: ["Data"],
  summary: "List the agents and agencies of a suburb",
  description:
    "Agents and agencies named in the suburb's rows, and those that list the suburb as their own. Most sales first, at most 500 of each.",
  parameters: [...IN_LOCALITY, ...SHOWN.parameters],
  responses: {
    200: { description: "The agents and the agencies", content: { "application/json": ref("CataloguePeople") } },
  },
  problems: [404, 422],
});

const ROWS = operation({
  operationId: "listCatalogueRows",
  tags: ["Data"],
  summary: "List the sales, listings or rentals of a suburb, newest first",
  parameters: [...IN_LOCALITY, inPath("kind", "Kind of the rows", LOCALITY_KINDS), ...ROWS_OF.parameters],
  responses: { 200: { description: "A page of rows", content: { "application/json": ref("CatalogueLocalityRows") } } },
  problems: [404, 422],
});
