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
  // Nothing that a package brings runs while it is installed.
  expect(trustedDependencies ?? []).toEqual([]);
});

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

test("a licence that is not in the list, or none, is told by the package's name", () => {
  const problems = (license?: string) =>
    licenceProblems([{ manifest: { name: "x", version: "1.0.0", ...(license === undefined ? {} : { license }) } }])
      .length;
  for (const good of ["MIT", "(MIT AND Zlib)", "GPL-3.0 OR MIT"]) expect([good, problems(good)]).toEqual([good, 0]);
  for (const bad of ["GPL-3.0", "MIT AND GPL-3.0", "SEE LICENSE IN FILE", undefined])
    expect([bad, problems(bad)]).toEqual([bad, 1]);
});
