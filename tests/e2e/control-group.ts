import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface ControlGroup {
  /** The file that a process writes its number into, to be in it. */
  readonly processes: string;
  /** How many processes the kernel has ended in it for lack of memory. */
  killed(): number;
  remove(): void;
}

/** A control group that may have so much memory, of either version; null where none may be made. */
export function memoryGroup(bytes: number): ControlGroup | null {
  const name = `agentlink-test-${process.pid}`;
  for (const [above, limit, events] of [
    ["/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.oom_control"],
    ["/sys/fs/cgroup", "memory.max", "memory.events"],
  ] as const) {
    const folder = join(above, name);
    try {
      mkdirSync(folder);
      if (!existsSync(join(folder, limit))) throw new Error(`${above} does not limit memory`);
      writeFileSync(join(folder, limit), String(bytes));
      return {
        processes: join(folder, "cgroup.procs"),
        killed: () => Number(/^oom_kill (\d+)$/m.exec(readFileSync(join(folder, events), "utf8"))?.[1]),
        remove: () => rmdirSync(folder),
      };
    } catch {
      if (existsSync(folder)) rmdirSync(folder);
    }
  }
  return null;
}
