import { expect, test } from "bun:test";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../..");

/** Programs that `bun run` starts, called with what they do not know. */
test.each([
  ["release/main.ts", "solaris", "a target is one of bun-linux-x64, "],
  ["bench/main.ts", "nosuch", "there is no bench nosuch: name one of "],
  ["tests/fuzz/main.ts", "--nosuch", "usage: bun run fuzz --requests N --seed S"],
  ["tests/fuzz/main.ts", "--seed=x", "usage: bun run fuzz --requests N --seed S"],
  ["tests/torture/main.ts", "--minutes=0", "usage: bun run torture --minutes N --seed S"],
  ["tests/cluster/main.ts", "more", "usage: bun run torture:cluster --jobs N --seed S --calm SECONDS"],
])("%s says what to give it instead of %s, without a stack trace", (program, argument, says) => {
  const { exitCode, stderr } = Bun.spawnSync([process.execPath, program, argument], { cwd: ROOT, timeout: 60_000 });
  expect([exitCode, stderr.toString().split("\n").length]).toEqual([2, 2]);
  expect(stderr.toString()).toStartWith(says);
});
