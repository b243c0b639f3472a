import { existsSync, statSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import {
  type Accepted,
  ApiError,
  type ApiJob,
  type ApiReportRequest,
  type Client,
  type JobProgress,
} from "../client/client.ts";
import { asFailure, Failure } from "../failure.ts";
import { EXIT } from "./exit.ts";
import { messages } from "./messages.ts";
import { requireFolderOf } from "./output-file.ts";
import { createProgress, type ProgressTerminal } from "./progress.ts";
import { inOptions } from "./request-options.ts";
import { type ServiceAddress, withService } from "./with-service.ts";

export interface SubmitCommandOptions {
  readonly config: ServiceAddress;
  readonly request: ApiReportRequest;
  /** The options that were typed, by their keys: an error names the option. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly idempotencyKey?: string;
  /** Follow the job to its end. */
  readonly wait: boolean;
  readonly timeoutMs?: number;
  /** A file to download the PDF into, a folder for it, or "-" for the output. */
  readonly output?: string;
  readonly json: boolean;
  readonly terminal: Terminal;
}

export interface Terminal {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  readonly progress: ProgressTerminal;
  /** Writes bytes to the output. */
  readonly bytes: (bytes: Uint8Array) => unknown;
  /** Ctrl-C. */
  readonly signal?: AbortSignal;
}

/** Requests a report, follows it, and prints where the PDF is. Returns the exit code. */
export async function submit(options: SubmitCommandOptions): Promise<number> {
  const { config, request, idempotencyKey, wait, json, terminal } = options;
  requireFolderOf(options.output);
  const accepted = await withService(config, (client) =>
    client.submit(request, idempotencyKey === undefined ? {} : { idempotencyKey }).catch((error) => {
      throw error instanceof ApiError ? inOptions(error, options.flags) : error;
    }),
  );
  for (const warning of accepted.warnings) terminal.err(`warning: ${warning}`);
  if (!wait) {
    terminal.out(json ? JSON.stringify(accepted) : accepted.job_id);
    return EXIT.done;
  }
  return follow(accepted, options);
}

/** Follows a job to its end, through restarts of the service, and reports it. Returns the exit code. */
export async function follow(
  { job_id: id }: Pick<Accepted, "job_id">,
  { config, timeoutMs, output, json, terminal }: Omit<SubmitCommandOptions, "request" | "wait" | "flags">,
): Promise<number> {
  const progress = createProgress(terminal.progress);
  const { signal } = terminal;
  const requested = { ...(signal && { signal }) };
  try {
    return await withService(
      config,
      async (client) => {
        const stopWatching = terminal.progress.isTTY ? watchProgress(client, id, progress.move) : () => {};
        const job = await client
          .wait(id, { ...requested, ...(timeoutMs === undefined ? {} : { timeoutMs }), onChange: progress.show })
          .finally(stopWatching);
        progress.end();
        if (job.status !== "completed") {
          if (json) terminal.out(JSON.stringify(job));
          terminal.err(`agentlink: job ${id} ${describeEnd(job)}`);
          return EXIT.jobFailed;
        }
        let file: string | null = null;
        if (output !== undefined) {
          const report = await client.downloadReport(id, requested);
          if (output === "-") {
            terminal.bytes(report.bytes);
            return EXIT.done;
          }
          file = await write(report.bytes, output, report.fileName);
        }
        if (json) terminal.out(JSON.stringify(file === null ? job : { ...job, file }));
        else terminal.out(file ?? whereItIs(job));
        if (job.draft) terminal.err(messages.draft(id));
        return EXIT.done;
      },
      { unreachableMs: 10 * 60_000 },
    );
  } catch (error) {
    progress.end();
    if (!signal?.aborted) throw error;
    terminal.err(messages.stillRunning(id));
    return EXIT.interrupted;
  }
}

/** Follows the steps within a stage, as far as events report them: the job's end does not depend on them. */
function watchProgress(client: Client, id: string, move: (step: JobProgress) => void): () => void {
  const controller = new AbortController();
  const watch = async () => {
    for await (const event of client.events({ job: id, signal: controller.signal }))
      if (event.type === "progress") move(event.progress);
  };
  watch().catch(() => {
    // The bar then moves from stage to stage.
  });
  return () => controller.abort();
}

function describeEnd({ stage, failure }: ApiJob): string {
  return stage === "cancelled" ? "was cancelled" : `failed: ${failure?.message ?? messages.noReason}`;
}

/** A link to it, its path on this machine, or else its address on the service. */
function whereItIs({ result }: Pick<ApiJob, "result">): string {
  if (result === null) throw new Failure("internal", messages.noResult);
  if (result.url !== null) return result.url;
  return result.delivered_to !== null && existsSync(result.delivered_to) ? result.delivered_to : result.pdf_url;
}

/** Beside its name first, so that no reader ever sees half a PDF. */
async function write(bytes: Uint8Array, output: string, fileName: string): Promise<string> {
  const folder = output.endsWith("/") || (existsSync(output) && statSync(output).isDirectory());
  const path = resolve(folder ? join(output, fileName) : output);
  const part = `${path}.${crypto.randomUUID()}.part`;
  try {
    await writeFile(part, bytes, { flag: "wx", mode: 0o600 });
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw new Failure("unwritable", `${path} cannot be written: ${asFailure(error).message}`, { cause: error });
  }
  return path;
}
