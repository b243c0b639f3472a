import { describe, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { noteSkipped } from "./skipped.ts";

/** The system programs some tests need, and the Debian package that brings each. */
const PACKAGES = {
  "redis-server": "redis-server",
  nginx: "nginx",
  chromium: "chromium",
  pdftotext: "poppler-utils",
  pdfinfo: "poppler-utils",
  qpdf: "qpdf",
  mutool: "mupdf-tools",
  "hb-shape": "libharfbuzz-bin",
  sqlite3: "sqlite3",
  openssl: "openssl",
  curl: "curl",
  python3: "python3",
  strace: "strace",
  "systemd-analyze": "systemd",
  faketime: "faketime",
  setpriv: "util-linux",
  buildah: "buildah",
  promtool: "prometheus",
  java: "default-jre-headless",
} as const;
export type Program = keyof typeof PACKAGES;

/**
 * `test`, for what needs system programs. Where one is missing the tests are skipped, and the run ends with a line that
 * names what to install; under CI=true they run all the same, and fail.
 */
export function withPrograms(...programs: readonly Program[]): typeof test {
  const lack = lackOf(programs);
  return lack === null || process.env.CI === "true" ? test : skipping(test, lack);
}

/** `describe`, as {@link withPrograms} has `test`. */
export function groupWithPrograms(...programs: readonly Program[]): typeof describe {
  const lack = lackOf(programs);
  return lack === null || process.env.CI === "true" ? describe : skipping(describe, lack);
}

/**
 * `test`, for what this machine may be unable to do: where there is an obstacle it is skipped, under CI=true too, and
 * counted with it. `packages` are those of Debian that would remove it.
 */
export function unless(obstacle: string | null, ...packages: readonly string[]): typeof test {
  return obstacle === null ? test : skipping(test, { why: obstacle, packages });
}

/** `test`, for what only Linux has. */
export const onLinux: typeof test = unless(process.platform === "linux" ? null : "it is about Linux");

/**
 * `test`, for what holds so many open files and connections. Under a lower limit it is skipped and counted, with what to
 * raise; under CI=true it runs all the same, and fails.
 */
export function withOpenFiles(count: number): typeof test {
  const limits = "/proc/self/limits";
  const limit = existsSync(limits) ? /^Max open files +(\d+)/m.exec(readFileSync(limits, "utf8"))?.[1] : undefined;
  if (limit === undefined || Number(limit) >= count || process.env.CI === "true") return test;
  return unless(`it needs ${count} open files, and ${limit} are allowed (ulimit -n ${count})`);
}

interface Lack {
  readonly why: string;
  readonly packages: readonly string[];
}

function lackOf(programs: readonly Program[]): Lack | null {
  const missing = programs.filter((program) => Bun.which(program) === null);
  if (missing.length === 0) return null;
  return { why: `it needs ${missing.join(", ")}`, packages: missing.map((program) => PACKAGES[program]) };
}

function skipping<T extends typeof test | typeof describe>(kind: T, { why, packages }: Lack): T {
  const skipped = kind.skipIf(true);
  const noting = (name: string, ...rest: never[]) => {
    noteSkipped({ name: String(name), why, packages });
    return (skipped as (...args: unknown[]) => unknown)(name, ...rest);
  };
  // A table of them is one test of that name.
  const each = (table: unknown) => {
    const skippedEach = (skipped.each as (table: unknown) => (name: string, ...rest: never[]) => unknown)(table);
    return (name: string, ...rest: never[]) => {
      noteSkipped({ name, why, packages });
      return skippedEach(name, ...rest);
    };
  };
  return Object.assign(noting, { each }) as unknown as T;
}
