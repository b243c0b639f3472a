import { Type as t } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { requireAdmin } from "../../../access/caller.ts";
import type { ArchiveReading } from "../../../import/archive.ts";
import type { FileFormat } from "../../../import/table.ts";
import { type BadRow, CATALOGUE_KINDS, type CatalogueKind, KINDS } from "../../../report/sources/catalogue.ts";
import { nullable } from "../../../views/nullable.ts";
import { mediaType, refuseEncoded } from "../../body.ts";
import { errors } from "../../errors.ts";
import { operation, ref } from "../../openapi/operation.ts";
import { inPath } from "../../path.ts";
import { json } from "../../response.ts";
import { FEED_QUERY, parseKind, ROWS_QUERY, type Uploads } from "../catalogue-uploads.ts";
import type { Shared } from "../shared.ts";

/** Null: what it is is seen by its beginning. */
export const FORMATS: Readonly<Record<string, FileFormat | null>> = {
  "application/json": "json",
  "application/x-ndjson": "ndjson",
  "application/ndjson": "ndjson",
  "application/jsonl": "ndjson",
  "text/csv": "table",
  "text/tab-separated-values": "table",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "table",
  "application/vnd.ms-excel": "table",
  "application/octet-stream": null,
};

const Counts = t.Object({
  new: t.Integer({ minimum: 0 }),
  changed: t.Integer({ minimum: 0 }),
  unchanged: t.Integer({ minimum: 0 }),
  renamed: t.Integer({
    minimum: 0,
    description: "Rows whose id belonged to another sale; they were stored with a new id",
  }),
  removed: t.Integer({ minimum: 0 }),
  repeated: t.Optional(
    t.Integer({
      minimum: 1,
      description: "Rows that a later row of the same import with the same id replaced; absent if there are none",
    }),
  ),
});
export const KindChanges = t.Partial(
  t.Object(Object.fromEntries(CATALOGUE_KINDS.map((kind) => [kind, Counts])) as Record<CatalogueKind, typeof Counts>),
);

export const Rows = (description: string) =>
  t.Array(t.Object({ line: nullable(t.Integer()), row: t.Integer(), reason: t.String() }), { description });
export const Rules = t.Array(
  t.Object({ field: t.String(), rule: t.String(), count: t.Integer(), example: t.String() }),
  {
    description: "How values were converted, and how often",
  },
);
export const FailedJobs = t.Array(t.Object({ job_id: t.String(), suburb: t.String(), state: t.String() }), {
  description: "Jobs that failed for lack of data that is now available: POST /api/jobs/{id}/retry",
});

export const CatalogueChange = t.Object({
  kind: t.Union(CATALOGUE_KINDS.map((kind) => t.Literal(kind))),
  rows: t.Integer({ minimum: 0, description: "Imported rows; each replaces the row with the same id" }),
  warnings: t.Array(t.String(), { description: "Ignored parts of the file, such as unknown columns" }),
  import_id: nullable(t.Integer({ description: "Number of the import, for an undo; null for a dry run" })),
  dry_run: t.Boolean(),
  changes: KindChanges,
  made: t.Object({ agencies: t.Integer(), agents: t.Integer() }, { description: "Made from names in the rows" }),
  columns: t.Array(t.Object({ column: t.String(), field: nullable(t.String()) }), {
    description: "The field for each column; null if the column is not used",
  }),
  rules: Rules,
  left_out: t.Integer({ description: "Rows that no report can use" }),
  left_out_rows: Rows("The first of them"),
  bad: t.Integer({ description: "Rows that could not be read and were skipped (skip_bad)" }),
  bad_rows: Rows("The first of them"),
  failed_jobs: FailedJobs,
  first: t.Array(t.Record(t.String(), t.Unknown()), { description: "The first rows as they are stored" }),
});

/** The result of a feed. */
export const CatalogueFeed = t.Object({
  listings: t.Integer({ description: "Messages that could be read" }),
  sold: t.Integer({ description: "How many of their listings are sold" }),
  for_sale: t.Integer(),
  rentals: t.Integer(),
  bad: t.Array(t.String(), { description: "Messages that could not be read, and why" }),
  pending: t.Array(t.String(), { description: "Messages that wait for another message" }),
  registered: t.Integer({ description: "Sales of the NSW register" }),
  warnings: t.Array(t.String()),
  import_id: nullable(t.Integer()),
  changes: KindChanges,
  failed_jobs: FailedJobs,
});

export const XML = ["application/xml", "text/xml", "application/zip", "application/octet-stream"];

