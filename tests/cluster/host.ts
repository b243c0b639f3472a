import { join } from "node:path";
import { binaryPath, type RunningBinary, startBinary } from "../e2e/binary.ts";
import type { Network } from "./network.ts";

/** One host of a cluster: its process may die and be started again, its data folder stays. */
export interface Host {
  readonly number: number;
  /** Where it is just now; null while it is down. */
  url(): string | null;
  start(): Promise<void>;
  end(signal: "SIGKILL" | "SIGTERM"): Promise<void>;
  /** All it ever logged. */
  log(): string;
}

export function createHost(
  number: number,
  network: Network,
  folder: string,
  env: Readonly<Record<string, string>>,
): Host {
  let running: RunningBinary | null = null;
  let before = "";
  return {
    number,
    url: () => running?.url ?? null,
    async start() {
      running = await startBinary({
        dataDir: join(folder, `host-${number}`),
        command: [...network.command(number), binaryPath(), "serve"],
        env: { AGENTLINK_HOST: network.address(number), AGENTLINK_REDIS_URL: network.redisUrl(number), ...env },
      });
    },
    async end(signal) {
      const ending = running;
      running = null;
      await ending?.end(signal);
      before += ending?.log() ?? "";
    },
    log: () => before + (running?.log() ?? ""),
  };
}
