import filenamify from "filenamify";
import type { Job } from "../queue/job.ts";
import { requestOf } from "../queue/request.ts";
import { reportDay } from "../report/day.ts";

/** Longest a folder or file name may be; file systems allow 255 bytes, and a character can take four. */
const MAX_NAME_LENGTH = 60;
const MAX_FOLDERS = 10;

interface DeliveryWishes {
  readonly folder?: unknown;
  readonly filename?: unknown;
}

/**
 * `<STATE>/<suburb>/<date> <suburb> agents report <short id>.pdf`, the date being the day of the request where the
 * suburb is; or what the request's `delivery` wishes for. Every segment is made a plain name, so that the path never
 * leaves the target whatever the request says; a wish of which no name is left is none. `legal` replaces what the
 * target does not take.
 */
export function deliveryPath(job: Job, legal: (name: string) => string = (name) => name): string {
  const wishes: DeliveryWishes = requestOf(job.request).delivery ?? {};
  const plain = (name: string) => plainName(legal(name));
  const wished = text(wishes.folder)
    .split(/[/\\]+/)
    .flatMap((name) => plain(name) ?? [])
    .slice(0, MAX_FOLDERS);
  const folders = wished.length > 0 ? wished : [job.state, job.suburb].map((name) => plain(name) ?? "-");
  const usual = `${reportDay(job.createdAt, job.state)} ${job.suburb.slice(0, MAX_NAME_LENGTH / 2)} agents report ${shortId(job)}`;
  const file = plain(text(wishes.filename).replace(/\.pdf\s*$/i, "")) ?? plain(usual) ?? shortId(job);
  return [...folders, `${file}.pdf`].join("/");
}

/** The part of a job's id that is random: the first digits are the time and much the same for jobs of one day. */
export function shortId(job: Job): string {
  return job.id.slice(-8);
}

/** A name that every file system takes; null for one of which nothing is left but dots, blanks and replacements. */
function plainName(name: string): string | null {
  // filenamify cuts before a dot and keeps all that is behind it: it is cut here.
  const legal = shortened(filenamify(name.normalize("NFC"), { replacement: "-", maxLength: Number.MAX_SAFE_INTEGER }));
  const trimmed = legal.replace(/^[.\s]+|[.\s]+$/g, "").replace(/\s+/g, " ");
  return /^[-.\p{C}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}]*$/u.test(trimmed) ? null : trimmed;
}

/** Cut between two characters as people see them. */
function shortened(name: string): string {
  if (name.length <= MAX_NAME_LENGTH) return name;
  let length = 0;
  for (const { segment } of new Intl.Segmenter().segment(name)) {
    if (length + segment.length > MAX_NAME_LENGTH) break;
    length += segment.length;
  }
  return name.slice(0, length);
}

function text(wish: unknown): string {
  return typeof wish === "string" ? wish : "";
}
