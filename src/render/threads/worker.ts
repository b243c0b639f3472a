import type { Outcome } from "../../failure.ts";
import type { Rendered, WorkerTask } from "../render.ts";

/**
 * How many times as often as usual a function is run before it is compiled. The compiled code of what few reports need,
 * and what the compiler retains with it, took more memory than a report, and every collection went through it.
 */
const COMPILED_LATER = 150;

Bun.unsafe.setJITPolicy(COMPILED_LATER);

/**
 * The file piscina loads in each thread, by require(): in Bun that never returns for a module with an asynchronous
 * macro below it (the gazetteer's). So the work itself is imported, and only once the require is over, but without
 * waiting for a task: the first job finds it there.
 */
const thread = new Promise((resolve) => setTimeout(resolve, 0)).then(() => import("./thread.ts"));

export default async function render(task: WorkerTask): Promise<Outcome<Rendered>> {
  return (await thread).render(task);
}
