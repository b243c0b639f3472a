import type { Command } from "commander";
import { distance } from "fastest-levenshtein";
import { Failure } from "../../failure.ts";
import { messages } from "../messages.ts";
import { print } from "../terminal.ts";
import { TOPICS } from "../topics.ts";

/** `help`, of a command as with --help, or of a topic. Added last: it knows what there is. */
export function helpCommand(program: Command): void {
  program.helpCommand(false);
  for (const group of program.commands)
    if (group.commands.length > 0) group.helpCommand("help [command]", "print help for a command");
  program
    .command("help")
    .description("print help for a command or topic")
    .argument("[name...]", `a command, or ${Object.keys(TOPICS).join(", ")}`)
    .action((names: string[]) => {
      const topic = names.length === 1 ? TOPICS[names[0] ?? ""] : undefined;
      if (topic !== undefined) return print(topic.text());
      find(program, names).outputHelp();
    });
  const longest = Math.max(...Object.keys(TOPICS).map((name) => name.length));
  const lines = Object.entries(TOPICS).map(([name, { summary }]) => `  ${name.padEnd(longest)}  ${summary}`);
  program.addHelpText("after", `\nTopics (agentlink help TOPIC):\n${lines.join("\n")}`);
}

/** The command these words name. @throws Failure "usage" with the nearest name. */
function find(program: Command, names: readonly string[]): Command {
  return names.reduce((command, name) => {
    const found = command.commands.find((each) => each.name() === name);
    if (found !== undefined) return found;
    const known = [...command.commands.map((each) => each.name()), ...Object.keys(TOPICS)];
    const [nearest] = known.sort((a, b) => distance(name, a) - distance(name, b));
    throw new Failure("usage", messages.noCommand(name, nearest));
  }, program);
}
