import { type Config, describeConfig } from "../config.ts";

/** Prints every setting as a line that can stand in an environment file, under what it is for. */
export function printConfig(
  environment: Readonly<Record<string, string | undefined>>,
  flags: Readonly<Partial<Record<keyof Config, string>>>,
  print: (line: string) => void,
): void {
  for (const { variable, value, from, description } of describeConfig(environment, flags)) {
    print(`# ${description} (${from})`);
    print(`${variable}=${value}`);
  }
}
