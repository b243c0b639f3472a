const LANGUAGES = ["sh", "python", "ts", "http"] as const;
export type Language = (typeof LANGUAGES)[number];

/** A fenced block of a document that is run, and what its output must have in it. */
export interface Block {
  /** The line of the document it begins at. */
  readonly line: number;
  readonly language: Language;
  readonly code: string;
  /** Lines that must come in this order; "…" stands for anything. Empty: it need only succeed. */
  readonly expected: readonly string[];
}

const FENCE = /^```(\w+) (run|output)$/;
const SHELL = /^( *)```sh( run)?\n([\s\S]*?)^\1```$/gm;

/**
 * The blocks marked to be run, as "```sh run", "```python run" and so on. A block marked "output" behind one shows what it
 * prints.
 */
export function runnableBlocks(markdown: string): readonly Block[] {
  const blocks: Block[] = [];
  const lines = markdown.split("\n");
  for (let at = 0; at < lines.length; at += 1) {
    const [, language = "", kind = ""] = FENCE.exec(lines[at] ?? "") ?? [];
    if (kind === "") continue;
    const end = lines.indexOf("```", at + 1);
    if (end === -1) throw new Error(`line ${at + 1}: the block does not end`);
    const body = lines.slice(at + 1, end);
    if (kind === "run") {
      const known = LANGUAGES.find((each) => each === language);
      if (known === undefined) throw new Error(`line ${at + 1}: ${language} is not run`);
      blocks.push({ line: at + 1, language: known, code: body.join("\n"), expected: [] });
    } else {
      const last = blocks.pop();
      if (last === undefined || last.expected.length > 0)
        throw new Error(`line ${at + 1}: this is the output of no block`);
      blocks.push({ ...last, expected: body });
    }
    at = end;
  }
  return blocks;
}

/** Every block of shell commands, those that are run and those that are not, without the indent of a list. */
export function shellBlocks(markdown: string): readonly { readonly code: string; readonly run: boolean }[] {
  return [...markdown.matchAll(SHELL)].map(([, indent = "", run, code = ""]) => ({
    code: code.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
    run: run !== undefined,
  }));
}

/** What is between backticks in the text around the blocks. */
export function inlineCode(markdown: string): readonly string[] {
  const text = markdown.replaceAll(/^ *```[\s\S]*?^ *```$/gm, "");
  return [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code);
}

/** The first expected line that the output does not have behind those before it; null when it has all. */
export function missingLine(output: string, expected: readonly string[]): string | null {
  const lines = output.split("\n");
  let from = 0;
  for (const line of expected.filter((each) => each.trim() !== "")) {
    const pattern = new RegExp(`^${line.trim().split("…").map(literally).join(".*")}$`);
    const found = lines.findIndex((each, at) => at >= from && pattern.test(each.trim()));
    if (found === -1) return line;
    from = found + 1;
  }
  return null;
}

function literally(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
