import { readdirSync, rmSync } from "node:fs";
import { open, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { asFailure, Failure, type Outcome, returned } from "../failure.ts";
import { createLateThread } from "../host/scheduling/late-thread.ts";
import { messages } from "./messages.ts";
import {
  type Changed,
  type ChangeTask,
  type ImportDone,
  type ImportTask,
  runImport,
  type ThreadDone,
  type ThreadTask,
} from "./task.ts";

/** Takes uploads into the catalogue, away from the thread that serves requests. */
export interface Importer {
  /**
   * Reads an upload to its end and imports it: all of it or nothing.
   * @throws Failure as the chunks and runImport do; "disk_full" and "catalogue_closed" (transient).
   */
  import(chunks: AsyncIterable<Uint8Array>, task: Omit<ImportTask, "cataloguePath" | "content">): Promise<ImportDone>;
  /** Undoes, removes or clears. @throws Failure as runChange. */
  change<Task extends ChangeTask>(task: Task): Promise<Changed[Task["change"]]>;
  close(): Promise<void>;
}

/** Up to here an upload is imported at once: that takes some milliseconds, and a thread would take as long. */
const AT_ONCE_BYTES = 32_768;
/** An upload up to here stays in memory. */
const IN_MEMORY_BYTES = 1_048_576;

/** Set by build.ts: where the compiled binary stores the module. */
declare const AGENTLINK_IMPORT_WORKER: string | undefined;

const WORKER_FILE =
  typeof AGENTLINK_IMPORT_WORKER === "string" ? AGENTLINK_IMPORT_WORKER : join(import.meta.dir, "worker.ts");

export function createImporter({ cataloguePath }: { readonly cataloguePath: string }): Importer {
  const uploads = `${basename(cataloguePath)}-upload-`;
  const folder = dirname(cataloguePath);
  // What a service that was killed had half received.
  for (const name of readdirSync(folder)) if (name.startsWith(uploads)) rmSync(join(folder, name), { force: true });
  const threads = createLateThread(WORKER_FILE);
  /** Written by `close`. */
  let closed = false;

  async function inThread(task: ThreadTask): Promise<ThreadDone> {
    try {
      return returned((await threads.run(task)) as Outcome<ThreadDone>);
    } catch (error) {
      if (!closed || error instanceof Failure) throw error;
      throw new Failure("catalogue_closed", messages.stopping, {
        transient: true,
        cause: error,
      });
    }
  }

  return {
    async import(chunks, task) {
      const path = join(folder, `${uploads}${crypto.randomUUID()}`);
      try {
        const content = await receive(chunks, path);
        const whole = { ...task, cataloguePath, content };
        return "bytes" in content && content.bytes.length <= AT_ONCE_BYTES
          ? await runImport(whole, false)
          : ((await inThread({ work: "import", task: whole })) as ImportDone);
      } finally {
        await rm(path, { force: true });
      }
    },
    change: async <Task extends ChangeTask>(task: Task) =>
      (await inThread({ work: "change", cataloguePath, task })) as Changed[Task["change"]],
    async close() {
      closed = true;
      await threads.destroy();
    },
  };
}

/** In memory while it is small, else in a file: it may have to be read twice, and a workbook is read from its end. */
async function receive(chunks: AsyncIterable<Uint8Array>, path: string): Promise<ImportTask["content"]> {
  let parts: Uint8Array[] = [];
  let length = 0;
  let file: Awaited<ReturnType<typeof open>> | null = null;
  try {
    for await (const chunk of chunks) {
      length += chunk.length;
      parts.push(chunk);
      if (length <= IN_MEMORY_BYTES) continue;
      file ??= await open(path, "wx", 0o600);
      for (const part of parts) await file.writeFile(part);
      parts = [];
    }
  } catch (error) {
    const { message } = asFailure(error);
    if (!/ENOSPC|disk is full/i.test(message)) throw error;
    throw new Failure("disk_full", messages.diskFull(message), {
      transient: true,
      cause: error,
    });
  } finally {
    await file?.close();
  }
  return file === null ? { bytes: new Uint8Array(Buffer.concat(parts)) } : { path };
}
