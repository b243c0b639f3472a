/*
 * The command line: one file for each command, and the doctor.
 * Commands talk to a running service through src/client; those that need none open their files themselves.
 * Not here: what the service does while it runs, and the queue's backends: command-line.ts passes in what commands need of them.
 */

import { Command, type ErrorOptions, Help } from "commander";
import { messages } from "./messages.ts";
import { printError } from "./terminal.ts";
import { usageError } from "./usage-error.ts";

/**
 * A command that reports in the words of this program what is wrong with a call, and where its options or commands are
 * listed.
 */
class Program extends Command {
  override createCommand(name?: string): Command {
    return new Program(name);
  }

  override error(message: string, options?: ErrorOptions): never {
    const names: string[] = [];
    for (let each: Command | null = this; each !== null; each = each.parent) names.unshift(each.name());
    const name = names.join(" ");
    for (const line of usageError(message, name).split("\n")) printError(`agentlink: ${line}`);
    printError(this.commands.length > 0 ? messages.listsCommands(name) : messages.listsOptions(name));
    this.configureOutput({ outputError: () => {} });
    return super.error(message, options);
  }
}

/** The program, without its commands. `build` is what `--version` prints. */
export function createProgram(build: string): Command {
  return new Program("agentlink")
    .description(
      "Makes suburb reports for real-estate agencies: accepts jobs over HTTP, renders PDFs and delivers them.",
    )
    .version(build, "-V, --version", "print the version and the commit")
    .helpOption("-h, --help", "print help")
    .configureHelp({
      // Also beside long names: the widest of ours leave 30 characters of 80.
      minWidthToWrap: 24,
      // A flag that is off by default need not state it.
      optionDescription: (option) =>
        option.defaultValue === false ? option.description : new Help().optionDescription(option),
    })
    .exitOverride();
}

/** Options that mean something else where they are empty, or nothing: a script's empty variable must not. */
const NEVER_EMPTY = /^--(request|data|output|batch|root|map|sheet|kind|template|undelivered|action|document)$/;

/**
 * Refuses an option that was given more than once, of which only the last would count, and one that must not be empty.
 * Settings may be repeated: the last is in effect, as with the variables of a unit file.
 */
export function checkOptions(command: Command): void {
  for (const option of command.options) {
    // A setting lands on its own key.
    if (!(option.required || option.optional) || Object.hasOwn(option, "attributeName")) continue;
    let given = 0;
    command.on(`option:${option.name()}`, (value: string) => {
      given += 1;
      const name = option.long ?? option.flags;
      if (given > 1) command.error(messages.givenTwice(name), { code: "commander.invalidArgument" });
      if (value === "" && NEVER_EMPTY.test(name))
        command.error(messages.emptyOption(name), { code: "commander.invalidArgument" });
    });
  }
  for (const each of command.commands) checkOptions(each);
}
