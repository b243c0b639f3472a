import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { syncToDiskNow } from "../../host/files/durable.ts";
import { messages } from "../messages.ts";

const NAME = "keys.required";
const TEXT = messages.marker;

/** Whether a key was ever made for the service of this data folder. */
export function keysWereMade(dataDir: string): boolean {
  return existsSync(join(dataDir, NAME));
}

/** Writes down, on the disk when this returns, that a key was made: a service that had keys never serves without them again. */
export function rememberKeys(dataDir: string): void {
  if (keysWereMade(dataDir)) return;
  const file = join(dataDir, NAME);
  writeFileSync(file, TEXT, { mode: 0o600 });
  syncToDiskNow(file);
  syncToDiskNow(dataDir);
}
