import type { Outcome } from "../../failure.ts";
import type { Readings, ReadingTask } from "./reader.ts";

/** The file piscina loads: the work is imported once its require() is over (see src/render/worker.ts). */
const thread = new Promise((resolve) => setTimeout(resolve, 0)).then(() => import("./thread.ts"));

export default async function read(task: ReadingTask): Promise<Outcome<Readings[keyof Readings]>> {
  return (await thread).read(task);
}
