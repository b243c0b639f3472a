import { type Process, processes, ROOT, readProcess, userOf } from "./processes.ts";

/** Which process has a socket. */
export interface Holders {
  /** Null where no process that this user may inspect has it. */
  of(inode: number): Process | null;
  /** Forgets all sockets but these, which are open. */
  retain(open: ReadonlySet<number>): void;
}

/** Sockets whose process is cached; it is looked up again otherwise. */
const MOST_HOLDERS = 1_000;
/** Processes that are examined before all others. */
const REMEMBERED = 4;

export function createHolders(): Holders {
  const uid = process.getuid?.();
  /** The processes that had a connection recently, the last first. Written by `of`. */
  let lastFound: readonly string[] = [];
  /** Which process had a socket when it was last searched for. Written by `of` and `retain`. */
  const holders = new Map<number, string>();

  function* candidates(): Iterable<string> {
    yield* lastFound;
    yield* processes().toReversed();
  }

  return {
    of(inode) {
      const before = holders.get(inode);
      const known = before === undefined ? null : readProcess(before);
      if (known?.sockets.has(inode)) return known;
      // Who was found last first: a program makes one connection after the other. Then the youngest: who has just connected
      // has often just begun.
      for (const pid of candidates()) {
        const each = uid === ROOT || userOf(pid) === uid ? readProcess(pid) : null;
        if (!each?.sockets.has(inode)) continue;
        lastFound = [pid, ...lastFound.filter((other) => other !== pid)].slice(0, REMEMBERED);
        if (holders.size >= MOST_HOLDERS) holders.clear();
        holders.set(inode, pid);
        return each;
      }
      return null;
    },
    retain(open) {
      for (const inode of holders.keys()) if (!open.has(inode)) holders.delete(inode);
    },
  };
}
