import type { Logger } from "pino";
import type { Config } from "../settings/config.ts";

/** Tells the log that the keys are gone, and what brings them back; and that they are there again. */
export function lostLog({ dataDir }: Pick<Config, "dataDir">, log: Logger) {
  return (how: string | null) => {
    if (how === null) log.info("there are keys again: who shows one is let in");
    else
      log.error(
        `the keys are gone, so nobody is let in (${how}): put their copy back, or make new ones: agentlink keys create --name ops --scope admin --data-dir ${dataDir}`,
      );
  };
}
