import type { Outcome } from "../../src/failure.ts";
import type { Rendered, WorkerTask } from "../../src/render/render.ts";

/** The real render thread, but for reports whose first agent has the name of what is to go wrong. */
export default async function render(task: WorkerTask): Promise<Outcome<Rendered>> {
  const [, poison = null] = /"name":"poison: ([\w ]+)"/.exec(new TextDecoder().decode(task.dataSet)) ?? [];
  if (poison !== null) await POISONS[poison]?.();
  return (await import("../../src/render/threads/thread.ts")).render(task);
}

const POISONS: Readonly<Record<string, () => unknown>> = {
  spin() {
    for (;;);
  },
  exit: () => process.exit(3),
  throw() {
    throw new Error("thrown in the middle of a render");
  },
  stack() {
    const deeper = (depth: number): number => deeper(depth + 1) + 1;
    return deeper(0);
  },
  allocate() {
    const stored: Uint8Array[] = [];
    for (;;) stored.push(new Uint8Array(4_000_000).fill(1));
  },
  "bring the process down"() {
    process.kill(process.pid, "SIGKILL");
    for (;;);
  },
};
