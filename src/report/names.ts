// What documents are called, and the folders they go into. A document has its name from here once, when it is rendered:
// it is delivered, served and downloaded under it.

import filenamify from "filenamify";
import { reportDay } from "./day.ts";
import { DOCUMENT_KINDS, type DocumentKind } from "./documents.ts";
import { messages } from "./messages.ts";

/** The fields of a job that its documents are named after. */
export interface NamedJob {
  readonly id: string;
  readonly suburb: string;
  readonly state: string;
  readonly createdAt: string;
}

/** A pattern for each kind of document. */
export type Patterns = Readonly<Record<DocumentKind, string>>;

/** Each target's folders: the old service had other ones in a bucket than in Dropbox. */
export interface FolderPatterns {
  readonly usual: Patterns;
  readonly s3: Patterns;
}

/** What people call each kind. */
const WORDS: Patterns = {
  agents: "agents report",
  agents_brief: "agents report",
  agency: "agency report",
  commission: "commission",
  complete: "complete report",
};

const each = (pattern: (kind: DocumentKind) => string): Patterns =>
  Object.fromEntries(DOCUMENT_KINDS.map((kind) => [kind, pattern(kind)])) as Patterns;
const everywhere = (usual: Patterns): FolderPatterns => ({ usual, s3: usual });

const USUAL_NAMES: Patterns = each((kind) => `{date} {suburb} ${WORDS[kind]} {short_id}`);
export const USUAL_FOLDERS: FolderPatterns = everywhere(each(() => "{state}/{suburb}"));

/** As the service that this one replaces had them: docs/migrate-from-rq.md. */
const V1_NAMES: Patterns = {
  agents: "{suburb}_Top_Agents_{job_id}",
  agents_brief: "{suburb}_Top_Agents_{job_id}",
  agency: "{suburb}_Top_Rental_Agencies_{job_id}",
  commission: "{suburb}_Commission_{job_id}",
  complete: "AgentLink_{suburb_}_Agent_Suburb_Report",
};
const V1_FOLDERS: FolderPatterns = {
  usual: {
    agents: "Suburbs Top Agents",
    agents_brief: "Suburbs Top Agents",
    agency: messages.leasingFolder,
    commission: "Commission Rate",
    complete: "Completed Pdfs",
  },
  s3: {
    agents: "Suburbs_Top_Agents",
    agents_brief: "Suburbs_Top_Agents",
    agency: "Suburbs_Top_Rental_Agencies",
    commission: "Commission_Rates",
    complete: "Completed_Pdfs",
  },
};

const PLACEHOLDERS = ["suburb", "suburb_", "state", "date", "job_id", "short_id", "kind"] as const;
type Placeholder = (typeof PLACEHOLDERS)[number];

/** The longest name in a request. */
export const MAX_REQUESTED_LENGTH = 60;
/** File systems allow 255 bytes; a second choice adds the short id, and a copy in progress has a name of its own. */
const MAX_NAME_LENGTH = 150;
const MAX_NAME_BYTES = 230;
const MAX_SUBURB_LENGTH = 60;

/**
 * The setting AGENTLINK_FILE_NAME: empty, "v1", one pattern for all kinds, or `kind=pattern;…`, where a pattern without a
 * kind is for those not named.
 * @throws Error that states what it must be.
 */
export function readFileNames(text: string): Patterns {
  if (text === "v1") return V1_NAMES;
  return readPatterns(text, USUAL_NAMES, (pattern) => {
    if (/[/\\]/.test(pattern)) throw new Error(messages.nameWithSlash);
    return pattern.replace(/\.pdf$/i, "");
  });
}

/** The setting AGENTLINK_FOLDER, as {@link readFileNames}; folders are separated by slashes. @throws the same Error. */
export function readFolders(text: string): FolderPatterns {
  if (text === "v1") return V1_FOLDERS;
  return everywhere(
    readPatterns(text, USUAL_FOLDERS.usual, (pattern) => {
      if (pattern.split(/[/\\]/).some((name) => /^\.+$/.test(name.trim()))) throw new Error(messages.nameLeadsOut);
      return pattern;
    }),
  );
}

function readPatterns(text: string, usual: Patterns, check: (pattern: string) => string): Patterns {
  const found: Partial<Record<DocumentKind, string>> = {};
  let others: string | null = null;
  for (const part of text.split(";").map((each) => each.trim())) {
    if (part === "") continue;
    const named = /^([a-z_]+)\s*=\s*(.*)$/.exec(part);
    const pattern = check(checked(named?.[2] ?? part));
    const kind = DOCUMENT_KINDS.find((each) => each === named?.[1]);
    if (named !== null && kind === undefined)
      throw new Error(messages.notDocument(named[1] ?? "", DOCUMENT_KINDS.join(", ")));
    if (kind === undefined) others = pattern;
    else found[kind] = pattern;
  }
  return each((kind) => found[kind] ?? others ?? usual[kind]);
}

