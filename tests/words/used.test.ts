import { expect, test } from "bun:test";
import { dirname, join, normalize } from "node:path";
import { Glob } from "bun";
import { messageNames } from "./literals.ts";

const ROOT = join(import.meta.dir, "../..");
/** Sentences of a room, and those of problem documents. */
const OF_SENTENCES = /(^|\/)(messages|errors)\.tsx?$/;
const IMPORT = /import\s+\{([^}]*)\}\s+from\s+"(\.[^"]+)"/g;

const sources = new Map(
  await Promise.all(
    (await Array.fromAsync(new Glob("src/**/*.{ts,tsx}").scan(ROOT))).map(
      async (path) => [path, await Bun.file(join(ROOT, path)).text()] as const,
    ),
  ),
);

/** The names that files take of a file of sentences, by the name that each of them imports it under. */
function usesOf(file: string): ReadonlySet<string> {
  const used = new Set<string>();
  for (const [path, source] of sources)
    for (const [, names = "", from = ""] of source.matchAll(IMPORT)) {
      if (normalize(join(dirname(path), from)) !== file) continue;
      for (const name of names.split(",")) {
        const local = name.split(" as ").at(-1)?.trim();
        if (!local) continue;
        for (const [, key = ""] of source.matchAll(new RegExp(`\\b${local}\\??\\.(\\w+)`, "g"))) used.add(key);
      }
    }
  const own = sources.get(file) ?? "";
  for (const [, key = ""] of own.matchAll(/\b(?:messages|errors)\.(\w+)/g)) used.add(key);
  return used;
}

test.each([...sources.keys()].filter((path) => OF_SENTENCES.test(path)).toSorted())(
  "each sentence of %s is used by a file that imports it",
  (file) => {
    const [sentences = ""] = /^export const (?:messages|errors)\b[\s\S]*?^}/m.exec(sources.get(file) ?? "") ?? [];
    const names = messageNames(sentences);
    expect(names.length).toBeGreaterThan(0);
    const used = usesOf(file);
    expect(names.filter((name) => !used.has(name))).toEqual([]);
  },
);
