import { createHash } from "node:crypto";
import { type Body, refusal } from "./dropbox-response.ts";

export class StoredFile {
  readonly metadata: Body;
  readonly content: Buffer;

  constructor(metadata: Body, content: Buffer) {
    this.metadata = metadata;
    this.content = content;
  }
}

const BLOCK = 4 * 2 ** 20;

/** What one namespace of the fake Dropbox contains. Paths retain their case and are compared without it. */
export class FakeFiles {
  readonly sessions = new Map<string, { content: Buffer; closed: boolean }>();
  readonly links = new Map<string, string>();
  readonly folders = new Map<string, string>();
  /** Every time content was written to a path, in order: what was never to be is seen here, even if it was put right later. */
  readonly writes: string[] = [];
  private readonly stored = new Map<string, StoredFile>();

  /** Bytes. */
  quota: number;

  constructor(quota = Number.POSITIVE_INFINITY) {
    this.quota = quota;
  }

  static contentHash(content: Buffer): string {
    const blocks: Buffer[] = [];
    for (let from = 0; from < content.length; from += BLOCK)
      blocks.push(
        createHash("sha256")
          .update(content.subarray(from, from + BLOCK))
          .digest(),
      );
    return createHash("sha256").update(Buffer.concat(blocks)).digest("hex");
  }

  paths(): readonly string[] {
    return [...this.stored.values()].map(({ metadata }) => String(metadata.path_display));
  }

  content(path: string): string | undefined {
    return this.stored.get(path.toLowerCase())?.content.toString();
  }

  metadata(path: string): Body {
    const malformed = badPath(path);
    if (malformed) throw refusal("path/malformed_path", { ".tag": "path", path: { ".tag": "malformed_path" } });
    const key = path.toLowerCase();
    const file = this.stored.get(key);
    if (file !== undefined) return { ".tag": "file", ...file.metadata };
    const folder = this.folders.get(key);
    if (folder !== undefined) return { ".tag": "folder", name: folder.split("/").at(-1), path_display: folder };
    throw refusal("path/not_found", { ".tag": "path", path: { ".tag": "not_found" } });
  }

  file(path: string): StoredFile {
    const file = this.stored.get(path.toLowerCase());
    if (file === undefined) throw refusal("path/not_found", { ".tag": "path", path: { ".tag": "not_found" } });
    return file;
  }

  remove(path: string): void {
    this.stored.delete(path.toLowerCase());
  }

  /** Puts a file as another program would, over whatever is there. */
  write(path: string, content: Buffer | string): Body {
    const bytes = Buffer.from(content);
    const used = [...this.stored.values()].reduce((sum, file) => sum + file.content.length, 0);
    if (used + bytes.length > this.quota) throw new RangeError("quota");
    const parents = path.split("/").slice(1, -1);
    parents.forEach((_name, index) => {
      const folder = `/${parents.slice(0, index + 1).join("/")}`;
      if (!this.folders.has(folder.toLowerCase())) this.folders.set(folder.toLowerCase(), folder);
    });
    const metadata = {
      name: path.split("/").at(-1),
      id: `id:${this.writes.length}`,
      path_lower: path.toLowerCase(),
      path_display: path,
      rev: this.writes.length.toString(16).padStart(9, "0"),
      size: bytes.length,
      content_hash: FakeFiles.contentHash(bytes),
    };
    this.stored.set(path.toLowerCase(), new StoredFile(metadata, bytes));
    this.writes.push(path);
    return metadata;
  }

  /** The session of a cursor, at the right offset and open. */
  session(cursor: unknown, wrap: (error: Body) => Body): { content: Buffer; closed: boolean } {
    const { session_id, offset } = cursor as Body;
    const session = this.sessions.get(String(session_id));
    const failed = (tag: string, more: Body = {}) => refusal(tag, wrap({ ".tag": tag, ...more }));
    if (session === undefined) throw failed("not_found");
    if (session.closed) throw failed("closed");
    if (offset !== session.content.length) throw failed("incorrect_offset", { correct_offset: session.content.length });
    return session;
  }
}

/** Dropbox's pattern for a path, the Basic Multilingual Plane alone, and the names it never stores. */
export function badPath(path: string): boolean {
  return (
    !/^(\/(.|[\r\n])*)$/u.test(path) ||
    !path.isWellFormed() ||
    /[\u{10000}-\u{10ffff}]/u.test(path) ||
    path.endsWith("/") ||
    path.includes("\\") ||
    path
      .split("/")
      .slice(1)
      .some((name) => name === "" || name.length > 255 || /[. ]$/.test(name))
  );
}

const IGNORED = /^(desktop\.ini|thumbs\.db|\.ds_store|icon\r|\.dropbox|\.dropbox\.attr|~\$.*|\.~.*|~.*\.tmp)$/i;

/** `mode: add` without autorename: the same content again is no conflict, other content is. */
export function commitFile(files: FakeFiles, commit: Body, content: Buffer, wrap: (reason: Body) => Body): Body {
  const path = String(commit.path);
  const fail = (tag: string, more: Body = {}) => refusal(`path/${tag}`, wrap({ ".tag": tag, ...more }));
  if ((commit.mode as Body | undefined)?.[".tag"] !== "add" || commit.autorename !== false)
    throw new Error("this fake knows mode add without autorename alone");
  if (badPath(path)) throw fail("malformed_path");
  const names = path.split("/").slice(1);
  if (names.some((name) => IGNORED.test(name))) throw fail("disallowed_name");
  for (let depth = 1; depth < names.length; depth += 1)
    if (files.content(`/${names.slice(0, depth).join("/")}`) !== undefined)
      throw fail("conflict", { conflict: { ".tag": "file_ancestor" } });
  if (files.folders.has(path.toLowerCase())) throw fail("conflict", { conflict: { ".tag": "folder" } });
  const there = files.content(path);
  if (there !== undefined) {
    if (there === content.toString()) return files.metadata(path);
    throw fail("conflict", { conflict: { ".tag": "file" } });
  }
  try {
    return files.write(path, content);
  } catch (error) {
    if (error instanceof RangeError) throw fail("insufficient_space");
    throw error;
  }
}
