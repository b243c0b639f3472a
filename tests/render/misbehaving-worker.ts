import { writeFileSync } from "node:fs";
import { threadId } from "node:worker_threads";
import { Failure, type Outcome, outcomeOf } from "../../src/failure.ts";
import { partOf, type Rendered, type WorkerTask } from "../../src/render/render.ts";

/** Its hash is the number of the thread. */
const DONE: Rendered = { sha256: String(threadId), bytes: 0, pages: 0 };

/** A render thread that does what the "data set" names. */
export default function render({ dataSet, output, progress }: WorkerTask): Promise<Outcome<Rendered>> {
  return outcomeOf(async () => {
    progress.postMessage({ done: 0.5, section: "market" });
    switch (new TextDecoder().decode(dataSet)) {
      case "spin":
        writeFileSync(partOf(output), "half a report");
        for (;;);
      case "exit":
        process.exit(3);
        break;
      case "throw later":
        setTimeout(() => {
          throw new Error("thrown where nobody catches it");
        }, 1);
        await new Promise(() => {});
        break;
      case "reject":
        Promise.reject(new Error("rejected where nobody catches it"));
        await new Promise(() => {});
        break;
      case "fail":
        throw new Failure("no_such", "say something else", { transient: true, details: { nearest: ["Manly"] } });
      case "slow":
        await Bun.sleep(300);
    }
    return DONE;
  });
}
