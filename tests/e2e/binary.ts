import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { until, within } from "../until.ts";

const BINARY = resolve(import.meta.dir, "../../dist/agentlink");

/** A folder of its own for one test; the operating system's temporary folder retains none of them for long. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "agentlink-test-"));
}

export interface RunningBinary {
  readonly url: string;
  readonly pid: number;
  /** What it has logged so far. */
  log(): string;
  /** Sends the signal and waits for the end; returns the exit code, or null where the signal ended it. */
  end(signal: "SIGKILL" | "SIGTERM" | "SIGINT"): Promise<number | null>;
}

export interface BinaryOptions {
  readonly dataDir: string;
  readonly binary?: string;
  /** Runs this in place of the binary's `serve`. */
  readonly command?: readonly string[];
  /** A listening socket to pass, as systemd does. */
  readonly socket?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** The compiled binary, as `bun run build` made it. */
export function binaryPath(): string {
  if (!existsSync(BINARY)) throw new Error("dist/agentlink is missing: bun run build");
  return BINARY;
}

/** Runs a command of the binary to its end, from an empty folder and with no environment but PATH. */
export async function run(
  args: readonly string[],
  options: { readonly stdin?: string; readonly env?: Record<string, string>; readonly cwd?: string } = {},
) {
  const child = Bun.spawn([binaryPath(), ...args], {
    cwd: options.cwd ?? temporaryFolder(),
    env: { PATH: process.env.PATH, ...options.env },
    stdin: options.stdin === undefined ? "ignore" : new Blob([options.stdin]),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { stdout, stderr, code };
}

/** The process that the socket is meant for has the shell's id: it takes its place. */
const WITH_SOCKET = 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" serve';

const START_LIMIT_MS = 60_000;
const END_LIMIT_MS = 300_000;

/** Those a failed test did not end: they end with the tests. */
const started = new Set<Bun.Subprocess>();
process.on("exit", endStarted);

/** The runner of the tests emits no "exit": temporary-folder.ts calls this at the end of each file. */
export function endStarted(): void {
  for (const child of started) child.kill("SIGKILL");
}

/** Starts `agentlink serve` from an empty folder, on a free port, and waits for the line that reports that it is up. */
export async function startBinary(options: BinaryOptions): Promise<RunningBinary> {
  const { dataDir, binary = binaryPath(), socket, env = {} } = options;
  const { command = socket === undefined ? [binary, "serve"] : ["sh", "-c", WITH_SOCKET, binary] } = options;
  const child = Bun.spawn([...command], {
    cwd: temporaryFolder(),
    env: { PATH: process.env.PATH, AGENTLINK_PORT: "0", AGENTLINK_DATA_DIR: dataDir, ...env },
    stdio: ["ignore", "pipe", "pipe", ...(socket === undefined ? [] : [socket])],
  });
  started.add(child);
  void child.exited.then(() => started.delete(child));
  let text = "";
  let up: (url: string) => void;
  const url = new Promise<string>((resolve) => {
    up = resolve;
  });
  const read = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      text += decoder.decode(chunk, { stream: true });
      const match = /agentlink is up at (http:\/\/[^\s"]+)/.exec(text);
      if (match?.[1]) up(match[1]);
    }
  };
  const reading = Promise.all([read(child.stdout), read(child.stderr)]);
  const ended = child.exited.then(async (code) => {
    await reading;
    throw new Error(`the binary ended with ${code} before it was up:\n${text}`);
  });
  ended.catch(() => {});
  return {
    url: await within(Promise.race([url, ended]), "the binary to say that it is up", START_LIMIT_MS).catch((error) => {
      child.kill("SIGKILL");
      // One that ended has printed everything.
      throw error.message.includes(text) ? error : new Error(`${error.message}\n${text}`, { cause: error });
    }),
    pid: child.pid,
    log: () => text,
    async end(signal) {
      child.kill(signal);
      await child.exited;
      return child.exitCode;
    },
  };
}

export interface JobStatus {
  readonly job_id: string;
  readonly status: "processing" | "completed" | "failed" | "cancelled";
  readonly stage: string;
  readonly attempts: number;
  /** "" where it did not fail. */
  readonly error: string;
  readonly failure: { readonly code: string; readonly message: string } | null;
  readonly commission_rate: string;
  readonly discount: string;
  readonly warnings: readonly string[];
  readonly result: {
    readonly sha256: string;
    readonly delivered_to: string;
    readonly pdf_url: string;
    readonly url: string | null;
    readonly pages: number;
  } | null;
}

/** Posts a report; returns the job's id. */
export async function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<string> {
  const response = await fetch(`${url}/api/generate-agents-report`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  return ((await response.json()) as { job_id: string }).job_id;
}

/** Waits for a job's end. */
export async function untilEnded(url: string, id: string): Promise<JobStatus> {
  return until(
    async () => {
      const response = await fetch(`${url}/api/job-status/${id}?wait=30`);
      if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
      const job = (await response.json()) as JobStatus;
      return job.status !== "processing" && job;
    },
    END_LIMIT_MS,
    `the end of job ${id}`,
  );
}
