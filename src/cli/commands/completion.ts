import completion from "@bomb.sh/tab";
import tab from "@bomb.sh/tab/commander";
import type { Command } from "commander";
import { messages } from "../messages.ts";
import { print } from "../terminal.ts";
import bash from "./completion.bash" with { type: "text" };

const NAME = "agentlink";
const SHELLS = ["bash", "zsh", "fish", "powershell"];

/**
 * `completion SHELL`, which prints a script for bash, zsh, fish or PowerShell, and the hidden `complete` that the script
 * asks at each press of the key. Added last: it needs the list of all commands. The library's script for bash takes the
 * names of files away, and needs functions that many machines do not have: bash has one of our own.
 */
export function completionCommand(program: Command): void {
  tab(program, { completionCommandName: "completion" });
  const command = program.commands.find((each) => each.name() === "completion");
  if (command === undefined) throw new Error(messages.noCompletion);
  command.description(`print the completion script for ${SHELLS.join(", ")}`);
  command.action((shell: string) => (shell === "bash" ? print(bash.trimEnd()) : completion.setup(NAME, NAME, shell)));
}