/** The data of all suburbs, sent in while the service runs. */
export function catalogueRoutes({ admission }: Shared, uploads: Uploads) {
  return new Elysia()
    .use(admission)
    .post(
      "/api/import/reaxml",
      async ({ request, caller }) => {
        requireAdmin(caller);
        refuseEncoded(request);
        const query = FEED_QUERY.read(request);
        if (!XML.includes(mediaType(request) ?? "")) throw errors.notFeed(XML);
        const task = { kind: null, format: null, only: "feed" } as const;
        const done = await uploads.receive(request, caller, task, query);
        const { archive, changes } = done;
        const feed = feedOf(archive);
        return json<typeof CatalogueFeed>({
          ...feed,
          warnings: [...done.warnings, ...feed.warnings],
          import_id: changes.id,
          changes: changes.kinds,
          failed_jobs: await uploads.servedNow(),
        });
      },
      { parse: "none", detail: FEED },
    )
    .put(
      "/api/catalogue/:kind",
      async ({ request, params, caller }) => {
        const kind = parseKind(params.kind);
        const format = parseFormat(request);
        const query = ROWS_QUERY.read(request);
        const task = { kind, format, only: "table" } as const;
        const { reading, changes, left_out, bad_rows, warnings } = await uploads.receive(request, caller, task, query);
        if (reading === null) throw errors.feedNotRows();
        return json<typeof CatalogueChange>({
          kind: reading.kind,
          rows: reading.rows[reading.kind] ?? 0,
          warnings,
          import_id: changes.id,
          dry_run: query.dry_run,
          changes: changes.kinds,
          made: reading.made,
          columns: reading.columns.map(({ column, field }) => ({ column, field })),
          rules: reading.rules,
          left_out: reading.left_out,
          left_out_rows: left_out,
          bad: reading.bad,
          bad_rows: bad_rows.map(badRow),
          first: reading.first,
          failed_jobs: await uploads.servedNow(),
        });
      },
      { parse: "none", detail: UPSERT },
    );
}

/** The results of feeds, and of files of the register, as one. */
export function feedOf(archive: ArchiveReading | null) {
  const { feeds = [], registers = [] } = archive ?? {};
  const sum = (of: "listings" | "sold" | "for_sale" | "rentals") => feeds.reduce((total, feed) => total + feed[of], 0);
  const all = (of: "bad" | "pending" | "warnings") => feeds.flatMap((feed) => feed[of]);
  return {
    listings: sum("listings"),
    sold: sum("sold"),
    for_sale: sum("for_sale"),
    rentals: sum("rentals"),
    bad: all("bad"),
    pending: all("pending"),
    warnings: [...all("warnings"), ...registers.flatMap(({ warnings }) => warnings)],
    registered: registers.reduce((total, { sales }) => total + sales, 0),
  };
}

export function badRow({ line, row, reason }: BadRow) {
  return { line, row, reason };
}

function parseFormat(request: Request): FileFormat | null {
  refuseEncoded(request);
  const format = FORMATS[mediaType(request) ?? ""];
  if (format !== undefined) return format;
  throw errors.notRows(Object.keys(FORMATS));
}

const UPSERT = operation({
  operationId: "putCatalogue",
  tags: ["Data"],
  summary: "Import rows into the catalogue",
  description:
    "Each row replaces the row with the same id. All rows are imported, or none. Sales, listings and market figures need " +
    "a suburb and state, in each row or in the query. As in a request, an empty field counts as absent, and numbers may be text. " +
    "Exports of other programs are accepted, too: other column names, dates such as 30/06/2026, prices such as $1.25m, agents and agencies by name. The response lists the rules that were used. " +
    "A JSON list is read as a whole (at most 64 MiB), NDJSON and CSV row by row.",
  parameters: [inPath("kind", "Kind of the rows", CATALOGUE_KINDS), ...ROWS_QUERY.parameters],
  body: {
    description: "Rows with the fields of the data set, or of an export",
    content: {
      "application/json": t.Array(
        t.Union(CATALOGUE_KINDS.map((kind) => t.Object({ ...KINDS[kind].row.properties }, { title: kind }))),
      ),
      "application/x-ndjson": { type: "string" },
      "text/csv": { type: "string" },
      "text/tab-separated-values": { type: "string" },
      "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": { type: "string" },
      "application/octet-stream": { type: "string" },
    },
  },
  responses: {
    200: { description: "All rows were imported", content: { "application/json": ref("CatalogueChange") } },
  },
  problems: [400, 404, 408, 409, 413, 415, 422, 503, 507],
});

const FEED = operation({
  operationId: "importReaxml",
  tags: ["Data"],
  summary: "Import a REAXML feed, or files of the NSW register",
  description:
    "XML, a .DAT file of the register, or a zip of either. Messages update the known data of their listings, in any order and any number of times. A message that cannot be read does not affect the others. Requires an admin key.",
  parameters: FEED_QUERY.parameters,
  body: {
    content: {
      "application/xml": { type: "string" },
      "text/xml": { type: "string" },
      "application/zip": { type: "string" },
    },
  },
  responses: { 200: { description: "The feed was imported", content: { "application/json": ref("CatalogueFeed") } } },
  problems: [400, 408, 409, 413, 415, 422, 507],
});
