/*
 * The command line: one file for each command, and the doctor.
 * Commands talk to a running service through src/client; those that need none open their files themselves.
 * Not here: what the service does while it runs, and the queue's backends: main.ts passes in what commands need of them.
 */

import { Command, Help } from "commander";

/** The program, without its commands. `build` is what `--version` prints. */
export function createProgram(build: string): Command {
  return new Command("agentlink")
    .description("Makes real-estate agents reports: takes jobs over HTTP, renders PDFs and delivers them.")
    .version(build, "-V, --version", "print the version and the commit")
    .helpOption("-h, --help", "print help")
    .showHelpAfterError("(`agentlink --help` lists the commands)")
    .configureHelp({
      // Also beside long names: the widest of ours leave 30 characters of 80.
      minWidthToWrap: 24,
      // A flag that is off unless it is given need not say so.
      optionDescription: (option) =>
        option.defaultValue === false ? option.description : new Help().optionDescription(option),
    })
    .exitOverride();
}
