import { edenGC, gcAndSweep } from "bun:jsc";
import { rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { Failure, type Outcome, outcomeOf } from "../../failure.ts";
import { syncToDisk } from "../../host/files/durable.ts";
import { sha256 } from "../../host/hash.ts";
import { lowerPriority } from "../../host/scheduling/priority.ts";
import type { DataSet } from "../../report/data-set.ts";
import { FIRST_KIND } from "../../report/documents.ts";
import { DRAW } from "../documents.ts";
import { messages } from "../messages.ts";
import { partOf, type Rendered, type RenderStep, type WorkerTask } from "../render.ts";

/** Below the API's: on Linux this is the thread's own priority, not the process's. */
const NICE = 10;

lowerPriority(NICE);

/** The part of the work that is done when the PDF goes to its file. */
const FILE = 0.95;

/**
 * A thread left to itself collects late, since it knows nothing of the others: a third of the process was garbage. So it
 * collects what is new before each report, and all before every second one: what is alive in the middle of a report, when
 * the heap collects by itself, is taken for old, and three reports of that were more than a report's garbage. Swept at once,
 * its blocks return to the system. Not `Bun.gc`, which throws the compiled code away, too.
 */
const FULL_COLLECTION_EVERY = 2;
let begun = 0;

function collectGarbage(): void {
  begun += 1;
  if (begun % FULL_COLLECTION_EVERY === 0) gcAndSweep();
  else edenGC();
}

/** What runs in a render thread: data set → model → PDF → file. Returns failures instead of throwing them. */
export function render({
  kind = FIRST_KIND,
  parts = [],
  dataSet,
  options,
  output,
  progress,
}: WorkerTask): Promise<Outcome<Rendered>> {
  return outcomeOf(async () => {
    collectGarbage();
    const report = (done: number, section: string) => progress.postMessage({ done, section } satisfies RenderStep);
    const progressed = (done: number, section: string) => report(done * FILE, section);
    const { bytes, ...drawn } =
      kind === "complete"
        ? await (await import("../joined/complete.ts")).joinPdfs(parts, options, progressed)
        : await DRAW[kind](parse(dataSet), options, progressed);
    report(FILE, "file");
    return { ...drawn, ...(await writeReport(output, bytes)) };
  });
}

function parse(dataSet: Uint8Array): DataSet {
  try {
    return JSON.parse(new TextDecoder().decode(dataSet)) as DataSet;
  } catch (cause) {
    throw new Failure("bad_data", messages.dataSetNotJson, { cause });
  }
}

/**
 * Writes beside the output, syncs, renames and syncs the folder: the name is there only with all of its bytes on disk.
 * @throws Failure "disk_full" (transient, uncounted: the job waits for space, without losing an attempt).
 */
export async function writeReport(
  output: string,
  bytes: Uint8Array,
): Promise<{ readonly sha256: string; readonly bytes: number }> {
  const part = partOf(output);
  try {
    // What an attempt left that died over it; and never through a link or a pipe that another user put there.
    await rm(part, { force: true });
    await writeFile(part, bytes, { flag: "wx" });
    await syncToDisk(part);
    await rename(part, output);
    await syncToDisk(dirname(output));
  } catch (cause) {
    await rm(part, { force: true });
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== "ENOSPC" && code !== "EDQUOT") throw cause;
    throw new Failure("disk_full", messages.diskFull(output), {
      transient: true,
      uncounted: true,
      cause,
    });
  }
  return { sha256: sha256(bytes), bytes: bytes.byteLength };
}
