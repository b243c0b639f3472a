import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { cruise, type ICruiseOptions, type ICruiseResult } from "dependency-cruiser";
import { isWithin, roomNames } from "./rooms.ts";

interface Paths {
  readonly path?: string;
  readonly pathNot?: string;
}

interface Rule {
  readonly name: string;
  readonly from: Paths;
  readonly to: Paths;
}

const ROOT = resolve(import.meta.dir, "../..");
const { forbidden, options } = (await import(join(ROOT, ".dependency-cruiser.cjs"))) as {
  readonly forbidden: readonly Rule[];
  readonly options: ICruiseOptions;
};

/** A tree with a file in each room of src/, and packages: what may be imported. */
const FILES: Readonly<Record<string, string>> = {
  "package.json": '{ "dependencies": { "elysia": "1.0.0" }, "devDependencies": { "fast-check": "1.0.0" } }',
  "node_modules/elysia/package.json": '{ "name": "elysia", "version": "1.0.0", "main": "index.js" }',
  "node_modules/elysia/index.js": "module.exports = 1;",
  "node_modules/fast-check/package.json": '{ "name": "fast-check", "version": "1.0.0", "main": "index.js" }',
  "node_modules/fast-check/index.js": "module.exports = 1;",
  ...Object.fromEntries(
    ["main.ts", "command-line.ts", "service.ts", ...roomNames().map((room) => `${room}/here.ts`)].map((file) => [
      `src/${file}`,
      "export const here = 1;",
    ]),
  ),
};
const TARGETS = Object.keys(FILES).filter((file) => file.startsWith("src/") || file === "node_modules/elysia/index.js");

/** How rules that are of no two paths are broken. */
const OWN_WAY: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "no-circles": {
    "src/host/breaks-no-circles.ts": 'export * from "./circle.ts";',
    "src/host/circle.ts": 'export * from "./breaks-no-circles.ts";',
  },
  "no-orphans": { "src/host/breaks-no-orphans.ts": "export const alone = 1;" },
  "no-development-package-in-the-product": {
    "src/host/breaks-no-development-package-in-the-product.ts": 'export * from "fast-check";',
  },
};

function isOf(file: string, { path, pathNot }: Paths): boolean {
  return (path === undefined || new RegExp(path).test(file)) && !(pathNot && new RegExp(pathNot).test(file));
}

/** A file that imports what the rule forbids; none where no file of any room can. */
function breaking({ name, from, to }: Rule): Readonly<Record<string, string>> {
  const own = OWN_WAY[name];
  if (own !== undefined) return own;
  for (const room of roomNames()) {
    const file = `src/${room}/breaks-${name.replaceAll("/", "-")}.ts`;
    const target = TARGETS.find((each) => isOf(file, from) && isOf(each, to));
    if (target === undefined) continue;
    const path = relative(dirname(file), target);
    const specifier = target.startsWith("src/") ? (path.startsWith(".") ? path : `./${path}`) : "elysia";
    return { [file]: `export * from "${specifier}";` };
  }
  return {};
}

/** The rules that a tree breaks in which each is broken once, by the file that is named after it. */
async function broken(): Promise<ReadonlySet<string>> {
  const folder = mkdtempSync(join(tmpdir(), "rules-"));
  const files = Object.assign({}, FILES, ...forbidden.map(breaking)) as typeof FILES;
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  const { output } = await cruise(["src"], {
    ...options,
    ...{ baseDir: folder, validate: true, ruleSet: { forbidden: [...forbidden] } },
  });
  const { violations } = (output as ICruiseResult).summary;
  return new Set(
    violations.flatMap(({ from, rule: { name } }) =>
      from.includes(`/breaks-${name.replaceAll("/", "-")}.`) ? [name] : [],
    ),
  );
}

const found = await broken();

describe("the rules of what may import what", () => {
  test.each(forbidden.map(({ name }) => name))("%s is refused where a file breaks it", (name) => {
    expect([...found]).toContain(name);
  });

  test("are there for each room, and for no room that is gone", () => {
    const ruled = forbidden.flatMap(({ name }) => /^arrows-of-(.+)$/.exec(name)?.[1] ?? []);
    expect(ruled.toSorted()).toEqual(roomNames().filter((name) => !isWithin(name)));
    const named = forbidden.flatMap(({ from, to }) =>
      [from, to].flatMap(
        ({ path = "", pathNot = "" }) => `${path} ${pathNot}`.match(/(?<=src\/\(?)[\w/|-]+(?=\))/g) ?? [],
      ),
    );
    const rooms = new Set(named.flatMap((list) => list.split("|")).filter((name) => /^[\w-]+(\/[\w-]+)*$/.test(name)));
    const isThere = (name: string) => roomNames().includes(name) || existsSync(join(ROOT, "src", `${name}.ts`));
    expect([...rooms].filter((name) => !isThere(name))).toEqual([]);
  });
});
