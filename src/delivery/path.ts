import type { Job, JobDocument } from "../queue/job.ts";
import { FIRST_KIND } from "../queue/job.ts";
import { requestOf } from "../queue/request.ts";
import {
  fileName,
  folderNames,
  MAX_REQUESTED_LENGTH,
  type Patterns,
  plainName,
  requestedName,
  USUAL_FOLDERS,
} from "../report/names.ts";

export { type FolderPatterns, type Patterns, readFileNames, readFolders, shortId } from "../report/names.ts";

const MAX_FOLDERS = 10;

/** The fields of a document that determine its path. */
export type NamedDocument = Pick<JobDocument, "kind" | "filename">;

/** How one target places documents. */
export interface PathOptions {
  /** The folder of each kind, below the target. */
  readonly folders?: Patterns;
  /** Whose day {date} is; null or left out: that of the locality. */
  readonly dateZone?: string | null;
  /** Replaces what the target does not allow. */
  readonly legal?: (name: string) => string;
}

/** Of a job of an older version, which had one document and no name for it. */
const FIRST_DOCUMENT: NamedDocument = { kind: FIRST_KIND, filename: null };

interface DeliveryFields {
  readonly folder?: unknown;
  readonly filename?: unknown;
}

/**
 * Where a document goes, below the target: the operator's folders and the name that it has since it was rendered; or
 * what the request's `delivery` names. Every segment is made a plain name, so that the path never leaves the target
 * whatever the request contains. A name of which nothing is left counts as no name.
 */
export function deliveryPath(
  job: Job,
  document: NamedDocument = FIRST_DOCUMENT,
  { folders: patterns = USUAL_FOLDERS.usual, dateZone, legal = (name) => name }: PathOptions = {},
): string {
  const { kind, filename } = document;
  const delivery: DeliveryFields = requestOf(job.request).delivery ?? {};
  const folder = text(delivery.folder)
    .split(/[/\\]+/)
    .flatMap((name) => plainName(legal(name), MAX_REQUESTED_LENGTH) ?? [])
    .slice(0, MAX_FOLDERS);
  const folders = folder.length > 0 ? folder : folderNames(job, kind, patterns, { dateZone, legal });
  const usual = filename ?? fileName(job, kind, undefined, dateZone);
  const plain = plainName(legal(usual.replace(/\.pdf$/i, "")));
  const file = requestedName(text(delivery.filename), kind, legal) ?? (plain === null ? usual : `${plain}.pdf`);
  return [...folders, file].join("/");
}

/** What a document of a job is called from its rendering on: as the request names it, or by the operator's pattern. */
export function documentName(job: Job, kind: string, patterns: Patterns, dateZone?: string | null): string {
  const delivery: DeliveryFields = requestOf(job.request).delivery ?? {};
  return requestedName(text(delivery.filename), kind) ?? fileName(job, kind, patterns, dateZone);
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
