import { Type as t } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { Failure } from "../../../failure.ts";
import { CATALOGUE_KINDS, type CatalogueKind, type ImportFormat } from "../../../report/sources/catalogue.ts";
import { json } from "../../answer.ts";
import { type BodyLimits, mediaType, readChunks, refuseEncoded } from "../../body.ts";
import { operation, ref } from "../../openapi/operation.ts";
import { knownParameters } from "../../query.ts";
import { actorOf } from "../actor.ts";
import type { Shared } from "../shared.ts";

/** An upload is read in bounded memory and staged on disk, so it may be far larger, and slower, than a request. */
const UPLOAD: BodyLimits = { maxBytes: 1_024 * 1_024 * 1_024, timeoutMs: 15 * 60_000 };

/** Uploads at once: each takes some of every turn of the event loop, and its size on the disk. */
const UPLOADS = { ofClient: 2, together: 4 } as const;
const COME_BACK_MS = 10_000;

const FORMATS: Readonly<Record<string, ImportFormat>> = {
  "application/json": "json",
  "application/x-ndjson": "ndjson",
  "application/ndjson": "ndjson",
  "application/jsonl": "ndjson",
  "text/csv": "csv",
};

export const CatalogueChange = t.Object({
  kind: t.Union(CATALOGUE_KINDS.map((kind) => t.Literal(kind))),
  rows: t.Integer({ minimum: 0, description: "Rows taken in, each in the place of the one with its id" }),
  warnings: t.Array(t.String(), { description: "What was not taken, such as columns nobody knows" }),
});

/** The data of all suburbs, sent in while the service runs. */
export function catalogueRoutes({ admission, catalogue, connections }: Shared) {
  const uploading: string[] = [];
  const admitUpload = (client: string) => {
    const own = uploading.filter((each) => each === client).length;
    if (own >= UPLOADS.ofClient || uploading.length >= UPLOADS.together)
      throw new Failure("catalogue_busy", "Other uploads are coming in. Send it again when they are through.", {
        transient: true,
        retryAfterMs: COME_BACK_MS,
      });
    uploading.push(client);
  };

  return new Elysia().use(admission).put(
    "/api/catalogue/:kind",
    async ({ request, params, caller }) => {
      const kind = parseKind(params.kind);
      const format = parseFormat(request);
      const query = knownParameters(request, ["suburb", "state", "postcode"]);
      const place = { suburb: query.get("suburb"), state: query.get("state"), postcode: query.get("postcode") };
      // The limits above watch over the upload; while a million rows are merged the connection is silent.
      connections.allowSilence(request, 0);
      admitUpload(caller.client);
      try {
        const { rows, warnings } = await catalogue.upsert(kind, format, readChunks(request, UPLOAD), {
          place,
          actor: actorOf(caller, request),
        });
        return json({ kind, rows: rows[kind] ?? 0, warnings });
      } finally {
        uploading.splice(uploading.indexOf(caller.client), 1);
      }
    },
    { parse: "none", detail: UPSERT },
  );
}

function parseKind(text: string): CatalogueKind {
  const kind = CATALOGUE_KINDS.find((each) => each === text);
  if (kind === undefined) {
    throw new Failure("not_found", `The catalogue has no ${text}; it has ${CATALOGUE_KINDS.join(", ")}.`);
  }
  return kind;
}

function parseFormat(request: Request): ImportFormat {
  refuseEncoded(request);
  const format = FORMATS[mediaType(request) ?? ""];
  if (format !== undefined) return format;
  throw new Failure("unsupported_media_type", `Send rows with one of the types ${Object.keys(FORMATS).join(", ")}.`);
}

const inQuery = (name: string, description: string) =>
  ({ name, in: "query", description, schema: { type: "string" } }) as const;

const UPSERT = operation({
  operationId: "putCatalogue",
  tags: ["Data"],
  summary: "Send rows of the catalogue",
  description:
    "Each row replaces the one with its id; all rows are taken in, or none. Sales, listings and market figures say " +
    "their suburb and state, in each row or in the query. Fields are read as those of a request: empty is absent, numbers may be texts. A JSON list is read whole (64 MiB at most), NDJSON and CSV row by row.",
  parameters: [
    { name: "kind", in: "path", description: "What the rows are", schema: { type: "string", enum: CATALOGUE_KINDS } },
    inQuery("suburb", "Of rows that name none"),
    inQuery("state", "Of rows that name none"),
    inQuery("postcode", "Of rows that name none"),
  ],
  body: {
    description: "Rows with the fields of the data set's",
    content: {
      "application/json": t.Array(t.Record(t.String(), t.Unknown())),
      "application/x-ndjson": { type: "string" },
      "text/csv": { type: "string" },
    },
  },
  answers: { 200: { description: "All taken in", content: { "application/json": ref("CatalogueChange") } } },
  problems: [400, 404, 408, 413, 415, 422, 503, 507],
});
