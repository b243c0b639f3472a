import { expect, test } from "bun:test";
import { join } from "node:path";
import { Glob } from "bun";

const ROOT = join(import.meta.dir, "../..");
const EXPORTED = /^export (?:abstract )?(?:interface|type|class) (\w+)/gm;
/** Programs of their own, whose types are the wire's view of the service's: the browser's bundle and the client. */
const OTHER_PROGRAMS = /^src\/(client|dashboard\/client)\//;

test("no name of an exported type has two meanings", async () => {
  const files = new Map<string, string[]>();
  for await (const path of new Glob("src/**/*.{ts,tsx}").scan(ROOT)) {
    if (OTHER_PROGRAMS.test(path)) continue;
    for (const [, name = ""] of (await Bun.file(join(ROOT, path)).text()).matchAll(EXPORTED))
      files.set(name, [...(files.get(name) ?? []), path]);
  }
  expect(files.size).toBeGreaterThan(300);
  expect([...files].filter(([, paths]) => new Set(paths).size > 1)).toEqual([]);
});
