// Why: piscina searches for its worker beside itself; in a binary that is a path of the machine it was built on, and no
// thread starts anywhere else (docs/upstream.md).
// Pinned by: the text of piscina 5.3.2, dist/index.js. tests/release/build.test.ts renders without the source tree.
import type { BunPlugin } from "bun";
import { replaced } from "./replace.ts";

/** `worker` is where the binary stores piscina's worker. */
export function piscinaFindsItsWorker(worker: string): BunPlugin {
  return replaced(
    "piscina-finds-its-worker",
    /[/\\]piscina[/\\]dist[/\\]index\.js$/,
    "(0, node_path_1.resolve)(__dirname, 'worker.js')",
    () => JSON.stringify(worker),
  );
}
