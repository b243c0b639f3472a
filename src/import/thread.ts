import { fullGC } from "bun:jsc";
import { type Outcome, outcomeOf } from "../failure.ts";
import { lowerPriority } from "../host/scheduling/priority.ts";
import { IMPORT_NICE, runChange, runImport, type ThreadDone, type ThreadTask } from "./task.ts";

lowerPriority(IMPORT_NICE);

/** What runs in the thread that imports. */
export async function run(requested: ThreadTask): Promise<Outcome<ThreadDone>> {
  const outcome = await outcomeOf<ThreadDone>(async () =>
    requested.work === "import"
      ? runImport(requested.task, true)
      : runChange(requested.cataloguePath, requested.task, true),
  );
  // By default the thread retains what it has read.
  fullGC();
  return outcome;
}
