import { openSqliteQueue } from "../../src/queue/sqlite/queue.ts";
import { EVERYTHING, post } from "./builders.ts";

/** A process of its own that posts and claims as fast as it can, and prints each id after its job was accepted. */
const [path = ""] = process.argv.slice(2);
const queue = openSqliteQueue({ path, queueLimit: 1_000_000 });
process.stdout.write("open\n");
for (;;) {
  const ids = await Promise.all(Array.from({ length: 8 }, () => post(queue)));
  process.stdout.write(`${ids.join("\n")}\n`);
  for (const claim of await queue.claim(EVERYTHING)) await queue.gathered(claim, "{}");
}
