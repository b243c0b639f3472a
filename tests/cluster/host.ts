import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { binaryPath, type RunningBinary, startBinary } from "../e2e/binary.ts";
import { wallClock } from "../e2e/wall-clock.ts";
import type { Network } from "./network.ts";

/** One host of a cluster: its process may die and be started again, its data folder stays. */
export interface Host {
  readonly number: number;
  /** Where it is just now; null while it is down. */
  url(): string | null;
  /** Under a wall clock that is off by so many seconds. */
  start(offS?: number): Promise<void>;
  /** Takes the data folder of another host for its own, as a machine that was made from that one's disk; while it is down. */
  becomeCopyOf(other: Host): Promise<void>;
  readonly dataDir: string;
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
  const dataDir = join(folder, `host-${number}`);
  return {
    number,
    dataDir,
    url: () => running?.url ?? null,
    async start(offS = 0) {
      const addresses = { AGENTLINK_HOST: network.address(number), AGENTLINK_REDIS_URL: network.redisUrl(number) };
      running = await startBinary({
        dataDir,
        command: [...network.command(number), binaryPath(), "serve"],
        env: { ...addresses, ...env, ...(offS === 0 ? {} : wallClock({ offS })) },
      });
    },
    async becomeCopyOf(other) {
      await rm(dataDir, { recursive: true, force: true });
      await cp(other.dataDir, dataDir, { recursive: true });
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
