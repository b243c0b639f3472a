import { expect, test } from "bun:test";
import { dirname, join } from "node:path";
import { settings } from "../../src/settings/settings.ts";
import { binaryPath, run, temporaryFolder } from "./binary.ts";

test("help has each topic and each command, and the nearest name of what is neither", async () => {
  const all = await run(["--help"]);
  expect(all.stdout).toContain("exit-codes  exit codes");
  const notified = await run(["help", "settings"]);
  expect(settings.filter(({ variable }) => !notified.stdout.includes(variable))).toEqual([]);
  expect((await run(["help", "exit-codes"])).stdout).toMatch(/^ {2}4 +no service responds/m);
  expect((await run(["help", "jobs", "retry"])).stdout).toContain("--all-failed");
  expect(await run(["help", "data-base"])).toMatchObject({
    code: 2,
    stderr: 'agentlink: there is no command or topic "data-base". Did you mean database?\n',
  });
}, 120_000);

const isTooWide = (line: string) => line.length > 80;

/** Each command of the program, and the program, by the words that call it, with its help. */
async function commandsBelow(words: readonly string[] = []): Promise<readonly { words: string; help: string }[]> {
  const { stdout } = await run([...words, "--help"]);
  const names = [...(/^Commands:\n((?: .*\n)*)/m.exec(stdout)?.[1] ?? "").matchAll(/^ {2}([a-z][\w-]*)/gm)]
    .map(([, name = ""]) => name)
    .filter((name) => name !== "help" || words.length === 0);
  const below = await Promise.all(names.map((name) => commandsBelow([...words, name])));
  return [{ words: words.join(" "), help: stdout }, ...below.flat()];
}

test("the help of each command ends with an example that calls it, and fits 80 columns", async () => {
  const commands = await commandsBelow();
  expect(commands.length).toBeGreaterThan(45);
  for (const { words, help } of commands) {
    const [, examples = ""] = /\nExamples?:\n((?: {2}.*\n)+)$/.exec(help) ?? [];
    expect({ words, examples }).toEqual({ words, examples: expect.stringContaining(`agentlink ${words}`.trim()) });
    expect({ words, wide: help.split("\n").filter(isTooWide) }).toEqual({ words, wide: [] });
  }
}, 60_000);

test("the options of a command with many are in groups, and a secret's says where it is better put", async () => {
  const [serve, submit, list] = await Promise.all(
    [["serve"], ["submit"], ["jobs", "list"]].map(async (words) => {
      const { stdout } = await run([...words, "--help"]);
      return { help: stdout.replace(/\s+/g, " "), heads: [...stdout.matchAll(/^(\S.*):$/gm)].map(([, head]) => head) };
    }),
  );
  expect(serve?.heads).toEqual(expect.arrayContaining(["The service", "Several hosts", "Delivery", "Notifications"]));
  expect(submit?.heads).toEqual(
    expect.arrayContaining(["Request", "What the report counts", "What the report shows", "Result", "Settings"]),
  );
  expect(list?.heads).toEqual(expect.arrayContaining(["Which jobs", "Options", "Settings"]));
  for (const { flag, variable, secret, key } of settings)
    if (secret && key !== "key")
      expect(serve?.help).toMatch(new RegExp(`${flag} .*prefer ${variable}, or ${variable}_FILE`));
}, 120_000);

test("a secret that is given as a flag is warned of, on standard error", async () => {
  const { stdout, stderr, code } = await run(["config", "--json", "--callback-url", "https://hooks.example.com/1"]);
  expect({ code, warned: stderr }).toEqual({ code: 0, warned: expect.stringContaining("AGENTLINK_CALLBACK_URL_FILE") });
  expect(JSON.parse(stdout).length).toBeGreaterThan(40);
  expect(
    (await run(["config", "--json"], { env: { AGENTLINK_CALLBACK_URL: "https://hooks.example.com/1" } })).stderr,
  ).toBe("");
});

/** What bash offers after these words, by the script that the binary prints. */
async function offered(...words: readonly string[]): Promise<readonly string[]> {
  const script = `
    PATH="$1:$PATH"; shift
    source <(agentlink completion bash)
    COMP_WORDS=(agentlink "$@"); COMP_CWORD=$#
    [[ $(complete -p agentlink) == *"-o default"* ]] || exit 1
    compopt() { echo "compopt $*"; }
    __agentlink_complete
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const bash = Bun.spawn(["bash", "-c", script, "bash", dirname(binaryPath()), ...words], {
    cwd: temporaryFolder(),
    stdout: "pipe",
  });
  return (await new Response(bash.stdout).text())
    .trim()
    .split("\n")
    .map((line) => line.trim());
}

test("bash completes commands, their commands, and flags", async () => {
  expect(await offered("do")).toEqual(["doctor", "domain"]);
  expect(await offered("jobs", "")).toEqual(expect.arrayContaining(["list", "show", "cancel", "retry", "watch"]));
  expect(await offered("jobs", "retry", "--all")).toEqual(["--all-failed"]);
  // Where no word of its own fits, bash completes the names of files: `complete -o default`.
  for (const words of [
    ["import", "sa"],
    ["render", "--request", "a"],
    ["backup", ""],
  ])
    expect([words, await offered(...words)]).toEqual([words, [""]]);
}, 120_000);

test("each shell has its script, and where the shell is there, it reads it", async () => {
  const folder = temporaryFolder();
  for (const shell of ["bash", "zsh", "fish"] as const) {
    const { stdout, code } = await run(["completion", shell]);
    expect({ shell, code, named: stdout.includes("agentlink complete") }).toEqual({ shell, code: 0, named: true });
    const file = join(folder, shell);
    await Bun.write(file, stdout);
    if (Bun.which(shell) !== null) expect((await Bun.$`${shell} -n ${file}`.nothrow().quiet()).exitCode).toBe(0);
  }
  expect((await run(["completion", "tcsh"])).code).toBe(2);
}, 120_000);

test("every command that prints something prints it as JSON, too", async () => {
  const cwd = temporaryFolder();
  const json = async (...args: readonly string[]) => JSON.parse((await run([...args, "--json"], { cwd })).stdout);
  expect(await json("config")).toContainEqual(expect.objectContaining({ variable: "AGENTLINK_PORT", value: "8080" }));
  const made = await json("keys", "create", "--name", "make", "--scope", "submit");
  expect(made).toMatchObject({ name: "make", scope: "submit", key: expect.stringMatching(/^al_/) });
  expect(await json("keys", "list")).toMatchObject([{ id: made.id, name: "make", revoked_at: null }]);
  expect(await json("keys", "revoke", "make")).toMatchObject([{ id: made.id, name: "make" }]);
  expect(await json("doctor", "--offline")).toMatchObject({
    failures: expect.any(Number),
    findings: expect.any(Array),
  });
}, 60_000);
