/** The bytes requested, both ends inclusive. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * The one requested range of bytes (RFC 9110, section 14): null means the whole, because nothing, several
 * ranges (which a server may treat so) or something not understood was requested; "none" means it lies past the end.
 */
export function requestedRange(headers: Headers, size: number, etag: string): ByteRange | "none" | null {
  const range = headers.get("range");
  if (range === null) return null;
  // With If-Range the part is requested of that very file only; a weak tag never matches (section 13.1.5).
  const only = headers.get("if-range");
  if (only !== null && only !== etag) return null;

  const match = /^bytes=\s*(\d{0,15})-(\d{0,15})\s*$/i.exec(range);
  if (match === null) return null;
  const [, from = "", to = ""] = match;
  if (from === "") {
    if (to === "") return null;
    const length = Math.min(Number(to), size);
    return length === 0 ? "none" : { first: size - length, last: size - 1 };
  }
  const first = Number(from);
  const last = to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (to !== "" && Number(to) < first) return null;
  return first >= size ? "none" : { first, last };
}

/** Whether the client has this file already: `If-None-Match` compares weakly (RFC 9110, section 13.1.2). */
export function isKnownTag(headers: Headers, etag: string): boolean {
  const tags = headers.get("if-none-match");
  if (tags === null) return false;
  return tags.trim() === "*" || tags.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag);
}
