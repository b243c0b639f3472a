import { createServer } from "node:net";

/** The process of before may be just ending. */
const AGAIN_MS = 100;
const TIMEOUT_MS = 1_000;

/**
 * Takes a name that one process of this machine (of one network namespace) can have at a time, and that is free again when
 * it ends, however it ends: an abstract socket (unix(7)). Returns how to give it back; null where another process has it.
 * Where there are no such names, or none is available, no process has it.
 */
export async function takeProcessName(name: string): Promise<(() => void) | null> {
  if (process.platform !== "linux") return () => {};
  for (const until = performance.now() + TIMEOUT_MS; ; await Bun.sleep(AGAIN_MS)) {
    const taken = await listen(`\0${name}`);
    if (taken !== null || performance.now() > until) return taken;
  }
}

function listen(path: string): Promise<(() => void) | null> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", ({ code }: NodeJS.ErrnoException) => resolve(code === "EADDRINUSE" ? null : () => {}));
    server.listen(path, () => resolve(() => void server.close()));
    server.unref();
  });
}
