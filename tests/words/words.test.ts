import { expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { Glob } from "bun";
import ts from "typescript";
import { patternSentence } from "../../src/report/input/patterns.ts";
import { openApi } from "../http/api.ts";
import { sentencesIn } from "./literals.ts";

/** Each source file and test is read. */
setDefaultTimeout(120_000);
const ROOT = join(import.meta.dir, "../..");
const GENERATED = "src/client/api.ts";

/** Words of before the glossary, each with the field's own. */
const FORBIDDEN: readonly (readonly [expression: RegExp, instead: string])[] = [
  [/\banew\b/i, "again"],
  [/\bmeanwhile\b/i, "while …, until then"],
  [/\bfor who\b/i, "for clients that, if you"],
  [/\btold of\b|\btell of\b|\btells of\b/i, "notified, reported"],
  [/\b(go|goes|gone|going) on with\b/i, "resume, continue with"],
  [/\btries\b|\b(a|an|each|every|one|its|another|next|last|first|no|the) try\b/i, "attempt"],
  [/\btroubles?\b/i, "problem"],
  [/\bin vain\b/i, "failed"],
  [/\bleft alone\b|\bleave alone\b/i, "paused, not called"],
  [/\banswer(s|ed)?\b/i, "response, responds, result"],
];
/** The same, and what only the texts that a person reads must not have. */
const IN_TEXTS: typeof FORBIDDEN = [
  ...FORBIDDEN,
  [/\bkept\b(?! as old)/i, "stored, retained"],
  [/\b(go|goes|going|went) on\b/i, "continue, resume"],
];
/** Code within a text. */
const NAMES = /`[^`\n]*`|\$\{[^}]*\}/g;

function offences(text: string, words = FORBIDDEN): readonly string[] {
  return text.split("\n").flatMap((line) =>
    words.flatMap(([expression, instead]) => {
      const found = expression.exec(line.replaceAll(NAMES, "…"));
      return found === null ? [] : [`"${found[0]}" (write: ${instead}) in: ${line.trim().slice(0, 200)}`];
    }),
  );
}

/** Fenced blocks are what programs print and people type. */
const prose = (markdown: string) => markdown.replaceAll(/^```[\s\S]*?^```/gm, "");
/** What is between quotes and is a text rather than a word, and what is between the tags of a page. */
function textsOf(source: string): string {
  const code = source.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$|(?<=[;,{}()\s])\/\/ .*$/gm, "");
  const quoted = [...code.matchAll(/"((?:[^"\\\n]|\\.)* (?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)* (?:[^`\\]|\\.)*)`/g)];
  const between = [...code.matchAll(/>([^<>{}=;]+)</g)];
  const texts = [...quoted, ...between].map(([, one, other]) => one ?? other ?? "");
  // Between two texts is code.
  return texts.filter((text) => !/[;=]\s|=>|\}\)|: \{|\bawait\b|\bthrow\b/.test(text)).join("\n");
}

async function filesOf(pattern: string): Promise<readonly string[]> {
  return (await Array.fromAsync(new Glob(pattern).scan(ROOT))).toSorted();
}

test("what a person reads has the words of the glossary", async () => {
  const found: string[] = [];
  const read = async (path: string) => await Bun.file(join(ROOT, path)).text();
  for (const path of ["README.md", "SECURITY.md", ...(await filesOf("docs/*.md"))]) {
    // What an upgrade renames is named there, both ways.
    if (path.endsWith("upgrade.md")) continue;
    found.push(...offences(prose(await read(path)), IN_TEXTS).map((each) => `${path}: ${each}`));
  }
  for (const path of await filesOf("src/**/*.{ts,tsx}"))
    if (path !== GENERATED)
      found.push(...offences(textsOf(await read(path)), IN_TEXTS).map((each) => `${path}: ${each}`));
  expect(found).toEqual([]);
});

test("the files that an operator installs or imports, and the changelog, have the words of the glossary", async () => {
  const found: string[] = [];
  const paths = ["Dockerfile", "docker-compose.yml", "CHANGELOG.md", ...(await filesOf("deploy/**/*"))];
  expect(paths.length).toBeGreaterThan(35);
  for (const path of paths)
    found.push(...offences(await Bun.file(join(ROOT, path)).text(), IN_TEXTS).map((each) => `${path}: ${each}`));
  expect(found).toEqual([]);
});

/** The words that comments and names of tests have no use for, beside those of texts. */
const IN_NAMES: typeof FORBIDDEN = [
  ...FORBIDDEN,
  [/\b(told|tells?|telling|answering|unanswered)\b/i, "report, notify, show, distinguish; responding"],
  [/\bunder way\b|\bin hand\b/i, "running, in progress, in flight; leased"],
  [
    /\b(nobody|somebody|everybody|anybody)\b/i,
    "the client, operator, user, program or host that is meant; unknown, public, shared",
  ],
  [
    /\b(hears?|heard|wish(es|ed)?|lately|seldom|shuts? out)\b/i,
    "receives, is notified; request; recently; rarely; locks out",
  ],
  [/\b(keeps? (nothing|what)|what \w+ holds?)\b/i, "stores, retains; contains"],
  [/\b(is|are|was|were|be|been) said\b|\bwhat (is|was) said\b/i, "reported, stated, printed, shown"],
  [
    /\b(stands?|stood) (above|among|at|before|behind|below|beside|between|in|on|over|there|together|under|with)\b/i,
    "is, are",
  ],
];
/** Comments describe what an error, a header, a page or a function does, each with its own verb. A test's name may be about a message. */
const IN_COMMENTS: typeof FORBIDDEN = [
  ...IN_NAMES,
  [/\b(says?|said|saying)\b/i, "reports, states, names, contains, means, returns, shows, decides"],
  [/\bindicates? nothing\b/i, "is no evidence, does not show, is ignored"],
  [/\bnone any more\b|\bis no more\b/i, "no longer valid, deleted, ended"],
  [/\b(?:comes?|came) to (?:nothing|its end)\b|\bwhat [^.;,]* (?:comes?|came) to\b/i, "failed, ended; the result of"],
  [/\b(?:be|is|are) had\b/i, "is available, can be loaded"],
  [/\*\*? (?:Looks|So (?:many|much|long|rarely|few))\b/, "Checks, examines; the number, share or time of"],
];
/** Names what an upgrade renames. */
const RENAMES = "src/queue/redis/lua/upgrade.lua";

/** Comments of TypeScript. One begins a line or is behind code: what looks like one within a pattern of files does not. */
function commentsOf(source: string): string {
  return (source.match(/^\s*\/\*[\s\S]*?\*\/|^\s*\/\/.*$|(?<=[;,{}()\]]\s+)\/\/ .*$/gm) ?? []).join("\n");
}

/** Names of tests and of groups of them: a text that a call takes before a function, whatever the call's own name. */
function testNamesOf(path: string, source: string): string {
  const names: string[] = [];
  const walk = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const [name, ...others] = node.arguments;
      const isText = name !== undefined && (ts.isStringLiteral(name) || ts.isTemplateLiteral(name));
      if (isText && others.some(ts.isFunctionLike)) names.push(name.getText(file).slice(1, -1));
    }
    ts.forEachChild(node, walk);
  };
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, false);
  walk(file);
  return names.join("\n");
}

/*
 * Comments of SQL migrations are not checked: a migration that a database may have run is never edited again, and SQLite stores
 * the text of a trigger with its comments: two databases of one version would differ. Later migrations rename what they named.
 */
test("comments of the code have the words of the glossary", async () => {
  const found: string[] = [];
  for (const path of await filesOf("{src,tests,bench,release}/**/*.{ts,tsx,lua,css}")) {
    if (path === GENERATED || path === RENAMES) continue;
    const source = await Bun.file(join(ROOT, path)).text();
    const text = path.endsWith(".lua") ? (source.match(/--.*$/gm) ?? []).join("\n") : commentsOf(source);
    found.push(...offences(text, IN_COMMENTS).map((each) => `${path}: ${each}`));
  }
  expect(found).toEqual([]);
});

test("names of tests have the words of the glossary", async () => {
  const found: string[] = [];
  let names = 0;
  for (const path of await filesOf("{tests,bench}/**/*.{ts,tsx}")) {
    const text = testNamesOf(path, await Bun.file(join(ROOT, path)).text());
    names += text === "" ? 0 : text.split("\n").length;
    found.push(...offences(text, IN_NAMES).map((each) => `${path}: ${each}`));
  }
  expect(found).toEqual([]);
  expect(names).toBeGreaterThan(1_500);
});

test("the scripts that Redis runs have the words of the glossary", async () => {
  const old = /\b(kept|keeps?|held|told|tries|try|answers?|alone|quarantine|trouble)\b/i;
  const found: string[] = [];
  for (const path of await filesOf("src/queue/redis/lua/*.lua"))
    if (path !== RENAMES)
      for (const line of (await Bun.file(join(ROOT, path)).text()).split("\n"))
        if (old.test(line.replace(/--.*$/, ""))) found.push(`${path}: ${line.trim()}`);
  expect(found).toEqual([]);
});

test("the OpenAPI document has the words of the glossary, and each expression in it a sentence of its own", async () => {
  await using api = await openApi();
  const found: string[] = [];
  const patterns = new Set<string>();
  const walk = (value: unknown, key: string): void => {
    if (typeof value === "string") {
      if (key === "pattern") patterns.add(value);
      if (key === "summary" || key === "description" || key === "title") found.push(...offences(value, IN_TEXTS));
    } else if (typeof value === "object" && value !== null)
      for (const [name, inside] of Object.entries(value)) {
        // Fields, parameters and names of schemas are keys, too.
        found.push(...offences(name.replaceAll(/_|(?<=[a-z])(?=[A-Z])/g, " ")));
        walk(inside, name);
      }
  };
  walk(await (await fetch(`${api.url}/openapi.json`)).json(), "");
  expect(found).toEqual([]);
  expect(patterns.size).toBeGreaterThan(5);
  for (const pattern of patterns) {
    expect(patternSentence(pattern)).toMatch(/^must be /);
    expect(patternSentence(pattern)).not.toContain("\\");
    expect(patternSentence(pattern)).not.toContain("^");
  }
  expect(new Set([...patterns].map(patternSentence)).size).toBe(patterns.size);
});

test("the glossary has no more than forty words, each used in the code", async () => {
  const rows = (await Bun.file(join(ROOT, "docs/glossary.md")).text()).match(/^\| \*\*.*$/gm) ?? [];
  expect(rows.length).toBeLessThanOrEqual(40);
  const code = (
    await Promise.all((await filesOf("src/**/*.{ts,tsx,lua,sql}")).map((path) => Bun.file(join(ROOT, path)).text()))
  )
    .join("\n")
    .toLowerCase();
  const words = rows.flatMap((row) =>
    [...(row.split("|")[1] ?? "").matchAll(/\*\*([^*]+)\*\*/g)].map(([, word = ""]) => word),
  );
  expect(words.length).toBeGreaterThan(30);
  const joined = (word: string) => [
    word,
    word.replaceAll(" ", ""),
    word.replaceAll(" ", "-"),
    word.replaceAll(" ", "_"),
  ];
  expect(words.filter((word) => !joined(word.toLowerCase()).some((form) => code.includes(form)))).toEqual([]);
});

test("no text says the same words twice in a row", async () => {
  const twice = /(?<![\w-])((?:[(`]?[A-Za-z][\w-]+[)`]?)(?: [(`]?[\w-]+[)`]?){0,4})(?: \1)+(?![\w-])/g;
  const found: string[] = [];
  for (const path of await filesOf("src/**/*.{ts,tsx}")) {
    const source = await Bun.file(join(ROOT, path)).text();
    // Few have any: the others need no parser.
    if (!source.match(twice)) continue;
    for (const { line, text } of sentencesIn(path, source, 3))
      for (const [repeated] of text.matchAll(twice)) found.push(`${path}:${line}: ${repeated}`);
  }
  expect(found).toEqual([]);
});
