import type { Command } from "commander";
import { settings } from "../../settings/settings.ts";
import { printConfig } from "../config.ts";
import { type Flags, withSettings } from "../flags.ts";
import { printLicences } from "../licences.ts";
import { print } from "../terminal.ts";

/** The commands that tell about the program and how it is set. */
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
