import { expect, test } from "bun:test";
import { join } from "node:path";
import { Glob } from "bun";

const ROOT = join(import.meta.dir, "../..");
/** A text of five words or more in a thrown failure: a sentence for a person, not a label. */
const SENTENCE = /new (?:Failure|Refused)\((?:\s*"[\w ]+",)+\s*(?:["`])(?:[^"`\s]+ ){4,}/g;

/** Rooms whose sentences are in one file; Dropbox's account and sign-in have their own, which its pages and commands share. */
const ROOMS = [{ room: "src/delivery", but: /messages\.ts$|dropbox\/(account|login|credentials)\.ts$/ }];

test.each(ROOMS)("the sentences of $room are in its messages.ts", async ({ room, but }) => {
  const elsewhere: string[] = [];
  for await (const path of new Glob(`${room}/**/*.ts`).scan(ROOT)) {
    if (but.test(path)) continue;
    const source = await Bun.file(join(ROOT, path)).text();
    elsewhere.push(...(source.match(SENTENCE) ?? []).map((found) => `${path}: ${found.replaceAll(/\s+/g, " ")}`));
  }
  expect(elsewhere).toEqual([]);
});

test("each sentence of src/delivery/messages.ts is used", async () => {
  const { messages } = await import("../../src/delivery/messages.ts");
  const sources = await Promise.all(
    (await Array.fromAsync(new Glob("src/delivery/**/*.ts").scan(ROOT))).map((path) =>
      Bun.file(join(ROOT, path)).text(),
    ),
  );
  const code = sources.join("\n");
  expect(Object.keys(messages).filter((name) => !new RegExp(`messages\\.${name}\\b`).test(code))).toEqual([]);
});
