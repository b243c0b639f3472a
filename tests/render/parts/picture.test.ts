import { expect, test } from "bun:test";
import fc from "fast-check";
import { picture } from "../../../src/render/parts/picture.ts";
import { png } from "../pictures.ts";

test("a sound picture is taken, with its size", () => {
  expect(picture(png())).toMatchObject({ width: 8, height: 4 });
  expect(picture(png({ alpha: true }))).toMatchObject({ width: 8, height: 4 });
});

test("one that is cut short, lies about its size or would fill the memory is not drawn", () => {
  expect(picture(png({ broken: true }))).toBeNull();
  expect(picture(png({ claim: 9 }))).toBeNull();
  expect(picture(png({ claim: 60_000 }))).toBeNull();
  expect(picture("https://example.com/logo.png")).toBeNull();
  expect(picture("data:image/svg+xml;base64,PHN2Zy8+")).toBeNull();
});

test("no bytes whatever make it throw", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 80 }), fc.boolean(), (bytes, jpeg) => {
      const head = jpeg ? [0xff, 0xd8, 0xff] : [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
      const base64 = Buffer.from([...head, ...bytes]).toString("base64");
      expect(() => picture(`data:image/${jpeg ? "jpeg" : "png"};base64,${base64}`)).not.toThrow();
    }),
  );
});
