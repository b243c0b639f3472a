import type { Failure } from "../failure.ts";
import { createHasher } from "../host/hash.ts";
import { AT_ONCE_BYTES, type Parser } from "../parsing/parsing.ts";
import type { ParsedBatch, ParsedRequest } from "../parsing/requests.ts";
import type { Idempotency } from "../queue/job.ts";
import type { PictureUse } from "../report/pictures/picture.ts";
import { type BodyLimits, isCsv, nextTurn, readBytes, requireJson, requireUtf8 } from "./body.ts";
import { errors } from "./errors.ts";
import { type PictureBody, readPictureBody } from "./picture-body.ts";

/** What a request contains, and its Idempotency-Key. */
export interface ReadBody<T> {
  readonly parsed: T;
  readonly key: Omit<Idempotency, "item"> | null;
}

/** Parses request bodies without delaying other requests, and in bounded memory. */
export interface BodyReader {
  /** @throws Failure as requireJson, readBytes, idempotencyOf and readReport; "bodies_waiting" while too many come at once. */
  report(request: Request, owner: string): Promise<ReadBody<ParsedRequest>>;
  /**
   * The same for a batch, which may be declared as CSV. `owner` is who sent it: large ones are read fairly between
   * them.
   */
  batch(request: Request, owner: string): Promise<ReadBody<ParsedBatch>>;
  /** Of bodies that are half read, read or being checked. */
  readonly reservedBytes: number;
  /** Refuses large bodies for a moment, also those that are coming in. */
  shed(): void;
}

const RETRY_AFTER_MS = 2_000;

type ParseBody<T> = (bytes: Uint8Array<ArrayBuffer>, owner: string, pictures?: PictureBody["pictures"]) => Promise<T>;

export function createReader(parser: Parser, limits: BodyLimits): BodyReader {
  const { shares, report, batch, table, pictureText } = parser;
  /** Written by `shed`. */
  let refusedUntil = 0;

  async function read<T>(
    request: Request,
    owner: string,
    parse: ParseBody<T>,
    require = requireJson,
  ): Promise<ReadBody<T>> {
    let reserved = 0;
    const reserveBytes = (bytes: number) => {
      if (reserved + bytes <= AT_ONCE_BYTES.report) return;
      if (performance.now() < refusedUntil || !shares.reserve(owner, bytes)) throw tooMany();
      reserved += bytes;
    };
    const release = (bytes: number) => {
      const most = Math.min(bytes, reserved);
      shares.release(owner, most);
      reserved -= most;
    };
    try {
      require(request);
      const length = Number(request.headers.get("content-length") ?? Number.POSITIVE_INFINITY);
      if (require === requireJson && length > limits.maxBytes) {
        const draw = (text: Uint8Array<ArrayBuffer>, use: PictureUse) => pictureText(text, use, owner);
        const body = await readPictureBody(request, limits, { reserve: reserveBytes, release }, draw);
        const key = await idempotencyOf(request.headers, async () => body.sha256);
        return { parsed: await parse(body.bytes, owner, body.pictures), key };
      }
      const bytes = await readBytes(request, limits, reserveBytes);
      const key = await idempotencyOf(request.headers, () => sha256Of(bytes));
      return { parsed: await parse(bytes, owner), key };
    } finally {
      shares.release(owner, reserved);
    }
  }

  return {
    report: (request, owner) => read(request, owner, report),
    batch: (request, owner) =>
      isCsv(request) ? read(request, owner, table, requireUtf8) : read(request, owner, batch),
    get reservedBytes() {
      return shares.reservedBytes;
    },
    shed() {
      refusedUntil = performance.now() + RETRY_AFTER_MS;
    },
  };
}

function tooMany(): Failure {
  return errors.bodiesWaiting(RETRY_AFTER_MS);
}

const HASHED_A_TURN_BYTES = 1_048_576;

/**
 * The request's Idempotency-Key with the fingerprint of its body; null without one. The body is hashed as sent: two
 * that differ in a space are two requests, which is safe, because a client that retries sends the same bytes.
 * @throws Failure "invalid_idempotency_key".
 */
async function idempotencyOf(
  headers: Headers,
  fingerprint: () => Promise<string>,
): Promise<Omit<Idempotency, "item"> | null> {
  const key = headers.get("idempotency-key");
  if (key === null) return null;
  if (!/^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/.test(key)) {
    throw errors.idempotencyKey();
  }
  return { key, fingerprint: await fingerprint() };
}

/** Megabytes are hashed part by part, and the others have their turn between two of them. */
async function sha256Of(body: Uint8Array): Promise<string> {
  const hasher = createHasher("sha256");
  for (let at = 0; at < body.length; at += HASHED_A_TURN_BYTES) {
    if (at > 0) await nextTurn();
    hasher.update(body.subarray(at, at + HASHED_A_TURN_BYTES));
  }
  return hasher.digest("hex");
}
