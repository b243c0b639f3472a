import type { Package } from "../src/cli/licences/packages.ts";

/** Licences whose packages may go into the binary: `agentlink licences` fulfils their terms. */
const ALLOWED = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "ISC",
  "MIT",
  "MIT-0",
  "OFL-1.1",
  "Unlicense",
  "Zlib",
]);

/** Packages that name no licence in their manifest, with the one that their text is. */
const READ_BY_HAND: Readonly<Record<string, string>> = { "png-js@1.1.0": "MIT" };

/** What is wrong with the licences of packages; empty when all are allowed. */
export function licenceProblems(packages: readonly Pick<Package, "manifest">[]): readonly string[] {
  return packages.flatMap(({ manifest: { name, version, license } }) => {
    const licence = license ?? READ_BY_HAND[`${name}@${version}`];
    if (licence === undefined)
      return [`${name} ${version} names no licence: read its text, and name it in ${import.meta.file}`];
    return isAllowed(licence) ? [] : [`${name} ${version} has the licence ${licence}, which is not in the list`];
  });
}

/** An expression of SPDX: with AND all of it must be allowed, with OR one part. */
function isAllowed(expression: string): boolean {
  const plain = expression.replace(/[()]/g, "").trim();
  if (/\sOR\s/i.test(plain)) return plain.split(/\sOR\s/i).some(isAllowed);
  return plain.split(/\sAND\s/i).every((licence) => ALLOWED.has(licence.trim()));
}
