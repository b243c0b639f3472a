import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Failure } from "../failure.ts";
import { messages } from "./messages.ts";

/** Before work begins whose result could not be written. @throws Failure "usage" where the folder of an output is missing. */
export function requireFolderOf(output: string | null | undefined): void {
  if (output == null || output === "-") return;
  const folder = output.endsWith("/") ? resolve(output) : dirname(resolve(output));
  if (!existsSync(folder)) throw new Failure("usage", messages.noFolderFor(folder));
}
