import { Failure } from "../../failure.ts";
import type { DeliverySignals } from "../delivery.ts";
import { messages } from "../messages.ts";
import type { Connection } from "./connection.ts";
import { fingerprint } from "./content-hash.ts";
import { explainRefusal, member } from "./refusal.ts";

export interface LocalFile {
  readonly path: string;
  readonly bytes: number;
  readonly contentHash: string;
}

export interface UploadLimits {
  /** A larger file goes through an upload session. */
  readonly atOnceBytes: number;
  /** What a session sends with each request. */
  readonly chunkBytes: number;
}

/** Dropbox takes up to 150 MiB in one request, and requires multiples of 4 MiB for a session. */
export const UPLOAD_LIMITS: UploadLimits = { atOnceBytes: 8 * 2 ** 20, chunkBytes: 8 * 2 ** 20 };

/** How often Dropbox may correct the offset of one session. */
const CORRECTIONS = 20;

/**
 * Sends a file to where nothing is, never over something. False when the path has to be examined again: something is
 * there by now, or a session ended and its last response was lost.
 */
export async function upload(
  connection: Connection,
  file: LocalFile,
  to: string,
  limits: UploadLimits,
  signal: AbortSignal,
  key: string,
  signals: DeliverySignals,
): Promise<boolean> {
  if (file.bytes > limits.atOnceBytes) return uploadInSession(connection, file, to, limits, signal, key, signals);
  const contents = await Bun.file(file.path).bytes();
  const response = await connection.call(
    (dropbox, options) => dropbox.filesUpload({ ...commit(to), content_hash: file.contentHash, contents }, options),
    contentHashOf,
    signal,
    key,
    signals,
  );
  if ("value" in response) return response.value === file.contentHash;
  if (isConflict(response.refused.tags)) return false;
  throw explainRefusal(response.refused, to);
}

async function uploadInSession(
  connection: Connection,
  file: LocalFile,
  to: string,
  { chunkBytes }: UploadLimits,
  signal: AbortSignal,
  key: string,
  signals: DeliverySignals,
): Promise<boolean> {
  // Of a session nothing is there before its last part.
  const stop = AbortSignal.any([signal, signals.cancel]);
  const source = Bun.file(file.path);
  const chunkAt = async (offset: number) => {
    const contents = await source.slice(offset, Math.min(offset + chunkBytes, file.bytes)).bytes();
    const { contentHash } = await fingerprint([contents]);
    return { contents, content_hash: contentHash };
  };

  const first = await chunkAt(0);
  const started = await connection.call(
    (dropbox, options) => dropbox.filesUploadSessionStart({ close: false, ...first }, options),
    (result) => text(member(result, "session_id")),
    stop,
    key,
  );
  if ("refused" in started) throw explainRefusal(started.refused, to);
  const session_id = started.value;

  let offset = first.contents.byteLength;
  for (let corrections = 0; corrections < CORRECTIONS; ) {
    const chunk = await chunkAt(offset);
    const cursor = { session_id, offset };
    const end = offset + chunk.contents.byteLength;
    const finishing = end === file.bytes;
    const response = await connection.call<string>(
      async (dropbox, options) =>
        finishing
          ? dropbox.filesUploadSessionFinish({ cursor, commit: commit(to), ...chunk }, options)
          : dropbox.filesUploadSessionAppendV2({ cursor, close: false, ...chunk }, options),
      // An append that went well returns null.
      (result) => (finishing ? contentHashOf(result) : result === null ? "" : undefined),
      finishing ? signal : stop,
      key,
      finishing ? signals : undefined,
    );
    if ("value" in response) {
      if (finishing) return response.value === file.contentHash;
      offset = end;
      continue;
    }
    const { tags, error } = response.refused;
    if (isConflict(tags)) return false;
    // It was finished, and that response was lost, or Dropbox forgot it.
    if (tags.includes("not_found") || tags.includes("closed")) return false;
    if (!tags.includes("incorrect_offset")) throw explainRefusal(response.refused, to);
    const correct = member(member(error, "lookup_failed") ?? error, "correct_offset");
    if (typeof correct !== "number" || correct > file.bytes) return false;
    offset = correct;
    corrections += 1;
  }
  throw new Failure("dropbox_refused", messages.dropboxOffset(to), {
    transient: true,
  });
}

function commit(path: string) {
  return { path, mode: { ".tag": "add" as const }, autorename: false, mute: true };
}

/** A file or a folder has the path; `file_ancestor` is a file where a folder must be, and stays in the way. */
function isConflict(tags: readonly string[]): boolean {
  return tags.includes("conflict") && !tags.includes("file_ancestor");
}

function contentHashOf(result: unknown): string | undefined {
  return text(member(result, "content_hash"));
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
