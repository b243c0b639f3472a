import { expect, test } from "bun:test";
import { join } from "node:path";
import { Glob } from "bun";
import ts from "typescript";

const ROOT = join(import.meta.dir, "../..");

/** Types, interfaces and classes that a file declares, private ones too, wherever in it. */
function typesIn(path: string, source: string): readonly string[] {
  const names: string[] = [];
  const walk = (node: ts.Node): void => {
    const isType = ts.isTypeAliasDeclaration(node) || ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node);
    if (isType && node.name !== undefined) names.push(node.name.text);
    ts.forEachChild(node, walk);
  };
  walk(ts.createSourceFile(path, source, ts.ScriptTarget.Latest, false));
  return names;
}

test("each name of a type is declared once in src, so that it has one meaning", async () => {
  const files = new Map<string, string[]>();
  for await (const path of new Glob("src/**/*.{ts,tsx}").scan(ROOT)) {
    if (path === "src/client/api.ts") continue;
    for (const name of typesIn(path, await Bun.file(join(ROOT, path)).text()))
      files.set(name, [...(files.get(name) ?? []), path]);
  }
  expect(files.size).toBeGreaterThan(1_000);
  expect([...files].filter(([, paths]) => paths.length > 1)).toEqual([]);
});

/** Words of before the glossary: response, reported, notify, problem, recovered, in flight, timeout, check and request are the words for names. */
const OLD_NAMES =
  /\b(answers?|answered|unanswered|told|tell|tells|telling|troubles?|troubled|kept|held|heard|asks?|asked|tries|tried|aTry|goOn|meanwhile|inherited|quarantine|leftAlone|takeBack|takenBack|isUnderWay|underWay|patience|patienceMs|PATIENCE_MS|errand|said|looks?|looked|looking|complain|wish|wishes|wished|nobody|somebody|everybody|parts(?=: \w+Dependencies\b))\b/gi;
/** Those of them that tests have no use for either. */
const OLD_NAMES_OF_TESTS =
  /\b(answers?|answered|told|tells?|troubles?|heard|asks?|aTry|goOn|meanwhile|takenBack|underWay|patience|patienceMs|PATIENCE_MS)\b/g;
/** The words by which a partner may agree; the asking price of a sale, which data calls an ask; names that an upgrade renames. */
const OF_OTHERS =
  /^src\/report\/(partners\/responses|figures\/(deal|price))\.ts$|^tests\/(report\/(additions|beside-says|market-says)|render\/(alt|side-by-side)-says|queue\/redis-format)\.test\.ts$|^(tests\/report\/dealings|bench\/shapes\/[\w-]+)\.ts$/;

/** It meant a locality, a position, a slot, an index, a store and more: a name must distinguish them. */
const PLACE = /\b(places?|PLACES?|\w+Places?|\w+_PLACES?)\b/g;
/** The field of a partner that a file or a request gives: suburbs and whole states. */
const PLACES_OF_PARTNERS =
  /^src\/(report\/(data-set|sources\/catalogue\/business-row)|import\/columns\/column-words)\.ts$|^tests\/(http\/accept|report\/sources\/catalogue-kinds|e2e\/job-says)\.test\.ts$/;

test("no name in the code is a word of before the glossary", async () => {
  const found: string[] = [];
  for await (const path of new Glob("{src,tests,bench,release}/**/*.{ts,tsx}").scan(ROOT)) {
    if (path === "src/client/api.ts" || path === "tests/words/names.test.ts" || OF_OTHERS.test(path)) continue;
    const source = await Bun.file(join(ROOT, path)).text();
    const code = source
      .replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|[\s;{}(),])\/\/.*$/gm, "")
      .replaceAll(/"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|>[^<>{}=;]+</g, '""')
      .replaceAll(/(?<=[=(,:[]\s*)\/(?![*/ ])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/g, '""');
    const old = path.startsWith("src/") ? OLD_NAMES : OLD_NAMES_OF_TESTS;
    for (const [name] of code.matchAll(old)) found.push(`${path}: ${name}`);
    if (PLACES_OF_PARTNERS.test(path)) continue;
    for (const [name] of code.matchAll(PLACE)) found.push(`${path}: ${name}`);
  }
  expect([...new Set(found)].toSorted()).toEqual([]);
});
