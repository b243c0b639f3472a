import { rm } from "node:fs/promises";
import { Failure, type Outcome, outcomeOf, returned } from "../../failure.ts";
import { messages } from "../messages.ts";
import { partOf, type RenderStep } from "../render.ts";
import { createMemoryGuard } from "./memory.ts";
import { createRenderPool, type Rendered, type RenderPool, type RenderPoolOptions, type RenderTask } from "./pool.ts";

/** A line from the process that renders: its progress, or its result. */
type RenderMessage = { readonly progress: RenderStep } | Outcome<Rendered>;

/** What the process receives, on one line. */
interface IsolatedTask extends Omit<RenderTask, "dataSet"> {
  /** JSON text. */
  readonly dataSet: string;
  /** Memory it may use itself. */
  readonly limitBytes: number;
}

/** A report of the largest allowed size is made in less. */
const LEAST_BYTES = 300_000_000;

/**
 * Renders one report in a process of its own, for a job under suspicion of having brought this one down: should it do
 * so again, only that process dies, and whose fault it was is certain. `command` starts `renderForParent`; both together
 * stay within `limitBytes`.
 */
export function createIsolatedRenderer(options: {
  readonly command: readonly string[];
  readonly limitBytes?: number;
}): Pick<RenderPool, "render"> {
  const { limitBytes = Number.MAX_SAFE_INTEGER } = options;
  return {
    async render(task, { signal, onProgress }) {
      signal?.throwIfAborted();
      const child = Bun.spawn([...options.command], { stdin: "pipe", stdout: "pipe", stderr: "inherit" });
      const end = () => child.kill("SIGKILL");
      signal?.addEventListener("abort", end, { once: true });
      try {
        // The pipe stays open behind the task: its end shows the child that its parent has gone.
        // A child that ended before it read the task is noticed by its exit, below, and not by the broken pipe.
        const left = Math.max(LEAST_BYTES, limitBytes - process.memoryUsage.rss());
        const separate: IsolatedTask = { ...task, dataSet: new TextDecoder().decode(task.dataSet), limitBytes: left };
        void send(child.stdin, `${JSON.stringify(separate)}\n`);
        for await (const line of lines(child.stdout)) {
          const message = JSON.parse(line) as RenderMessage;
          if (!("progress" in message)) return returned(message);
          onProgress?.(message.progress.done, message.progress.section);
        }
        await child.exited;
        await rm(partOf(task.output), { force: true });
        signal?.throwIfAborted();
        throw new Failure("render_crashed", messages.isolatedEnded(child.signalCode ?? `exit code ${child.exitCode}`), {
          transient: true,
          crashed: true,
        });
      } finally {
        signal?.removeEventListener("abort", end);
        end();
        await child.exited;
      }
    },
  };
}

/** Unheeded, a broken pipe would end this whole process. */
async function send(pipe: Bun.FileSink, text: string): Promise<void> {
  try {
    await pipe.write(text);
    await pipe.flush();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPIPE") throw error;
  }
}

/**
 * The other side: takes one task from standard input, writes the result to standard output. Ends when the parent has
 * ended, even while the render spins, because that is in a thread of its own.
 */
export async function renderForParent(options: Pick<RenderPoolOptions, "workerFile"> = {}): Promise<void> {
  const input = lines(Bun.stdin.stream());
  const first = await input.next();
  if (first.done) return;
  input.next().then(() => process.exit(1));
  const pool = createRenderPool({ threads: 1, ...options });
  const send = (line: RenderMessage) => Bun.write(Bun.stdout, `${JSON.stringify(line)}\n`);
  const { limitBytes, dataSet, ...rest } = JSON.parse(first.value) as IsolatedTask;
  const task = { ...rest, dataSet: new TextEncoder().encode(dataSet) };
  const tooLarge = new AbortController();
  createMemoryGuard({ limitBytes, isolated: true }).enter(task.dataSet.length, (reason) => tooLarge.abort(reason));
  await send(
    await outcomeOf(() =>
      pool.render(task, {
        signal: tooLarge.signal,
        onProgress: (done, section) => void send({ progress: { done, section } }),
      }),
    ),
  );
  process.exit(0);
}

/** The lines of a text that comes in pieces; what has no end of line yet is not one. */
export async function* lines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    yield* parts;
  }
}
