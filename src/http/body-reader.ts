import type { Failure } from "../failure.ts";
import { AT_ONCE_BYTES, type Parser } from "../parsing/parsing.ts";
import type { ParsedBatch, ParsedRequest } from "../parsing/requests.ts";
import type { Idempotency } from "../queue/job.ts";
import { type BodyLimits, isCsv, readBytes, requireJson, requireUtf8 } from "./body.ts";
import { errors } from "./errors.ts";
import { idempotencyOf } from "./idempotency.ts";

/** What a request asks for, and its Idempotency-Key. */
export interface Read<T> {
  readonly asked: T;
  readonly key: Omit<Idempotency, "item"> | null;
}

/** Makes of a request's body what it asks for, without holding up the other requests, and in bounded memory. */
export interface Reader {
  /** @throws Failure as requireJson, readBytes, idempotencyOf and readReport; "bodies_waiting" while too many come at once. */
  report(request: Request, owner: string): Promise<Read<ParsedRequest>>;
  /** The same for a batch, also one that says that it is CSV. `owner` is who sent it: large ones are read fairly between them. */
  batch(request: Request, owner: string): Promise<Read<ParsedBatch>>;
  /** Of bodies that are half read, read or being checked. */
  readonly heldBytes: number;
  /** Refuses large bodies for a moment, also those that are coming in. */
  shed(): void;
}

const COME_BACK_MS = 2_000;

export function createReader({ shares, report, batch, table }: Parser, limits: BodyLimits): Reader {
  let refusedUntil = 0;

  async function read<T>(
    request: Request,
    owner: string,
    parse: (bytes: Uint8Array<ArrayBuffer>, owner: string) => Promise<T>,
    require = requireJson,
  ): Promise<Read<T>> {
    let held = 0;
    const hold = (bytes: number) => {
      if (held + bytes <= AT_ONCE_BYTES.report) return;
      if (performance.now() < refusedUntil || !shares.reserve(owner, bytes)) throw tooMany();
      held += bytes;
    };
    try {
      require(request);
      const bytes = await readBytes(request, limits, hold);
      const key = await idempotencyOf(request.headers, bytes);
      return { asked: await parse(bytes, owner), key };
    } finally {
      shares.release(owner, held);
    }
  }

  return {
    report: (request, owner) => read(request, owner, report),
    batch: (request, owner) =>
      isCsv(request) ? read(request, owner, table, requireUtf8) : read(request, owner, batch),
    get heldBytes() {
      return shares.heldBytes;
    },
    shed() {
      refusedUntil = performance.now() + COME_BACK_MS;
    },
  };
}

function tooMany(): Failure {
  return errors.bodiesWaiting(COME_BACK_MS);
}
