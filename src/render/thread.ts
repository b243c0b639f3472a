import { edenGC, fullGC } from "bun:jsc";
import { getPriority, setPriority } from "node:os";
import { Failure, type Outcome, outcomeOf } from "../failure.ts";
import type { DataSet } from "../report/data-set.ts";
import { buildReport } from "../report/report.ts";
import { renderPdf } from "./document.ts";
import { writeReport } from "./file.ts";
import type { Rendered, RenderStep, WorkerTask } from "./task.ts";

/** Below the API's: on Linux this is the thread's own priority, not the process's. */
const NICE = 10;

try {
  // Root could raise it: a service begun with `nice` keeps what it was given.
  setPriority(0, Math.max(NICE, getPriority()));
} catch {
  // Where it is not allowed, renders compete with the API; they still work.
}

/** The parts of the work that are done when the figures are made, and when the PDF is and goes to its file. */
const FIGURES = 0.05;
const FILE = 0.95;

/**
 * A thread left to itself collects late, since it knows nothing of the others: a third of the process was garbage. So it
 * collects what is new before each report (an eighth of a report's time, which its own collections then save), and all
 * before one in four. Not `Bun.gc`, which throws the compiled code away, too.
 */
const FULL_COLLECTION_EVERY = 4;
let begun = 0;

function collectGarbage(): void {
  begun += 1;
  if (begun % FULL_COLLECTION_EVERY === 0) fullGC();
  else edenGC();
}

/** What runs in a render thread: data set → model → PDF → file. Answers failures instead of throwing them. */
export function render({ dataSet, options, output, progress }: WorkerTask): Promise<Outcome<Rendered>> {
  return outcomeOf(async () => {
    collectGarbage();
    const tell = (done: number, section: string) => progress.postMessage({ done, section } satisfies RenderStep);
    tell(0, "figures");
    const model = buildReport(parse(dataSet), options);
    const { bytes, pages } = await renderPdf(model, options.pdfStandard ?? null, (done, section) =>
      tell(FIGURES + done * (FILE - FIGURES), section),
    );
    tell(FILE, "file");
    return { ...(await writeReport(output, bytes)), pages };
  });
}

function parse(dataSet: Uint8Array): DataSet {
  try {
    return JSON.parse(new TextDecoder().decode(dataSet)) as DataSet;
  } catch (cause) {
    throw new Failure("bad_data", "the data set is not JSON: send it again", { cause });
  }
}
