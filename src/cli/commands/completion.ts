import tab from "@bomb.sh/tab/commander";
import type { Command } from "commander";

/**
 * `completion SHELL`, which prints a script for bash, zsh, fish or PowerShell, and the hidden `complete` that the script
 * asks at each press of the key. Added last: it knows the commands that are there.
 */
export function completionCommand(program: Command): void {
  tab(program, { completionCommandName: "completion" });
  program.commands
    .find((command) => command.name() === "completion")
    ?.description("print a script that completes commands and flags: bash, zsh, fish or powershell");
}
