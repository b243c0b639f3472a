import type { Logger } from "pino";
import type { Config } from "../settings/config.ts";

/** Tells the log that the keys are gone, and what brings them back; and that they are there again. */
export function lostLog({ dataDir }: Pick<Config, "dataDir">, log: Logger) {
  return (how: string | null) => {
    if (how === null) log.info("there are keys again: requests with a key are accepted");
    else
      log.error(
        `the keys are lost, so every request is refused (${how}): restore a copy of the keys, or create a new one: agentlink keys create --name ops --scope admin --data-dir ${dataDir}`,
      );
  };
}
