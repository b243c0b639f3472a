import { expect, test } from "bun:test";
import fc from "fast-check";
import { readItems } from "../../../src/report/sources/catalogue/json-list.ts";

/** The text in pieces that end anywhere. */
async function* cut(text: string, sizes: readonly number[]): AsyncGenerator<string> {
  for (let at = 0, piece = 0; at < text.length; piece += 1) {
    const size = sizes[piece % sizes.length] ?? 1;
    yield text.slice(at, at + size);
    at += size;
  }
}

const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
const itemsOf = async (text: string, by: readonly number[] = [3]) =>
  (await Array.fromAsync(readItems(cut(text, by)))).map((item) => item.text);

test("the items of any list, however it is cut and spaced, are those that JSON.parse finds", async () => {
  const lists = fc.array(fc.jsonValue({ maxDepth: 4 }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(lists, sizes, fc.constantFrom(0, 1, "\t"), async (list, by, indent) => {
      const text = ` ${JSON.stringify(list, null, indent)}\r\n`;
      const items = await itemsOf(text, by);
      expect(items.map((item) => JSON.parse(item ?? ""))).toEqual(JSON.parse(text) as unknown[]);
    }),
    { numRuns: 300 },
  );
});

test("no text is taken for a list that JSON.parse does not take for one", async () => {
  const strings = fc.string({ unit: fc.constantFrom(...'[]{},"\\1 a:'), maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(strings, sizes, async (text, by) => {
      const list = attempt(() => JSON.parse(text) as unknown);
      const read = await itemsOf(text, by).then(
        (items) => attempt(() => items.map((item) => JSON.parse(item ?? "") as unknown)),
        () => null,
      );
      expect(read).toEqual(Array.isArray(list) ? list : null);
    }),
    { numRuns: 3_000 },
  );
});

test("each item says where in the document it begins", async () => {
  const text = '[{"a": "x\\ny"},\n  {"b":\n 2}, 3 ]';
  for (const by of [1, 2, 5, 100]) {
    const items = await Array.fromAsync(readItems(cut(text, [by])));
    expect(items.map(({ line, column }) => [line, column])).toEqual([
      [1, 2],
      [1, 16],
      [3, 5],
    ]);
  }
});

test("an item that is longer than a row may be is skipped, and the next ones are read", async () => {
  const long = JSON.stringify("x".repeat(4_000_001));
  expect(await itemsOf(`[1,${long},2]`, [65_536])).toEqual(["1", null, "2"]);
});

function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}
