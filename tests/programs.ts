import { test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";

/** The system programs some tests need, and the Debian package that brings each. */
const PACKAGES = {
  "redis-server": "redis-server",
  nginx: "nginx",
  chromium: "chromium",
  pdftotext: "poppler-utils",
  pdfinfo: "poppler-utils",
  qpdf: "qpdf",
  sqlite3: "sqlite3",
  openssl: "openssl",
  curl: "curl",
  python3: "python3",
  strace: "strace",
  "systemd-analyze": "systemd",
  faketime: "faketime",
} as const;
export type Program = keyof typeof PACKAGES;

/**
 * `test`, for what needs system programs. Where one is missing the tests are skipped with a line that says what to
 * install; under CI=true they run all the same, and fail.
 */
export function withPrograms(...programs: readonly Program[]): typeof test {
  const missing = programs.filter((program) => Bun.which(program) === null);
  if (missing.length === 0) return test;
  const packages = [...new Set(missing.map((program) => PACKAGES[program]))].join(" ");
  console.warn(`skipping tests that need ${missing.join(", ")}: apt-get install ${packages}`);
  return process.env.CI === "true" ? test : (test.skipIf(true) as typeof test);
}

/**
 * `test`, for what holds so many files and connections open. Under a lower limit it is skipped with a line that says
 * what to raise; under CI=true it runs all the same, and fails.
 */
export function withOpenFiles(count: number): typeof test {
  const limits = "/proc/self/limits";
  const limit = existsSync(limits) ? /^Max open files +(\d+)/m.exec(readFileSync(limits, "utf8"))?.[1] : undefined;
  if (limit === undefined || Number(limit) >= count) return test;
  console.warn(`skipping a test that needs ${count} open files, where ${limit} are allowed: ulimit -n ${count}`);
  return process.env.CI === "true" ? test : (test.skipIf(true) as typeof test);
}
