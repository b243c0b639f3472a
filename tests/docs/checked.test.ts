import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { run } from "../e2e/binary.ts";
import { inlineCode, shellBlocks } from "./blocks.ts";
import { commandLines, createUsages } from "./command-lines.ts";

const ROOT = resolve(import.meta.dir, "../..");
const DOCUMENTS = ["README.md", "SECURITY.md", ...readdirSync(join(ROOT, "docs")).map((name) => `docs/${name}`)].filter(
  (name) => name.endsWith(".md"),
);
const read = (name: string) => readFileSync(join(ROOT, name), "utf8");

/** What documents leave to the reader: the secrets of the targets they name. */
const SECRETS = {
  AGENTLINK_DROPBOX_APP_KEY: "x",
  AGENTLINK_DROPBOX_REFRESH_TOKEN: "x",
  AGENTLINK_S3_ACCESS_KEY_ID: "x",
  AGENTLINK_S3_SECRET_ACCESS_KEY: "x",
};

const usages = createUsages();
const known = run(["config", "--json"]).then(({ stdout }) => {
  const settings = JSON.parse(stdout) as { variable: string }[];
  return settings.map(({ variable }) => variable);
});

test.each(DOCUMENTS)("each command of %s that is not run is one the shell and the program understand", async (name) => {
  const blocks = shellBlocks(read(name)).filter((block) => !block.run);
  for (const { code } of blocks) {
    const { exitCode, stderr } = await Bun.$`bash -n -c ${code}`.nothrow().quiet();
    expect({ code, exitCode, stderr: stderr.toString() }).toEqual({ code, exitCode: 0, stderr: "" });
  }
  const lines = [
    ...blocks.flatMap(({ code }) => commandLines(code).map((line) => ({ line, mention: false }))),
    ...inlineCode(read(name)).flatMap((code) => commandLines(code).map((line) => ({ line, mention: true }))),
  ];
  const wrong = await Promise.all(
    lines.map(async ({ line, mention }) => ({ line: line.join(" "), why: await usages.wrongWith(line, mention) })),
  );
  expect(wrong.filter(({ why }) => why !== null)).toEqual([]);
});

test.each(DOCUMENTS)("each setting that %s names is one of the program's, with a value it takes", async (name) => {
  const variables = await known;
  // What is run is checked against the program there, the wrong names of examples, too.
  const text = read(name).replaceAll(/^```\w+ (run|output)$[\s\S]*?^```$/gm, "");
  const named = new Set(text.match(/\bAGENTLINK_[A-Z0-9_]+\*?/g));
  const unknown = [...named].filter((each) => {
    if (each.endsWith("*") || each.endsWith("_"))
      return !variables.some((one) => one.startsWith(each.replace("*", "")));
    return !variables.includes(each) && !variables.includes(each.replace(/_FILE$/, ""));
  });
  expect(unknown).toEqual([]);
  const given = [...shellBlocks(text).map(({ code }) => code), ...inlineCode(text)].map(assignments);
  for (const env of given.filter((each) => Object.keys(each).length > 0)) {
    const { code, stderr } = await run(["config"], { env: { ...SECRETS, ...env } });
    expect({ env, code, stderr }).toEqual({ env, code: 0, stderr: "" });
  }
});

/** What a block sets, as the shell would: a list of settings, or those before a command. */
function assignments(shell: string): Record<string, string> {
  const found = shell.matchAll(/(?:^|[\s'])(AGENTLINK_\w+)=("[^"]*"|'[^']*'|[^\s']*)/gm);
  return Object.fromEntries(
    [...found].flatMap(([, variable = "", value = ""]) =>
      variable.endsWith("_FILE") ? [] : [[variable, value.replaceAll(/^['"]|['"]$/g, "").replaceAll("…", "x")]],
    ),
  );
}

test.each(DOCUMENTS)("each file and script of the repository that %s names is there", (name) => {
  const text = read(name);
  const files = [...text.matchAll(/(?<![\w/.-])((?:deploy|tests|src|bench|docs|data\/sample)\/[\w./-]*\w)/g)];
  expect(files.map(([, file = ""]) => file).filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  const called = [...text.matchAll(/\bbun(?:@[\d.]+)? run ([a-z:]+)/g)].map(([, script = ""]) => script);
  expect(called.filter((script) => !(script in scripts))).toEqual([]);
});

test("each service, profile and program that the documents give to Compose is in docker-compose.yml", () => {
  const { services } = parse(read("docker-compose.yml")) as {
    services: Record<string, { readonly profiles?: readonly string[] }>;
  };
  const text = DOCUMENTS.map(read).join("\n");
  const all = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, found = ""]) => found);
  const executed = all(/docker compose exec (?:-T )?(\S+ \S+)/g);
  expect(executed.length).toBeGreaterThan(2);
  expect(executed.filter((each) => !["agentlink /agentlink", "nginx nginx"].includes(each))).toEqual([]);
  expect(read("Dockerfile")).toContain('ENTRYPOINT ["/agentlink"');
  for (const service of all(/--scale (\w+)=/g)) expect(services).toHaveProperty(service);
  const profiles = Object.values(services).flatMap((each) => each.profiles ?? []);
  expect(all(/docker compose --profile (\w+)/g).filter((each) => !profiles.includes(each))).toEqual([]);
});

test("a command line that the program would refuse is found", async () => {
  const why = async (shell: string) => Promise.all(commandLines(shell).map((line) => usages.wrongWith(line, false)));
  expect(
    await why("agentlink keys create --name make --scope submit && ./agentlink-linux-x64 jobs list | cat"),
  ).toEqual([null, null]);
  expect(await why("X=$(agentlink submit Manly NSW --no-wait)\nagentlink backup 'a b.db' > log")).toEqual([null, null]);
  expect(await why("sudo -u agentlink agentlink job list")).toEqual(["there is no command job"]);
  expect(await why("agentlink jobs retry --all")).toEqual(["jobs retry has no flag --all"]);
  expect(await why("agentlink backup")).toEqual(["backup needs 1 arguments"]);
  expect(await why("journalctl -u agentlink -o cat # agentlink foo")).toEqual([]);
  expect(await why("agentlink backup --xml x; agentlink backup a b")).toEqual([
    "backup has no flag --xml",
    "backup takes 1 arguments",
  ]);
});
