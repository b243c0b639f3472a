import { appendFileSync, readFileSync } from "node:fs";

/** A test, or a group of them, that could not be run here. */
export interface Skipped {
  readonly name: string;
  /** As in "it needs nginx". */
  readonly why: string;
  /** Debian packages that would help. */
  readonly packages: readonly string[];
}

/** Where a run collects what it skipped (see verify.ts); without it each reason is printed once. */
const FILE = process.env.SKIPPED_TESTS_FILE;
const said = new Set<string>();

export function noteSkipped(skipped: Skipped): void {
  if (FILE !== undefined) {
    appendFileSync(FILE, `${JSON.stringify(skipped)}\n`);
    return;
  }
  if (said.has(skipped.why)) return;
  said.add(skipped.why);
  const help = skipped.packages.length === 0 ? "" : `: apt-get install ${skipped.packages.join(" ")}`;
  console.warn(`skipping "${skipped.name}" and the like, as ${skipped.why}${help}`);
}

/** What was skipped in a run, by reason, and in the last line what to install; nothing where nothing was. */
export function describeSkipped(file: string): readonly string[] {
  const all = readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line) => (line === "" ? [] : [JSON.parse(line) as Skipped]));
  if (all.length === 0) return [];
  const byReason = Map.groupBy(all, ({ why }) => why);
  const reasons = [...byReason].map(([why, skipped]) => `  ${skipped.length}: ${why} ("${skipped[0]?.name}")`);
  const packages = [...new Set(all.flatMap((each) => each.packages))].sort();
  const advice = packages.length === 0 ? [] : [`To run them: apt-get install ${packages.join(" ")}`];
  const what = all.length === 1 ? "1 test or group of tests was" : `${all.length} tests or groups of tests were`;
  return [`${what} not run here:`, ...reasons, ...advice];
}
