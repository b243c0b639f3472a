import { join } from "node:path";
import { Elysia } from "elysia";
import { type Caller, seesSurroundings } from "../../../access/caller.ts";
import type { Failure } from "../../../failure.ts";
import { ENDED, type Job } from "../../../queue/job.ts";
import { DOCUMENT_KINDS } from "../../../report/documents.ts";
import { nameOf } from "../../../views/document-view.ts";
import { disclosedError } from "../../../views/views.ts";
import { errors } from "../../errors.ts";
import { JOB_ID, operation } from "../../openapi/operation.ts";
import { problem } from "../../problem.ts";
import { isKnownTag, requestedRange } from "../../range.ts";
import { PROTECTION } from "../../response.ts";
import type { Shared } from "../shared.ts";
import { findJob } from "./status.ts";

/** The PDFs of a job, whole or in parts, as a viewer requests them. */
export function reportFileRoutes(shared: Shared) {
  const { queue, reports } = shared;

  /** The main document where no kind is named. */
  const response = async (request: Request, caller: Caller, id: string, kind: string | null): Promise<Response> => {
    const job = await findJob(queue, caller, id);
    const report = kind === null ? job.documents[0] : job.documents.find((document) => document.kind === kind);
    if (report === undefined) throw noDocument(job, kind, caller);
    if (!(await reports.fetch(report, job)))
      throw job.status === "running" ? errors.renderedAgain(job.id) : errors.reportGone(job.id);
    const file = Bun.file(join(reports.root, report.path));

    const etag = `"${report.sha256}"`;
    const size = file.size;
    const headers: Record<string, string> = {
      ...PROTECTION,
      // The dashboard shows it beside its job.
      "Content-Security-Policy": "default-src 'none'; frame-ancestors 'self'",
      // A viewer may cache it, but must revalidate it; a retried job can bring another.
      "Cache-Control": "private, no-cache",
      "Accept-Ranges": "bytes",
      ETag: etag,
    };
    if (isKnownTag(request.headers, etag)) return new Response(null, { status: 304, headers });

    // A range is defined for GET alone (RFC 9110, section 14.2).
    const range = request.method === "GET" ? requestedRange(request.headers, size, etag) : null;
    if (range === "none") {
      return problem(errors.range(size), undefined, { "Content-Range": `bytes */${size}` });
    }
    headers["Content-Type"] = "application/pdf";
    headers["Content-Disposition"] = disposition(nameOf(job, report));
    if (range === null) {
      headers["Content-Length"] = String(size);
      // Bun can cut a file to the request's Range by itself (it does where it does not know the size yet), also where
      // If-Range forbids it; it leaves plain bytes alone.
      return new Response(request.headers.has("range") ? await file.bytes() : file, { headers });
    }
    headers["Content-Range"] = `bytes ${range.first}-${range.last}/${size}`;
    return new Response(file.slice(range.first, range.last + 1), { status: 206, headers });
  };

  return new Elysia()
    .use(shared.admission)
    .get("/api/jobs/:id/report.pdf", ({ request, params, caller }) => response(request, caller, params.id, null), {
      detail: FILE,
    })
    .get(
      "/api/jobs/:id/documents/:file",
      ({ request, params, caller }) => response(request, caller, params.id, kindIn(params.file)),
      { detail: DOCUMENT },
    );
}

/** "commission" of "commission.pdf". @throws Failure "not_found" that names the kinds. */
function kindIn(file: string): string {
  const kind = DOCUMENT_KINDS.find((each) => file === `${each}.pdf`);
  if (kind !== undefined) return kind;
  throw errors.noSuchFile(
    file,
    DOCUMENT_KINDS.map((each) => `${each}.pdf`),
  );
}

function noDocument(job: Job, kind: string | null, caller: Caller): Failure {
  const { id, status, error, documents } = job;
  if (kind !== null && ENDED.has(status) && documents.length > 0)
    return errors.noSuchDocument(
      id,
      kind,
      documents.map((each) => each.kind),
    );
  if (!ENDED.has(status)) return errors.notRenderedYet(id, status);
  return errors.endedWithoutDocument(id, status, disclosedError(error, seesSurroundings(caller))?.message ?? null);
}

/** RFC 6266: a plain name for old clients, and the name as it is for the others (RFC 5987). */
function disposition(name: string): string {
  const plain = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^\x20-\x7e]|["\\%/:*?<>|]/g, "_");
  const encoded = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `inline; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

const pdf = { "application/pdf": { type: "string", contentMediaType: "application/pdf" } } as const;
const tagged = { ETag: "The file's SHA-256" } as const;

const FILE_CALL = {
  tags: ["Jobs"],
  description: "Available as soon as the PDF is rendered. Supports HEAD, ranges, If-Range and If-None-Match.",
  responses: {
    200: { description: "The PDF", headers: tagged, content: pdf },
    206: {
      description: "The requested range",
      headers: { ...tagged, "Content-Range": "The range that is sent" },
      content: pdf,
    },
    304: { description: "The client already has this version", headers: tagged },
  },
  problems: [404, 409, 416],
} as const;

const FILE_HEADERS = [
  { name: "Range", in: "header", description: "One range of bytes", schema: { type: "string" } },
  {
    name: "If-Range",
    in: "header",
    description: "The range applies only to this version of the file",
    schema: { type: "string" },
  },
  { name: "If-None-Match", in: "header", description: "The file the client has", schema: { type: "string" } },
] as const;

const FILE = operation({
  ...FILE_CALL,
  operationId: "getReport",
  summary: "Download the PDF of a job's main document",
  parameters: [JOB_ID, ...FILE_HEADERS],
});

const DOCUMENT = operation({
  ...FILE_CALL,
  operationId: "getDocument",
  summary: "Download the PDF of one of a job's documents",
  parameters: [
    JOB_ID,
    {
      name: "file",
      in: "path",
      description: "The document's kind, and .pdf",
      schema: { type: "string", enum: DOCUMENT_KINDS.map((kind) => `${kind}.pdf`) },
    },
    ...FILE_HEADERS,
  ],
});
