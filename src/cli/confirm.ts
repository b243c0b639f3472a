import { Failure } from "../failure.ts";
import { messages } from "./messages.ts";
import { prompt } from "./terminal.ts";

/** Prompts at the terminal, unless --yes was given. @throws Failure "usage" without either; "declined" for anything but yes. */
export async function confirmed(question: string, yes: boolean): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY) throw new Failure("usage", messages.noTerminal(question));
  const reply = await prompt(`${question} [y/N] `);
  if (!/^y(es)?$/i.test(reply.trim())) throw new Failure("declined", "nothing was changed");
}
