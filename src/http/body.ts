import { Failure } from "../failure.ts";
import { parseJson } from "../parsing/json.ts";
import { errors } from "./errors.ts";

export interface BodyLimits {
  readonly maxBytes: number;
  /** From the headers to the last byte. */
  readonly timeoutMs: number;
}

/** A body with a declared length up to this is read in one piece; a larger one is counted as it comes. */
const READ_AT_ONCE_BYTES = 262_144;

const READ_A_TURN_BYTES = 131_072;

/**
 * The bytes of a body within its limits, whose Content-Type {@link requireJson} or {@link requireUtf8} has checked.
 * `reserve` gets the bytes before they are stored in memory, and may throw.
 * @throws Failure "too_large", "body_too_slow" or "body_cut_short".
 */
export async function readBytes(
  request: Request,
  limits: BodyLimits,
  reserve: (bytes: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const header = request.headers.get("content-length");
  const length = header === null ? Number.POSITIVE_INFINITY : Number(header);
  if (length <= READ_AT_ONCE_BYTES) {
    reserve(length);
    return readAll(request, limits);
  }
  let sinceTurn = 0;
  // All of it at once if its length is declared: of many that come together some come in whole, and not all by half.
  const known = length <= limits.maxBytes;
  if (known) reserve(length);
  // Of a known length into its buffer as it comes: to join megabytes at the end would be a long turn.
  const whole = known ? new Uint8Array(length) : null;
  const chunks: Uint8Array[] = [];
  let at = 0;
  for await (const chunk of readChunks(request, limits)) {
    if (!known) reserve(chunk.length);
    if (whole === null) chunks.push(chunk);
    else whole.set(chunk, at);
    at += chunk.length;
    sinceTurn += chunk.length;
    // What has come already is read without a turn of the event loop between: megabytes, during which no request is served.
    if (sinceTurn > READ_A_TURN_BYTES) {
      sinceTurn = 0;
      await nextTurn();
    }
  }
  return whole?.subarray(0, at) ?? concat(chunks);
}

/** Lets the others have their turn of the event loop. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function concat(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(chunks.reduce((bytes, chunk) => bytes + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

/** A small JSON body as a value. @throws Failure as requireJson, readBytes and parseJson. */
export async function readJson(request: Request, limits: BodyLimits): Promise<{ readonly value: unknown }> {
  requireJson(request);
  return { value: parseJson(await readBytes(request, limits, () => undefined)) };
}

/** The media type without its parameters, in lower case; null where the header is missing. */
export function mediaType(request: Request): string | null {
  return request.headers.get("content-type")?.split(";", 1)[0]?.trim().toLowerCase() ?? null;
}

/**
 * The body in chunks, as they come, and no further than the limits.
 * @throws Failure "too_large", "body_too_slow" or "body_cut_short", from the iteration.
 */
export async function* readChunks(request: Request, limits: BodyLimits): AsyncGenerator<Uint8Array> {
  refuseTooLarge(Number(request.headers.get("content-length") ?? 0), limits.maxBytes);
  if (request.body === null) return;
  const reader = request.body.getReader();
  const deadline = startDeadline(limits.timeoutMs);
  let total = 0;
  try {
    for (;;) {
      const { done, value } = await orCutShort(Promise.race([reader.read(), deadline.passed]));
      if (done) return;
      total += value.length;
      refuseTooLarge(total, limits.maxBytes);
      yield value;
    }
  } finally {
    deadline.clear();
    // What is sent endlessly is not read any further; the response closes the connection.
    reader.cancel().catch(() => undefined);
  }
}

/** A compressed body could have any size when unpacked, so none is accepted. */
export function refuseEncoded(request: Request): void {
  const encoding = request.headers.get("content-encoding");
  if (encoding !== null && encoding.toLowerCase() !== "identity") {
    throw errors.contentEncoding(encoding);
  }
}

/** With a length the server itself stops at the last byte, and one read is cheaper than a stream. */
async function readAll(request: Request, limits: BodyLimits): Promise<Uint8Array<ArrayBuffer>> {
  refuseTooLarge(Number(request.headers.get("content-length")), limits.maxBytes);
  const deadline = startDeadline(limits.timeoutMs);
  try {
    return await orCutShort(Promise.race([request.bytes(), deadline.passed]));
  } finally {
    deadline.clear();
  }
}

function startDeadline(timeoutMs: number): { readonly passed: Promise<never>; clear(): void } {
  let timer: Timer | undefined;
  const passed = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(errors.bodyTooSlow(timeoutMs / 1_000));
    }, timeoutMs);
  });
  passed.catch(() => undefined);
  return { passed, clear: () => clearTimeout(timer) };
}

async function orCutShort<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw errors.bodyCutShort(error);
  }
}

function refuseTooLarge(bytes: number, maxBytes: number): void {
  if (bytes > maxBytes) {
    throw errors.bodyTooLarge(maxBytes);
  }
}

/** Whether a body declares that it is a table. */
export function isCsv(request: Request): boolean {
  return mediaType(request) === "text/csv";
}

/** @throws Failure "unsupported_media_type" for a table in another encoding. */
export function requireUtf8(request: Request): void {
  refuseEncoded(request);
  const header = request.headers.get("content-type") ?? "";
  if (charsetOf(header) === null) return;
  throw errors.notCsv(header);
}

/** The encoding that a Content-Type names; null for UTF-8, and where it names none. */
function charsetOf(header: string): string | null {
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(header)?.[1]?.toLowerCase();
  return charset === undefined || charset === "utf-8" || charset === "utf8" ? null : charset;
}

/** A body without a Content-Type is taken for JSON, as the old API did. */
export function requireJson(request: Request): void {
  refuseEncoded(request);
  const header = request.headers.get("content-type");
  if (header === null || header === "" || header === "application/json") return;
  const type = mediaType(request) ?? "";
  const isJson = type === "application/json" || /^application\/[\w.-]+\+json$/.test(type);
  if (isJson && charsetOf(header) === null) return;
  throw errors.notJson(header);
}
