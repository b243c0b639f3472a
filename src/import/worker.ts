import type { Outcome } from "../failure.ts";
import type { ThreadDone, ThreadTask } from "./task.ts";

/** The file piscina loads: the work is imported once its require() is over (see src/render/threads/worker.ts). */
const thread = new Promise((resolve) => setTimeout(resolve, 0)).then(() => import("./thread.ts"));

export default async function run(task: ThreadTask): Promise<Outcome<ThreadDone>> {
  return (await thread).run(task);
}
