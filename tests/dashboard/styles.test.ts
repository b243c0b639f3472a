import { expect, test } from "bun:test";
import { join } from "node:path";
import { Glob } from "bun";

const ROOT = join(import.meta.dir, "../..");

async function textOf(pattern: string): Promise<string> {
  const paths = await Array.fromAsync(new Glob(pattern).scan(ROOT));
  return (await Promise.all(paths.map((path) => Bun.file(join(ROOT, path)).text()))).join("\n");
}

const styles = (await textOf("src/dashboard/client/styles/*.css")).replaceAll(/\/\*[\s\S]*?\*\//g, "");
/** The API's page has its own styles beside it. */
const code = await textOf("src/dashboard/**/*.{ts,tsx}");
const selectors = styles.replaceAll(/"[^"]*"|\{[^{}]*\}/g, " ");
const styled = new Set([...selectors.matchAll(/\.([a-zA-Z][\w-]*)/g)].map(([, name = ""]) => name));

test("each class that is styled is on an element: those of the charts' package aside", () => {
  const words = new Set(code.match(/[\w-]+/g));
  expect(styled.size).toBeGreaterThan(100);
  expect([...styled].filter((name) => !(name.startsWith("u-") || words.has(name)))).toEqual([]);
});

test("each class of an element is styled", () => {
  const named = [...code.matchAll(/\bclass="([^"]+)"/g)].flatMap(([, names = ""]) => names.split(/\s+/));
  expect(named.length).toBeGreaterThan(100);
  expect([...new Set(named)].filter((name) => !styled.has(name))).toEqual([]);
});

test("each variable of the styles is used", () => {
  const declared = [...new Set([...styles.matchAll(/(--[\w-]+)\s*:/g)].map(([, name = ""]) => name))];
  const uses = new Set([...`${styles} ${code}`.matchAll(/(?<=var\(|"|`)--[\w-]+/g)].map(([name]) => name));
  expect(declared.length).toBeGreaterThan(20);
  expect(declared.filter((name) => !uses.has(name))).toEqual([]);
});
