import type { Logger } from "pino";
import type { Config } from "../settings/config.ts";
import { openLocal } from "./local.ts";
import type { Backend, OnRecovered } from "./storage.ts";

/**
 * Opens the backend that is set. What speaks to Redis takes as long to load as all the rest of the service: it is, where
 * there is one.
 */
export async function openBackend(config: Config, log: Logger, onRecovered: OnRecovered): Promise<Backend> {
  if (config.redisUrl === null) return openLocal(config, log, onRecovered);
  const { openShared } = await import("./shared.ts");
  return openShared(config, config.redisUrl, log, onRecovered);
}
