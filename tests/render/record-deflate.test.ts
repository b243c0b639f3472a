import { expect, test } from "bun:test";
import { inflateSync } from "node:zlib";
import fc from "fast-check";
import { deflatedRecords } from "../../src/render/file/record-deflate.ts";

/** As a reader of a PDF does, filter by filter. */
const read = (bytes: Uint8Array) => inflateSync(inflateSync(bytes)).toString("latin1");

const deflated = (records: readonly string[]) => {
  let end = 0;
  return deflatedRecords(
    Buffer.from(records.join("")),
    records.map((record) => (end += Buffer.byteLength(record))),
  );
};

test("what is written as records is read back by zlib", () => {
  const record = fc.string({ unit: fc.integer({ min: 0, max: 126 }).map((code) => String.fromCharCode(code)) });
  const alike = fc.tuple(record, fc.nat({ max: 40 })).map(([text, count]) => Array<string>(count).fill(text));
  fc.assert(
    fc.property(fc.array(fc.oneof(alike, fc.array(record))), (groups) => {
      const records = groups.flat();
      expect(read(deflated(records))).toBe(records.join(""));
    }),
    { numRuns: 200 },
  );
});

test("records of any length are read back, as long as the one before or not", () => {
  const records = Array.from({ length: 700 }, (_, length) => "abc ".repeat(200).slice(0, length % 300));
  expect(read(deflated(records))).toBe(records.join(""));
  expect(read(deflated([]))).toBe("");
});

test("records that count up take less than a byte each", () => {
  const records = Array.from({ length: 4_000 }, (_, index) => `<</K ${String(index).padStart(4)}/P 17 0 R>>`);
  const bytes = deflated(records);
  expect(read(bytes)).toBe(records.join(""));
  expect(bytes.length).toBeLessThan(records.length);
  expect(Bun.deflateSync(Buffer.from(records.join("")), { level: 9 }).length).toBeGreaterThan(records.length);
});

test("what has no code is refused, not written as something else", () => {
  for (const text of ["caf\u00e9", "\u007f", "陳"]) expect(() => deflated([text])).toThrow("only ASCII");
});
