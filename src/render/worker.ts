import type { Outcome, Rendered, WorkerTask } from "./task.ts";

/**
 * The file piscina loads in each thread, by require(): in Bun that never returns for a module with an asynchronous
 * macro below it (the gazetteer's), so the work itself is imported. At once, so that the first job finds it there.
 */
const thread = import("./thread.ts");

export default async function render(task: WorkerTask): Promise<Outcome<Rendered>> {
  return (await thread).render(task);
}
