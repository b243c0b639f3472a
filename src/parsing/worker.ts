import type { Outcome } from "../failure.ts";
import type { Parsed, ParsingTask } from "./parsing.ts";

/** The file piscina loads: the work is imported once its require() is over (see src/render/threads/worker.ts). */
const thread = new Promise((resolve) => setTimeout(resolve, 0)).then(() => import("./thread.ts"));

export default async function read(task: ParsingTask): Promise<Outcome<Parsed[keyof Parsed]>> {
  return (await thread).read(task);
}
