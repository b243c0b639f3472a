import { expect, test } from "bun:test";
import { openBlocks, type Parts, packBlocks } from "../../src/host/files/packed-blocks.ts";

const inMemory = (bytes: Uint8Array): Parts => ({
  size: bytes.length,
  read: (target, from) => target.set(bytes.subarray(from, from + target.length)),
});

test("any part of a file in blocks is what it was, also across several blocks", async () => {
  const content = Buffer.alloc(300_001);
  for (let at = 0; at < content.length; at++) content[at] = (at * at) >> 7;
  const packed = await packBlocks(content);
  expect(packed.length).toBeLessThan(content.length);
  const parts = openBlocks(inMemory(packed));
  expect(parts.size).toBe(content.length);
  const offsets = [0, 1, 65_536, 131_071, 131_072, 131_073, 262_144, 299_990, 300_000, 300_001];
  for (const from of offsets)
    for (const to of offsets.filter((each) => each >= from)) {
      const part = Buffer.alloc(to - from);
      parts.read(part, from);
      expect([from, to, part.equals(content.subarray(from, to))]).toEqual([from, to, true]);
    }
  expect(() => parts.read(Buffer.alloc(2), 300_000)).toThrow(RangeError);
});

test("a file that is not in blocks is read as it is", () => {
  const content = Buffer.from("a font of the source tree");
  const part = Buffer.alloc(4);
  openBlocks(inMemory(content)).read(part, 2);
  expect(part.toString()).toBe("font");
});
