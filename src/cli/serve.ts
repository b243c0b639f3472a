import type { Logger } from "pino";
import type { Config } from "../config.ts";
import { startService } from "../service.ts";

/** Runs the service until the process is told to stop; a second signal ends it at once (nothing is lost by that either). */
export async function serve(
  config: Config,
  log: Logger,
  renderCommand: readonly string[],
  socket: number | null,
): Promise<void> {
  const service = await startService(config, log, renderCommand, socket);
  // Before it says that it is up: who reads that may stop it at once.
  const signalled = untilSignal();
  log.info({ url: service.url, data_dir: config.dataDir }, `agentlink is up at ${service.url}`);
  const signal = await signalled;
  log.info({ signal, grace_ms: config.stopGraceMs }, "stopping: no new jobs, running ones may end");
  process.once(signal, () => process.exit(1));
  await service.stop();
  log.info("stopped");
  process.exit(0);
}

/** Resolves with the first of SIGTERM and SIGINT. */
export function untilSignal(): Promise<"SIGTERM" | "SIGINT"> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve(signal));
  });
}
