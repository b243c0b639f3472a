import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, resolve } from "node:path";
import { longLived, MOST_LINES } from "./state.ts";

const ROOT = resolve(import.meta.dir, "../..");
/** A file under this with one user joins it, unless it has a reason of its own. */
const SMALL_LINES = 35;
/** A usual file has no more: one that would with the small one stays apart. */
const USUAL_LINES = 250;

/** Of these folders each file is one of a kind: another patch, route or publication is another file. */
const ONE_OF_A_KIND = ["src/render/patches/", "src/http/api/routes/", "src/import/publications/", "src/cli/commands/"];

/** Files with state that lives as long as the service. */
const LONG_LIVED: ReadonlySet<string> = new Set(
  [...longLived().values()].flatMap((fields) => fields.map(({ file }) => file)),
);

const REASONS: Readonly<Record<string, string>> = {
  "src/http/api/audit-actions.ts": "the words of recorded actions: the list grows without the route",
  "src/cli/licences/text.ts": "the build replaces it by the text",
  "src/report/pictures/png.ts": "a file format, as jpeg.ts is",
  "src/report/pictures/webp.ts": "a file format, as jpeg.ts is",
  "src/report/gazetteer/text.ts": "the build replaces it by the text",
  "src/storage/open.ts": "the backends import the interface of storage.ts, so that file cannot import them",
  "src/queue/sqlite/migration-files.ts": "the build replaces it by the texts",
  "src/queue/sqlite/newest-schema.ts": "the build replaces it by the schema",
};

const texts: ReadonlyMap<string, string> = new Map(
  readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" })
    .filter((path) => /\.tsx?$/.test(path) && !path.endsWith(".d.ts"))
    .map((path) => [`src/${path}`, readFileSync(join(ROOT, "src", path), "utf8")] as const),
);

interface User {
  readonly path: string;
  /** It imports the file when it is needed. */
  readonly late: boolean;
}

const users = new Map<string, User[]>();
for (const [path, text] of texts)
  for (const [match, file = ""] of text.matchAll(/(?:from |import\(|import )"(\.[^"]+)"/g)) {
    const target = normalize(join(dirname(path), file));
    users.set(target, [...(users.get(target) ?? []), { path, late: match.startsWith("import(") }]);
  }

function linesOf(path: string): number {
  return (texts.get(path) ?? "").split("\n").length - 1;
}

function isApart(path: string, { path: user, late }: User): boolean {
  const [, room = ""] = path.split("/");
  const together = linesOf(path) + linesOf(user);
  return (
    late ||
    path in REASONS ||
    /\/(messages|worker)\.tsx?$/.test(path) ||
    path === `src/${room}/${room}.ts` ||
    !user.startsWith(`src/${room}/`) ||
    ONE_OF_A_KIND.some((folder) => path.startsWith(folder)) ||
    together > USUAL_LINES ||
    (LONG_LIVED.has(user) && together >= MOST_LINES)
  );
}

test("a file of a few lines with one user has a reason of its own: its kind, its room, or the size of its user", () => {
  const small = [...texts.keys()].filter((path) => linesOf(path) < SMALL_LINES);
  const joinable = small.flatMap((path) => {
    const [user, ...others] = users.get(path) ?? [];
    return user === undefined || others.length > 0 || isApart(path, user) ? [] : [[path, user.path]];
  });
  expect(joinable).toEqual([]);
});

test("every file of that list is there", () => {
  for (const path of Object.keys(REASONS)) expect([path, texts.has(path)]).toEqual([path, true]);
});
