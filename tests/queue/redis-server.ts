import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../free-port.ts";
import { until } from "../until.ts";

/** A real Redis in a folder of its own, on a free port of loopback. */
export interface RedisServer {
  readonly port: number;
  readonly url: string;
  /** Ends the process as a SIGKILL does; `start` begins it again with what is on the disk. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Runs redis-cli; returns what it prints. */
  cli(...args: readonly string[]): Promise<string>;
  remove(): Promise<void>;
}

export interface RedisServerOptions {
  readonly appendfsync?: "always" | "everysec" | "no";
  /** Addresses it listens on beside loopback. */
  readonly bind?: readonly string[];
  /** `user:password` that redis-cli shows. */
  readonly login?: string;
  /** More of redis-server's own arguments. */
  readonly args?: readonly string[];
}

export const HAS_REDIS = Bun.which("redis-server") !== null;

/** Starts a redis-server; with AOF where `appendfsync` is not "no". */
export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const { appendfsync = "everysec", bind = [], args = [], login } = options;
  const folder = mkdtempSync(join(tmpdir(), "agentlink-redis-"));
  const port = freePort();
  let child: Bun.Subprocess | null = null;

  const cli = async (...words: readonly string[]) => {
    const [user, password] = login?.split(":") ?? [];
    const shown = user && password ? ["--user", user, "--pass", password, "--no-auth-warning"] : [];
    const run = Bun.spawn(["redis-cli", "-p", String(port), ...shown, ...words], { stdout: "pipe", stderr: "pipe" });
    return (await new Response(run.stdout).text()).trim();
  };

  async function start(): Promise<void> {
    const persistence = appendfsync === "no" ? ["--appendonly", "no"] : ["--appendonly", "yes"];
    child = Bun.spawn(
      [
        ...["redis-server", "--port", String(port), "--bind", "127.0.0.1", ...bind, "--dir", folder, "--save", ""],
        ...persistence,
        ...["--appendfsync", appendfsync, "--loglevel", "warning", "--logfile", join(folder, "log"), ...args],
      ],
      { stdout: "ignore", stderr: "ignore" },
    );
    await until(async () => {
      if (child?.exitCode !== null)
        throw new Error(`redis-server ended: ${await Bun.file(join(folder, "log")).text()}`);
      return (await cli("ping")) === "PONG";
    });
  }

  async function kill(): Promise<void> {
    child?.kill("SIGKILL");
    await child?.exited;
  }

  await start();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    start,
    kill,
    cli,
    async remove() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
