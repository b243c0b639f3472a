import { fullGC } from "bun:jsc";
import { getPriority, setPriority } from "node:os";
import { type Outcome, outcomeOf } from "../failure.ts";
import { runChange, runImport, type ThreadDone, type ThreadTask } from "./task.ts";

/** Below the main thread, which answers, and those that parse requests. */
const NICE = 8;

try {
  // Root could raise it: a service begun with `nice` keeps what it was given.
  setPriority(0, Math.max(NICE, getPriority()));
} catch {
  // Where it is not allowed it works at the same priority.
}

/** What runs in the thread that imports. */
export async function run(asked: ThreadTask): Promise<Outcome<ThreadDone>> {
  const outcome = await outcomeOf<ThreadDone>(async () =>
    asked.work === "import" ? runImport(asked.task) : runChange(asked.cataloguePath, asked.task),
  );
  // Left to itself the thread keeps what it has read.
  fullGC();
  return outcome;
}
