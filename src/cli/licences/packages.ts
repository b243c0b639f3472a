import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { compareText } from "../../text/text.ts";

/** The fields of a package's package.json. */
export interface PackageManifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly author?: string | { readonly name?: string };
  readonly repository?: string | { readonly url?: string };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** A package that goes into the program. */
export interface Package {
  readonly folder: string;
  readonly manifest: PackageManifest;
  /** The `name@version` of each package it brings with it. */
  readonly needs: readonly string[];
}

/**
 * All packages the project in this folder depends on, near and far, by name; itself first. Development's are not there.
 * @throws when one is not installed: the list of licences would not be complete.
 */
export function packagesOf(root: string): readonly [Package, ...Package[]] {
  const found = new Map<string, Package>();
  const visit = (folder: string): Package => {
    const manifest = manifestOf(folder);
    const known = found.get(idOf(manifest));
    if (known !== undefined) return known;
    const needs: string[] = [];
    const met: Package = { folder, manifest, needs };
    found.set(idOf(manifest), met);
    for (const at of neededFolders(folder, manifest)) needs.push(idOf(visit(at).manifest));
    return met;
  };
  const own = visit(root);
  const others = [...found].filter(([, each]) => each !== own).sort(([a], [b]) => compareText(a, b));
  return [own, ...others.map(([, each]) => each)];
}

/** How a package is named where there may be several versions of it. */
export function idOf({ name, version }: PackageManifest): string {
  return `${name}@${version}`;
}

function neededFolders(folder: string, manifest: PackageManifest): readonly string[] {
  const { dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = manifest;
  const peers = Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true);
  return [...new Set([...Object.keys(dependencies), ...peers])].flatMap((name) => {
    // The built program has no types, nor the compiler that some packages name as their peer.
    if (name.startsWith("@types/") || name === "typescript") return [];
    const at = folderOf(name, folder);
    if (at !== null) return [at];
    if (name in dependencies) throw new Error(`${name} is not installed, so its licence is unknown`);
    return [];
  });
}

/** Found as by a require from that folder: the nearest node_modules wins. */
function folderOf(name: string, from: string): string | null {
  for (let folder = from; ; folder = dirname(folder)) {
    const at = join(folder, "node_modules", name);
    if (existsSync(join(at, "package.json"))) return at;
    if (folder === dirname(folder)) return null;
  }
}

function manifestOf(folder: string): PackageManifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as PackageManifest;
}
