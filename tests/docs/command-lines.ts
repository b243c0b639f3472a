import { run } from "../e2e/binary.ts";

/** A call of the program as a document has it: the words behind its name. */
export type CommandLine = readonly string[];

/** The program where a command is, by each name it has: installed, built, of a release, in the image. */
const CALLED =
  /(?:^|[|(*]|\bsudo(?: -u \w+)?|\bexec(?: -T)? agentlink|\b[A-Z_]+=\S*)\s*(?:\.\/|\/|dist\/)?agentlink(?:-linux-x64|-as-service)? (.*)/;
/** A word may have quoted parts; what comes behind an operator of the shell or a comment is another command. */
const WORD = /\s*((?:"(?:\\.|[^"])*"|'[^']*'|\\.|[^\s"'|&;<>()#])+)/y;

/** The calls of the program in a piece of shell. */
export function commandLines(shell: string): readonly CommandLine[] {
  return shell
    .replaceAll("\\\n", " ")
    .split(/\n|&&|\|\||;/)
    .flatMap((line) => {
      const [, rest] = CALLED.exec(line) ?? [];
      return rest === undefined ? [] : [words(rest)];
    })
    .filter(([first = ""]) => /^[a-z-]/.test(first));
}

function words(text: string): readonly string[] {
  const found: string[] = [];
  WORD.lastIndex = 0;
  for (let match = WORD.exec(text); match !== null; match = WORD.exec(text)) found.push(match[1] ?? "");
  return found;
}

interface Usage {
  readonly commands: readonly string[];
  /** By the flag, whether a value follows. */
  readonly flags: ReadonlyMap<string, boolean>;
  readonly least: number;
  readonly most: number;
}

/** Checks command lines against the program's own usage. */
export function createUsages() {
  const known = new Map<string, Promise<Usage>>();

  function usageOf(path: readonly string[]): Promise<Usage> {
    const key = path.join(" ");
    const found = known.get(key) ?? request(path);
    known.set(key, found);
    return found;
  }

  return {
    /** What is wrong with it, in words; null where nothing is. A mention, such as `agentlink import`, needs no arguments. */
    async wrongWith(line: CommandLine, mention: boolean): Promise<string | null> {
      const path: string[] = [];
      let rest = [...line];
      let usage = await usageOf(path);
      while (usage.commands.length > 0 && !rest[0]?.startsWith("-")) {
        const [name, ...others] = rest;
        if (name === undefined) return mention ? null : `${path.join(" ")} needs a command`;
        if (!usage.commands.includes(name)) return `there is no command ${[...path, name].join(" ")}`;
        path.push(name);
        rest = others;
        usage = await usageOf(path);
      }
      let given = 0;
      while (rest.length > 0) {
        const word = rest.shift() ?? "";
        if (!word.startsWith("-") || word === "-") {
          given += 1;
          continue;
        }
        const [flag = "", value] = word.split("=");
        const takesValue = usage.flags.get(flag);
        if (takesValue === undefined) return `${path.join(" ")} has no flag ${flag}`;
        if (takesValue && value === undefined && rest.shift() === undefined && !mention) return `${flag} needs a value`;
      }
      if (given > usage.most) return `${path.join(" ")} takes ${usage.most} arguments`;
      return given < usage.least && !mention ? `${path.join(" ")} needs ${usage.least} arguments` : null;
    },
  };
}

async function request(path: readonly string[]): Promise<Usage> {
  const { stdout } = await run([...path, "--help"]);
  const [, usage = ""] = new RegExp(`^Usage: ${["agentlink", ...path].join(" ")}(.*)$`, "m").exec(stdout) ?? [];
  const positional = usage.match(/(<[^>]+>|\[(?!options|command)[^\]]+\])/g) ?? [];
  const section = (name: string) => new RegExp(`^${name}:\n((?: .*\n|\n(?= ))*)`, "m").exec(stdout)?.[1] ?? "";
  // Under "Options", or under the headings of their groups.
  const flags = [...stdout.matchAll(/^ {2}(?:(-\w), )?(--[\w-]+)( [<[])?/gm)];
  return {
    commands: [...section("Commands").matchAll(/^ {2}([a-z][\w-]*)/gm)].map(([, name = ""]) => name),
    flags: new Map(
      flags.flatMap(([, short, long = "", value]) =>
        [short, long].flatMap((flag) => (flag ? [[flag, value !== undefined] as const] : [])),
      ),
    ),
    least: positional.filter((each) => each.startsWith("<")).length,
    most: positional.some((each) => each.includes("...")) ? Number.POSITIVE_INFINITY : positional.length,
  };
}
