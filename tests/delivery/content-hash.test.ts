import { expect, test } from "bun:test";
import fc from "fast-check";
import { fingerprint } from "../../src/delivery/dropbox/content-hash.ts";
import { FakeFiles } from "../fakes/dropbox-files.ts";

const MIB = 2 ** 20;
const sha256 = (content: Uint8Array) => new Bun.CryptoHasher("sha256").update(content).digest();

test("the hash of nothing is that of no blocks, as Dropbox documents it", async () => {
  const { contentHash } = await fingerprint([]);
  expect(contentHash).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
});

test("the hashes of the documented example's three blocks make its documented hash", () => {
  // The picture itself is not available: this checks how the hashes are joined against the documentation's own numbers.
  const blocks = [
    "2a846fa617c3361fc117e1c5c1e1838c336b6a5cef982c1a2d9bdf68f2f1992a",
    "c68469027410ea393eba6551b9fa1e26db775f00eae70a0c3c129a0011a39cf9",
    "7376192de020925ce6c5ef5a8a0405e931b0a9a8c75517aacd9ca24a8a56818b",
  ];
  expect(sha256(Buffer.from(blocks.join(""), "hex")).toHex()).toBe(
    "485291fa0ee50c016982abbfa943957bcd231aae0492ccbaa22c58e3997b35e0",
  );
});

test("a file of one block is the hash of its hash, and a full block more is one more", async () => {
  const block = new Uint8Array(4 * MIB).fill(7);
  const one = await fingerprint([block]);
  expect(one.contentHash).toBe(sha256(sha256(block)).toHex());
  const two = await fingerprint([block, block]);
  expect(two.contentHash).toBe(sha256(Buffer.concat([sha256(block), sha256(block)])).toHex());
  expect(two.bytes).toBe(8 * MIB);
});

test("it makes no difference how the stream is cut", async () => {
  const content = new Uint8Array(9 * MIB + 17).map((_, index) => index % 251);
  const expected = FakeFiles.contentHash(Buffer.from(content));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: content.length - 1 }), { maxLength: 6 }), async (cuts) => {
      const at = [0, ...cuts.toSorted((a, b) => a - b), content.length];
      const chunks = at.slice(1).map((end, index) => content.subarray(at[index], end));
      expect((await fingerprint(chunks)).contentHash).toBe(expected);
    }),
    { numRuns: 8 },
  );
});
