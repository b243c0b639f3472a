import { createInterface } from "node:readline/promises";
import { visibleText } from "../text/visible-text.ts";

/**
 * A line of what was requested: standard output. Texts of others (a suburb, a name, an error) command no terminal here,
 * and show themselves as what they are.
 */
export const print = (line: string) => void process.stdout.write(`${visibleText(line)}\n`);

/** A line whose texts are visible already, with colours in it. */
export const paint = (line: string) => void process.stdout.write(`${line}\n`);

/** A line about it: standard error, so that the output can be piped on. */
export const printError = (line: string) => void process.stderr.write(`${visibleText(line)}\n`);

/** Ends the program once its output has lost its reader, as after `| head`: its reader has seen enough. */
export function endWithReader(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
}

/** Prompts at the terminal. */
export async function prompt(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
}

/** Aborted by Ctrl-C; a second one ends the program at once. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  process.once("SIGINT", () => controller.abort());
  return controller.signal;
}

/** Whether what is written there is seen in colour: on a terminal that has any (TERM), where nothing forbids it. */
export function hasColour(
  { isTTY = false }: { readonly isTTY?: boolean | undefined },
  environment: Readonly<Record<string, string | undefined>> = process.env,
): boolean {
  return isTTY && wantsColour(environment) && environment.TERM !== "dumb";
}

/** Whether colours may be used at all: not if NO_COLOR has a value (https://no-color.org). */
export function wantsColour(environment: Readonly<Record<string, string | undefined>> = process.env): boolean {
  return (environment.NO_COLOR ?? "") === "";
}