function checked(pattern: string): string {
  for (const [, name = ""] of pattern.matchAll(/\{([^{}]*)\}/g))
    if (!PLACEHOLDERS.some((known) => known === name))
      throw new Error(messages.notPlaceholder(name, PLACEHOLDERS.map((known) => `{${known}}`).join(" ")));
  if (/[{}]/.test(pattern.replace(/\{[^{}]*\}/g, ""))) throw new Error(messages.openBrace);
  if (plainName(expanded(pattern, EXAMPLE, "agents")) === null) throw new Error(messages.emptyName);
  return pattern;
}

const EXAMPLE: NamedJob = {
  id: "01980000-0000-7000-8000-00000123abcd",
  suburb: "Manly",
  state: "NSW",
  createdAt: "2026-07-01T00:00:00.000Z",
};

/** The name of a document's file, valid on every file system. */
export function fileName(
  job: NamedJob,
  kind: string,
  patterns: Patterns = USUAL_NAMES,
  dateZone?: string | null,
): string {
  const known = DOCUMENT_KINDS.find((each) => each === kind);
  const pattern = known === undefined ? USUAL_NAMES.agents : patterns[known];
  const name = expanded(pattern, job, kind, dateZone);
  // One pattern for documents of several kinds: those of one job must be distinguished.
  const shared = DOCUMENT_KINDS.some((other) => other !== kind && patterns[other] === pattern && isBeside(kind));
  const unique = shared && !pattern.includes("{kind}") ? `${name} ${kind}` : name;
  return `${plainName(unique) ?? shortId(job)}.pdf`;
}

/** The same from what a request names its main document; the others are named by their kind. Null for no name. */
export function requestedName(
  requested: string,
  kind: string,
  legal: (name: string) => string = (name) => name,
): string | null {
  const name = plainName(legal(requested.replace(/\.pdf\s*$/i, "")), MAX_REQUESTED_LENGTH);
  if (name === null) return null;
  return isBeside(kind) ? `${name} ${WORDS[kind as DocumentKind] ?? kind}.pdf` : `${name}.pdf`;
}

/** Whether documents of the kind are made beside a main one. */
function isBeside(kind: string): boolean {
  return kind === "commission" || kind === "complete";
}

interface FolderNaming {
  /** Whose day {date} is; null or left out: that of the locality. */
  readonly dateZone?: string | null | undefined;
  /** Replaces what the target does not allow. */
  readonly legal?: (name: string) => string;
}

/** The folders a document goes into, below the target; none for its top. */
export function folderNames(
  job: NamedJob,
  kind: string,
  patterns: Patterns,
  { dateZone, legal = (name) => name }: FolderNaming = {},
): readonly string[] {
  const known = DOCUMENT_KINDS.find((each) => each === kind) ?? "agents";
  return patterns[known]
    .split(/[/\\]+/)
    .filter((pattern) => pattern !== "")
    .map((pattern) => plainName(legal(expanded(pattern, job, kind, dateZone))) ?? "-");
}

/** The part of a job's id that is random: the first digits are the time and much the same for jobs of one day. */
export function shortId({ id }: Pick<NamedJob, "id">): string {
  return id.slice(-8);
}

function expanded(pattern: string, job: NamedJob, kind: string, dateZone: string | null = null): string {
  const suburb = shortened(job.suburb, MAX_SUBURB_LENGTH, MAX_NAME_BYTES);
  const values: Readonly<Record<Placeholder, string>> = {
    suburb,
    suburb_: suburb.replace(/\s+/g, "_"),
    state: job.state,
    date: reportDay(job.createdAt, job, dateZone),
    job_id: job.id,
    short_id: shortId(job),
    kind,
  };
  return pattern.replace(/\{([a-z_]+)\}/g, (_, name: Placeholder) => values[name]);
}

/** A name that is valid on every file system; null if only dots, blanks and replacements remain. */
export function plainName(name: string, maxLength = MAX_NAME_LENGTH): string | null {
  // filenamify cuts before a dot and leaves all that is behind it: it is cut here.
  const legal = filenamify(name.normalize("NFC"), { replacement: "-", maxLength: Number.MAX_SAFE_INTEGER });
  const trimmed = shortened(legal, maxLength, MAX_NAME_BYTES)
    .replace(/^[.\s]+|[.\s]+$/g, "")
    .replace(/\s+/g, " ");
  return /^[-.\p{C}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}]*$/u.test(trimmed) ? null : trimmed;
}

/** Cut between two characters as people see them. */
function shortened(name: string, maxLength: number, maxBytes: number): string {
  if (name.length <= maxLength && Buffer.byteLength(name) <= maxBytes) return name;
  let result = "";
  for (const { segment } of new Intl.Segmenter().segment(name)) {
    if (result.length + segment.length > maxLength || Buffer.byteLength(result + segment) > maxBytes) break;
    result += segment;
  }
  return result;
}
