import type { Config } from "../settings/config.ts";
import { describeConfig } from "../settings/settings.ts";

/** Prints every setting as a line that can stand in an environment file, under what it is for; or all as JSON. */
export function printConfig(
  environment: Readonly<Record<string, string | undefined>>,
  flags: Readonly<Partial<Record<keyof Config, string>>>,
  print: (line: string) => void,
  json = false,
): void {
  if (json) {
    print(JSON.stringify(describeConfig(environment, flags), null, 2));
    return;
  }
  for (const { variable, value, from, description } of describeConfig(environment, flags)) {
    print(`# ${description} (${from})`);
    print(`${variable}=${value}`);
  }
}
