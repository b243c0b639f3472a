import type { Job } from "../../queue/job.ts";
import { messages } from "../messages.ts";
import { deliveryPath, type NamedDocument, type PathOptions } from "../path.ts";

/** Names that Dropbox never stores: files of operating systems and of its own, and temporary ones. */
const NEVER_STORED = /^(desktop\.ini|thumbs\.db|\.ds_store|icon\r?|\.dropbox(\..*)?|~\$.*|\.~.*|~.*\.tmp)$/i;

/**
 * Beyond the Basic Multilingual Plane (emoji, rare ideographs): "invalid path" to Dropbox
 * (dropbox/dropbox-sdk-java#42).
 */
const BEYOND_BMP = /(?:[\u{10000}-\u{10ffff}][\u200d\ufe0e\ufe0f]*)+/gu;

const LONGEST_NAME = 255;

/** Why Dropbox refuses a folder of this name, whatever is in it; null where it does not. */
export function refusedName(name: string): string | null {
  if (/\.$/.test(name)) return messages.nameEndsWithDot;
  if (NEVER_STORED.test(name)) return messages.nameNeverStored;
  if (name.length > LONGEST_NAME) return messages.nameTooLong(LONGEST_NAME);
  return null;
}

/**
 * Where a job's document goes in Dropbox: below the root folder, as in a folder of this machine, with names that
 * Dropbox allows. Case is not handled here: Dropbox preserves and ignores it, and reports when a name that differs by
 * it is taken.
 */
export function dropboxPath(rootFolder: string, job: Job, document?: NamedDocument, paths: PathOptions = {}): string {
  const legal = (name: string) => name.toWellFormed().replace(BEYOND_BMP, "-");
  const names = deliveryPath(job, document, { ...paths, legal })
    .split("/")
    .map((name) => (NEVER_STORED.test(name) ? `-${name}` : name));
  return `${rootFolder}/${names.join("/")}`;
}

/** "/Reports/Sold" from whatever an operator typed; "" is the root. */
export function rootFolder(typed: string): string {
  const names = typed.split(/[/\\]+/).filter((name) => name.trim() !== "");
  return names.map((name) => `/${name.trim()}`).join("");
}
