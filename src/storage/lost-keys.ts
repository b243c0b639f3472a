import type { Logger } from "pino";
import type { Config } from "../settings/config.ts";
import { messages } from "./messages.ts";

/** Logs that the keys are gone, and what brings them back; and that they are there again. */
export function lostLog({ dataDir }: Pick<Config, "dataDir">, log: Logger) {
  return (how: string | null) => {
    if (how === null) log.info(messages.keysBack);
    else log.error(messages.keysLost(how, dataDir));
  };
}
