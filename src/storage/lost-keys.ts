import type { Logger } from "pino";
import type { Config } from "../settings/config.ts";
import { messages } from "./messages.ts";

/** Logs that the keys are lost, and how to restore them; and when keys exist again. */
export function lostLog({ dataDir }: Pick<Config, "dataDir">, log: Logger) {
  return (how: string | null) => {
    if (how === null) log.info(messages.keysBack);
    else log.error(messages.keysLost(how, dataDir));
  };
}
