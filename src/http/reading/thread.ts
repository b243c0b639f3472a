import { setPriority } from "node:os";
import { type Outcome, outcomeOf } from "../../failure.ts";
import { type Asked, type AskedBatch, readBatch, readReport } from "./asked.ts";
import type { ReadingTask } from "./reader.ts";

/** Below the main thread, which answers, and before the renders. */
const NICE = 5;

try {
  setPriority(0, NICE);
} catch {
  // Where it is not allowed it reads at the same priority.
}

/** Left to itself the thread keeps what it has parsed: a few bodies of this size were half a gigabyte. */
const COLLECT_ABOVE_BYTES = 1_000_000;

/** What runs in the thread that reads large bodies. */
export async function read({ kind, bytes }: ReadingTask): Promise<Outcome<Asked | AskedBatch>> {
  const { length } = bytes;
  const outcome = await outcomeOf<Asked | AskedBatch>(async () =>
    kind === "batch" ? readBatch(bytes) : readReport(bytes),
  );
  if (length > COLLECT_ABOVE_BYTES) Bun.gc(true);
  return outcome;
}
