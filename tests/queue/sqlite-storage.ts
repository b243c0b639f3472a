import { Database } from "bun:sqlite";
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteQueue } from "../../src/queue/sqlite/queue.ts";
import type { QueueStorage } from "./contract.ts";

/** A folder with a database in it. */
export async function sqliteStorage(): Promise<QueueStorage & { readonly path: () => string }> {
  const folders = [mkdtempSync(join(tmpdir(), "agentlink-queue-"))];
  const path = () => join(folders.at(-1) ?? "", "agentlink.db");
  return {
    path,
    open: async (options) => openSqliteQueue({ path: path(), ...options }),
    async kill(queue) {
      // What is on the disk at this moment is what a SIGKILL would leave.
      const killed = path();
      folders.push(mkdtempSync(join(tmpdir(), "agentlink-queue-")));
      for (const part of ["", "-wal"]) if (existsSync(killed + part)) copyFileSync(killed + part, path() + part);
      await queue.close();
    },
    async clients() {
      const db = new Database(path(), { readonly: true });
      const rows = db.query("SELECT client FROM lane_clients UNION SELECT client FROM clients ORDER BY 1").values();
      db.close();
      return rows.map(([client]) => String(client));
    },
    async remove() {
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    },
  };
}
