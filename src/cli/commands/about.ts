/*
 * The commands as commander knows them: names, arguments, options, help, and the call of what they do.
 * One file for each topic; what a command does is in a file of cli/.
 * Not here: what a command does, and the examples of the help (examples.ts).
 */

import type { Command } from "commander";
import type { Config } from "../../settings/config.ts";
import { describeConfig, settings } from "../../settings/settings.ts";
import { type Flags, withSettings } from "../flags.ts";
import { licencesText } from "../licences/text.ts";
import { print } from "../terminal.ts";

/** The commands that describe the program and its settings. */
export function aboutCommands(program: Command): void {
  withSettings(
    program
      .command("config")
      .description("print the settings in effect and where each comes from")
      .option("--json", "print JSON", false),
    settings.map(({ key }) => key),
  ).action(({ json, ...flags }: Flags & { json: boolean }) => printConfig(process.env, flags, print, json));

  program
    .command("licences")
    .description("print the licences of the bundled software")
    .action(() => printLicences(print));
}

/** Prints every setting as a line of an environment file, under what it is for; or all as JSON. */
function printConfig(
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

/** Prints what is in this program that others made, each with its licence in full. */
function printLicences(print: (text: string) => void): void {
  print(licencesText());
}
