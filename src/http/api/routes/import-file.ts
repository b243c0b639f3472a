import { Type as t } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { requireAdmin } from "../../../access/caller.ts";
import type { Failure } from "../../../failure.ts";
import { ignoredOptions } from "../../../import/archive.ts";
import { columnNames } from "../../../import/columns/fields.ts";
import { planOf } from "../../../import/plan.ts";
import type { ImportDone } from "../../../import/task.ts";
import { CATALOGUE_KINDS } from "../../../report/sources/catalogue.ts";
import { nullable } from "../../../views/nullable.ts";
import { mediaType, refuseEncoded } from "../../body.ts";
import { errors } from "../../errors.ts";
import { operation, ref } from "../../openapi/operation.ts";
import { defineQuery } from "../../query.ts";
import { json } from "../../response.ts";
import { FILE_QUERY, type Uploads } from "../catalogue-uploads.ts";
import type { Shared } from "../shared.ts";
import { badRow, CatalogueFeed, FailedJobs, FORMATS, feedOf, KindChanges, Rows, Rules, XML } from "./catalogue.ts";

const count = t.Integer({ minimum: 0 });
const { import_id: _id, changes: _changes, failed_jobs: _jobs, ...FeedFields } = CatalogueFeed.properties;

/** The result of a file, whatever it is. */
export const CatalogueFile = t.Object({
  dry_run: t.Boolean(),
  import_id: nullable(t.Integer({ description: "Its number in the list of imports; null for a dry run" })),
  changes: KindChanges,
  warnings: t.Array(t.String(), { description: "Ignored parts of the file, such as unknown columns" }),
  rows: t.Record(t.String(), count, { description: "Imported rows of a table or data set, by kind" }),
  table: nullable(
    t.Object(
      {
        kind: t.Union(CATALOGUE_KINDS.map((kind) => t.Literal(kind))),
        kind_by: t.Union([t.Literal("request"), t.Literal("name"), t.Literal("columns")], {
          description: "How the kind was determined: by the request, the file name or the columns",
        }),
        format: t.String({ description: "csv, xlsx, xls, ods, json or ndjson" }),
        encoding: nullable(t.String()),
        separator: nullable(t.String()),
        sheet: nullable(t.String()),
        other_sheets: t.Array(t.String()),
        header_row: nullable(count),
        columns: t.Array(
          t.Object({
            column: t.String(),
            field: nullable(t.String()),
            by: nullable(t.String({ description: "name, synonym or map" })),
          }),
          { description: "The field for each column; null if the column is not used" },
        ),
        fields: t.Array(t.String(), { description: "Fields that a map can assign to a column" }),
        rules: Rules,
        made: t.Object({ agencies: count, agents: count }, { description: "Made from names in the rows" }),
        left_out: t.Integer({ minimum: 0, description: "Rows that no report can use" }),
        left_out_rows: Rows("The first of them"),
        bad: t.Integer({ minimum: 0, description: "Rows that could not be read and were skipped (skip_bad)" }),
        bad_rows: Rows("The first of them"),
        first: t.Array(t.Record(t.String(), t.Unknown()), { description: "The first rows as they are stored" }),
      },
      { description: "How a table was read; null for a feed, the register and a data set" },
    ),
  ),
  feed: nullable(t.Object(FeedFields, { description: "Counts of a feed or of the register; null for others" })),
  failed_jobs: FailedJobs,
});

const NO_QUERY = defineQuery({});

/** One route for every file that `agentlink import` takes. */
export function importFileRoutes({ admission }: Shared, uploads: Uploads) {
  return new Elysia()
    .use(admission)
    .get(
      "/api/catalogue/failed-jobs",
      async ({ request, caller }) => {
        requireAdmin(caller);
        NO_QUERY.read(request);
        return json<typeof CatalogueFailedJobs>({ failed_jobs: await uploads.servedNow() });
      },
      { detail: SERVED },
    )
    .post(
      "/api/import",
      async ({ request, caller }) => {
        requireAdmin(caller);
        refuseEncoded(request);
        const query = FILE_QUERY.read(request);
        const type = mediaType(request) ?? "";
        const isFeed = XML.includes(type) && FORMATS[type] === undefined;
        if (!isFeed && FORMATS[type] === undefined) throw unsupported();
        const named = planOf(query.name ?? "").kind;
        const task = { kind: query.kind ?? named, format: FORMATS[type] ?? null, only: null };
        const done = await uploads.receive(request, caller, task, query);
        const by = query.kind !== null ? "request" : named !== null ? "name" : "columns";
        return json<typeof CatalogueFile>({
          dry_run: query.dry_run,
          import_id: done.changes.id,
          changes: done.changes.kinds,
          warnings: [...ignoredOptions(done, { kind: query.kind, hasMap: query.map !== null }), ...done.warnings],
          rows: done.rows,
          table: tableOf(done, by),
          feed: done.archive === null ? null : feedOf(done.archive),
          failed_jobs: await uploads.servedNow(),
        });
      },
      { parse: "none", detail: IMPORT },
    );
}

/** Failed jobs that the new data would serve. */
export const CatalogueFailedJobs = t.Object({ failed_jobs: FailedJobs });

const SERVED = operation({
  operationId: "listServedJobs",
  tags: ["Data"],
  summary: "List failed jobs for which the catalogue has data now",
  description:
    "Of the latest 200 failed jobs, those that failed for lack of data that has arrived since. Requires an admin key.",
  responses: {
    200: { description: "Jobs that can be retried", content: { "application/json": ref("CatalogueFailedJobs") } },
  },
});

function tableOf({ reading, left_out, bad_rows }: ImportDone, kindBy: "request" | "name" | "columns") {
  if (reading === null) return null;
  const { kind, facts, columns, rules, made, bad, first } = reading;
  return {
    kind,
    kind_by: reading.kind_by_columns ? ("columns" as const) : kindBy,
    format: facts.format,
    encoding: facts.encoding ?? null,
    separator: facts.separator ?? null,
    sheet: facts.sheet ?? null,
    other_sheets: facts.other_sheets ?? [],
    header_row: facts.header_row ?? null,
    columns,
    fields: columnNames(kind),
    rules,
    made,
    left_out: reading.left_out,
    left_out_rows: left_out,
    bad,
    bad_rows: bad_rows.map(badRow),
    first,
  };
}

function unsupported(): Failure {
  const types = [...new Set([...Object.keys(FORMATS), ...XML])];
  return errors.notFile(types);
}

const IMPORT = operation({
  operationId: "importFile",
  tags: ["Data"],
  summary: "Import a file of any supported type",
  description:
    "A table (CSV, TSV, Excel, JSON, NDJSON), a complete data set, a REAXML feed, files of the NSW register or a zip of any of these: every type that `agentlink import` accepts. The type is recognised by content, so application/octet-stream is sufficient. Requires an admin key.",
  parameters: FILE_QUERY.parameters,
  body: {
    content: {
      "application/octet-stream": { type: "string" },
      "text/csv": { type: "string" },
      "application/json": {},
      "application/xml": { type: "string" },
      "application/zip": { type: "string" },
    },
  },
  responses: {
    200: { description: "Imported, or only checked (dry run)", content: { "application/json": ref("CatalogueFile") } },
  },
  problems: [400, 404, 408, 409, 413, 415, 422, 503, 507],
});
