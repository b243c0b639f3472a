import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { licenceProblems } from "../../release/licences.ts";
import { packagesOf } from "../../src/cli/licences/packages.ts";

const root = join(import.meta.dir, "../..");
const read = (name: string) => readFileSync(join(root, name), "utf8");

test("every package that is named is named by one version", () => {
  const { dependencies, devDependencies, trustedDependencies } = JSON.parse(read("package.json"));
  const loose = Object.entries<string>({ ...dependencies, ...devDependencies }).filter(
    ([, version]) => !/^(npm:[\w@/.-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
  );
  expect(loose).toEqual([]);
  // Nothing that a package brings runs while it is installed. Without a list Bun has one of its own: a script of one that it
  // trusts reports each installation to its maker.
  expect(trustedDependencies).toEqual([]);
});

/** Packages that no file imports, as a program of theirs runs or another package requests them. */
const RUN_OR_REQUESTED = new Set([
  "@biomejs/biome",
  "@types/bun",
  // By @cyclonedx/cyclonedx-library, which checks the bill of materials with it.
  "ajv-formats-draft2019",
  "dependency-cruiser",
  "knip",
  "typescript",
  "typescript-7",
]);

test("every package that is named is imported: those of the product by it, the others by what is around it", async () => {
  const { dependencies, devDependencies } = JSON.parse(read("package.json"));
  const product = await importsOf("src/**/*.{ts,tsx,css}");
  const around = await importsOf("{tests,bench,release}/**/*.ts", "build.ts", "src/**/*.{ts,tsx}");
  const types = (name: string) => name.replace(/^@types\//, "");
  expect(Object.keys(dependencies).filter((name) => !product.has(name))).toEqual([]);
  expect(
    Object.keys(devDependencies).filter((name) => !RUN_OR_REQUESTED.has(name) && !around.has(types(name))),
  ).toEqual([]);
});

/** The packages that these files name, in whatever way: `import`, `require`, Bun.resolveSync or the path of a file. */
async function importsOf(...globs: readonly string[]): Promise<ReadonlySet<string>> {
  const files = (
    await Promise.all(globs.map((glob) => Array.fromAsync(new Bun.Glob(glob).scan({ cwd: root }))))
  ).flat();
  const texts = await Promise.all(files.map((file) => Bun.file(join(root, file)).text()));
  return new Set(
    texts.flatMap((text) =>
      [...text.matchAll(/["'](?:node_modules\/)?((?:@[\w.-]+\/)?[\w-][\w.-]*)(?:\/[^"'\s]*)?["']/g)].map(
        ([, name = ""]) => name,
      ),
    ),
  );
}

test("the lock file names the hash of every package, and no address of a registry", () => {
  const lock = read("bun.lock");
  const packages = lock
    .slice(lock.indexOf('"packages"'))
    .split("\n")
    .filter((line) => /^ {4}"/.test(line));
  expect(packages.length).toBeGreaterThan(100);
  expect(packages.filter((line) => !/"sha512-[\w+/=]+"\],?$/.test(line))).toEqual([]);
  expect(lock).not.toMatch(/https?:\/\//);
});

test("everything that goes into the binary has a licence that allows it", () => {
  const [, ...packages] = packagesOf(root);
  expect(packages.length).toBeGreaterThan(50);
  expect(licenceProblems(packages)).toEqual([]);
});

test("a licence that is not in the list, or none, is reported by the package's name", () => {
  const problems = (license?: string) =>
    licenceProblems([{ manifest: { name: "x", version: "1.0.0", ...(license === undefined ? {} : { license }) } }])
      .length;
  for (const good of ["MIT", "(MIT AND Zlib)", "GPL-3.0 OR MIT"]) expect([good, problems(good)]).toEqual([good, 0]);
  for (const bad of ["GPL-3.0", "MIT AND GPL-3.0", "SEE LICENSE IN FILE", undefined])
    expect([bad, problems(bad)]).toEqual([bad, 1]);
});

test("the check of advisories queries the registry for what is installed, and fails where it knows of one", async () => {
  const requested: Record<string, string[]>[] = [];
  const check = async (response: () => Response, ci = "") => {
    using registry = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      async fetch(request) {
        requested.push(JSON.parse(new TextDecoder().decode(Bun.gunzipSync(await request.bytes()))));
        return response();
      },
    });
    const child = Bun.spawn([process.execPath, "release/audit.ts"], {
      cwd: root,
      env: { ...process.env, CI: ci, BUN_CONFIG_REGISTRY: `http://127.0.0.1:${registry.port}` },
      stdout: "pipe",
      stderr: "inherit",
    });
    return { said: await new Response(child.stdout).text(), code: await child.exited };
  };
  const advisory = {
    id: 1,
    url: "https://github.com/advisories/GHSA-0000-0000-0000",
    title: "A door that stands open",
    severity: "high",
    vulnerable_versions: "<99",
  };
  expect(await check(() => Response.json({}))).toMatchObject({
    code: 0,
    said: expect.stringContaining("no advisories"),
  });
  const found = await check(() => Response.json({ elysia: [advisory] }));
  expect(found).toMatchObject({ code: 1, said: expect.stringContaining("A door that stands open") });
  const none = await check(() => new Response("no such page", { status: 405 }));
  expect(none).toMatchObject({ code: 0, said: expect.stringContaining("skipped: the registry does not respond") });
  // Where it decides about a release, what could not be checked is no pass.
  const unknown = await check(() => new Response("no such page", { status: 405 }), "true");
  expect(unknown).toMatchObject({ code: 1, said: expect.stringContaining("failed: the registry does not respond") });
  expect((await check(() => Response.json({}), "true")).code).toBe(0);
  const { elysia } = JSON.parse(read("package.json")).dependencies;
  expect(requested[0]?.elysia).toEqual([elysia]);
});
