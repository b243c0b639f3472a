import { Type as t } from "@sinclair/typebox";
import type { Job, JobDocument } from "../queue/job.ts";
import { PATTERN } from "../report/input/patterns.ts";
import { fileName } from "../report/names.ts";
import { nullable, type Viewed } from "./nullable.ts";
import { type Audience, disclosedPath } from "./views.ts";

/** One document of a job, from the moment it is rendered. */
export const DocumentView = t.Object({
  kind: t.String({ description: "agents, agents_brief, agency, commission or complete" }),
  filename: t.String({ description: "File name of the delivered and downloaded document" }),
  pdf_url: t.String({ description: "Address of the document at this service" }),
  pages: t.Integer({ minimum: 1 }),
  bytes: t.Integer({ minimum: 1 }),
  sha256: t.String({ pattern: PATTERN.sha256 }),
  delivered_to: nullable(
    t.String({ description: "Where the document was delivered; null until the job is completed" }),
  ),
  url: nullable(t.String({ description: "Link of the delivery target, if it provides one" })),
});

/** Its shape is {@link DocumentView}. */
export function documentView(job: Job, document: JobDocument, { origin, admin, folders }: Audience) {
  const { kind, pages, bytes, sha256, delivered } = document;
  return {
    kind,
    filename: nameOf(job, document),
    pdf_url: `${origin}${documentPath(job, kind)}`,
    pages,
    bytes,
    sha256,
    delivered_to: disclosedPath(delivered?.to ?? null, admin, folders),
    url: delivered?.url ?? null,
  } satisfies Viewed<typeof DocumentView>;
}

/** What a document is called; one of an older version as it would be today, or as it was delivered. */
export function nameOf(job: Job, { kind, filename, delivered }: JobDocument): string {
  const deliveredAs = delivered?.to.split("/").at(-1) ?? "";
  return filename ?? (deliveredAs.endsWith(".pdf") ? deliveredAs : fileName(job, kind));
}

function documentPath({ id }: Pick<Job, "id">, kind: string): string {
  return `/api/jobs/${id}/documents/${kind}.pdf`;
}

const text = (description: string) => t.String({ description });

/** What the clients of the service that this one replaces map: "" where there is no value, and never null. */
export const OldFields = {
  dropbox_url: text("Link of the main document once the job is completed, for any target"),
  filename: text("File name of the main document"),
  commission_dropbox_url: text("Link of the commission document"),
  commission_filename: text("File name of the commission document"),
  commission_rate: text('The commission rate as the commission document prints it, such as "1.80-1.98%"'),
  discount: text('The discount as the commission document prints it, such as "$1,250"'),
  completed_pdf_url: text("Link of the complete document: all of the job's documents in one"),
  completed_filename: text("File name of the complete document"),
} as const;

/** Their values. A link is the delivery's, else this service's own. */
export function oldFields(job: Job, { origin }: Pick<Audience, "origin">) {
  const linked = (document: JobDocument | undefined) =>
    job.status !== "completed" || job.draft || document === undefined
      ? { url: "", name: "" }
      : {
          url: document.delivered?.url ?? `${origin}${documentPath(job, document.kind)}`,
          name: nameOf(job, document),
        };
  const [main] = job.documents;
  const of = (kind: string) => job.documents.find((document) => document.kind === kind);
  const commission = of("commission");
  const [report, rates, complete] = [linked(main), linked(commission), linked(of("complete"))];
  return {
    dropbox_url: report.url,
    filename: report.name,
    commission_dropbox_url: rates.url,
    commission_filename: rates.name,
    commission_rate: commission?.facts?.commission_rate ?? "",
    discount: commission?.facts?.discount ?? "",
    completed_pdf_url: complete.url,
    completed_filename: complete.name,
  };
}
