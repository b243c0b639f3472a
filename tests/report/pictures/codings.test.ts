import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { crc32, deflateSync } from "node:zlib";
import {
  ColorSpace,
  type IMagickImage,
  MagickFormat,
  MagickGeometry,
  MagickImage,
  MagickReadSettings,
} from "@imagemagick/magick-wasm";
import { type PictureUse, preparePicture, withPictures } from "../../../src/report/pictures/picture.ts";
import { png } from "../../render/pictures.ts";

// Files that few programs write and all browsers draw: what is stored must be what they show.

await withPictures(() => preparePicture(png(), "photo"));

const uri = (bytes: Buffer) => `data:image/jpeg;base64,${bytes.toString("base64")}`;

/** Red, green, blue and opacity of the picture as it is stored, at these parts of its sides. @throws Error where it was not taken. */
function stored(bytes: Buffer, use: PictureUse, ...parts: readonly (readonly [number, number])[]) {
  const prepared = preparePicture(uri(bytes), use);
  if ("problem" in prepared) throw new Error(prepared.problem);
  const image = MagickImage.create(Buffer.from(prepared.picture.split(",")[1] ?? "", "base64"));
  try {
    const { width, height } = image;
    const pixels = image.getPixels((all) => all.toByteArray(0, 0, width, height, "RGBA")) ?? new Uint8Array();
    const at = ([x, y]: readonly [number, number]) => 4 * (Math.floor(y * height) * width + Math.floor(x * width));
    return { size: [width, height], colours: parts.map((part) => [...pixels.subarray(at(part), at(part) + 4)]) };
  } finally {
    image.dispose();
  }
}

const near = ([r = -1, g = -1, b = -1, a = -1]: readonly number[] = [], ...to: readonly number[]) =>
  [r, g, b, a].every((one, nth) => Math.abs(one - (to[nth] ?? 0)) < 60);

/** 24 × 16, red at the top and blue at the bottom, as `cjpeg -arithmetic` writes it (ITU T.81, annex D). */
const ARITHMETIC = Buffer.from(
  "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYVpQYEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT0//yQARCAAQABgDASIAAhEBAxEB/8wACgAQEAUBEBEF/9oADAMBAAIRAxEAPwD/AGlPR1aFIgSSPGFX2tmTAecaSqrfXpxg/9k=",
  "base64",
);
/** 24 × 16 of 12 bits a sample, red at the left and blue at the right, as libjpeg-turbo 3.1 writes it. */
const TWELVE_BITS = Buffer.from(
  "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYVpQYEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT0//wQARDAAQABgDASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAACAAK/8QAGBABAAMBAAAAAAAAAAAAAAAAAAlHhcT/xAAWAQEBAQAAAAAAAAAAAAAAAAAKAwv/xAAcEQABBAMBAAAAAAAAAAAAAAAABgmFtQQFODn/2gAMAwEAAhEDEQA/AM+YNyVVvqchyA3JVW+pyJsK+giAlKXYjK3quHVvG2+ABtJNHsA0f//Z",
  "base64",
);

test("a JPEG of arithmetic coding is drawn; one that is cut, which decoders fill with noise, is refused", () => {
  const { size, colours } = stored(ARITHMETIC, "photo", [0.5, 0], [0.5, 0.99]);
  expect(size).toEqual([24, 16]);
  expect([near(colours[0], 255, 0, 0, 255), near(colours[1], 0, 0, 255, 255)]).toEqual([true, true]);
  for (let lost = 1; lost < 60; lost++)
    expect([lost, preparePicture(uri(ARITHMETIC.subarray(0, -lost)), "photo")]).toEqual([
      lost,
      { problem: expect.stringContaining("is damaged"), pixels: 0 },
    ]);
});

test("a JPEG of twelve bits is drawn; a grey one, which the library cannot read, is refused for that", () => {
  const { size, colours } = stored(TWELVE_BITS, "logo", [0.1, 0.5], [0.9, 0.5]);
  expect(size).toEqual([24, 16]);
  expect([near(colours[0], 249, 0, 0, 255), near(colours[1], 0, 0, 249, 255)]).toEqual([true, true]);
  // What the frame states of the samples and components (B.2.2) is read before any of them.
  const frame = TWELVE_BITS.indexOf("ffc1", 0, "hex");
  const grey = Buffer.concat([
    TWELVE_BITS.subarray(0, frame + 2),
    Buffer.from("000b0c001000180101110000", "hex").subarray(0, 11),
    TWELVE_BITS.subarray(frame + 19),
  ]);
  expect(preparePicture(uri(grey), "photo")).toHaveProperty(
    "problem",
    expect.stringMatching(/grey JPEG of 12 bits: save it/),
  );
});

/** A blue picture of 20 × 10. */
function blue(format: MagickFormat, change: (image: IMagickImage) => void = () => {}): Buffer {
  const image = MagickImage.create("xc:blue", new MagickReadSettings({ width: 20, height: 10 }));
  try {
    change(image);
    return image.write(format, (bytes) => Buffer.from(bytes));
  } finally {
    image.dispose();
  }
}

const u24 = (value: number) => Buffer.of(value & 255, (value >> 8) & 255, value >> 16);

function webpChunk(name: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(name, "latin1");
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
}

/** An animation of one frame (RFC 9649, 2.7.1), which is a part of its canvas. */
function animated(still: Buffer, x: number, y: number, width: number, height: number): Buffer {
  const frame = [u24(x / 2), u24(y / 2), u24(19), u24(9), u24(100), Buffer.of(0), still.subarray(12)];
  const body = Buffer.concat([
    webpChunk("VP8X", Buffer.concat([Buffer.of(2, 0, 0, 0), u24(width - 1), u24(height - 1)])),
    webpChunk("ANIM", Buffer.alloc(6)),
    webpChunk("ANMF", Buffer.concat(frame)),
  ]);
  const head = Buffer.from("RIFF\0\0\0\0WEBP", "latin1");
  head.writeUInt32LE(body.length + 4, 4);
  return Buffer.concat([head, body]);
}

const onCanvas = (x: number, y: number, width: number, height: number) =>
  blue(MagickFormat.Gif, (image) => {
    image.page = new MagickGeometry(x, y, width, height);
  });

test.each([
  ["a GIF", onCanvas(70, 80, 100, 100)],
  ["a WebP", animated(blue(MagickFormat.WebP), 70, 80, 100, 100)],
])("the first frame of %s that is a part of its canvas is drawn there, on nothing", (_, bytes) => {
  const { size, colours } = stored(bytes, "logo", [0.8, 0.85], [0.6, 0.85], [0.8, 0.7], [0, 0]);
  expect(size).toEqual([100, 100]);
  expect(near(colours[0], 0, 0, 255, 255)).toBe(true);
  expect(colours.slice(1).map(([, , , opacity]) => opacity)).toEqual([0, 0, 0]);
  expect(stored(bytes, "photo", [0, 0]).colours).toEqual([[255, 255, 255, 255]]);
});

test("a canvas is scaled to what is printed, one that is less than its frame grows, and one too large is refused", () => {
  const large = stored(onCanvas(2000, 1000, 4000, 2000), "logo", [0.502, 0.501], [0.4, 0.501]);
  expect(large.size).toEqual([840, 420]);
  expect(near(large.colours[0], 0, 0, 255, 255)).toBe(true);
  expect(large.colours[1]?.[3]).toBe(0);
  expect(stored(onCanvas(5, 0, 10, 10), "photo").size).toEqual([25, 10]);
  expect(preparePicture(uri(onCanvas(0, 0, 60_000, 60_000)), "photo")).toHaveProperty(
    "problem",
    expect.stringContaining("more than 20 megapixels"),
  );
});

function pngChunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

/** 8 × 4, of these samples at the left and those at the right, with the transparent colour `key` (ISO/IEC 15948, 11.3.2.1). */
function withKey(depth: number, type: number, left: string, right: string, key: string): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(8, 0);
  head.writeUInt32BE(4, 4);
  head.set([depth, type, 0, 0, 0], 8);
  const row = Buffer.from(`00${left}${right}`, "hex");
  return Buffer.concat([
    Buffer.from("89504e470d0a1a0a", "hex"),
    pngChunk("IHDR", head),
    pngChunk("tEXt", Buffer.from("Title\0logo")),
    pngChunk("tRNS", Buffer.from(key, "hex")),
    pngChunk("IDAT", deflateSync(Buffer.concat(Array(4).fill(row)))),
    pngChunk("IEND", Buffer.alloc(0)),
  ]);
}

test.each([
  ["1 bit", withKey(1, 0, "f", "0", "0001")],
  ["2 bits", withKey(2, 0, "aa", "00", "0002")],
  ["4 bits", withKey(4, 0, "5555", "0000", "0005")],
  ["8 bits", withKey(8, 0, "55555555", "00000000", "0055")],
  ["16 bits", withKey(16, 0, "5512".repeat(4), "0000".repeat(4), "5512")],
  ["8 bits and colours", withKey(8, 2, "801020".repeat(4), "000000".repeat(4), "008000100020")],
  ["16 bits and colours", withKey(16, 2, "801234567890".repeat(4), "000000000000".repeat(4), "801234567890")],
])("the transparent colour of a PNG of %s is transparent", (_, bytes) => {
  const { colours } = stored(bytes, "logo", [0.1, 0.5], [0.9, 0.5]);
  expect(colours.map(([, , , opacity]) => opacity)).toEqual([0, 255]);
  expect(stored(bytes, "photo", [0.1, 0.5]).colours).toEqual([[255, 255, 255, 255]]);
});

/** A profile of greys (ICC.1:2022, 7 and 8.3): of gamma 2.2, with the white point of all profiles. */
function greyProfile(): Buffer {
  const white = Buffer.from("0000f6d6000100000000d32d", "hex");
  const tags = {
    wtpt: Buffer.concat([Buffer.from("XYZ \0\0\0\0", "latin1"), white]),
    kTRC: Buffer.from("63757276000000000000000102330000", "hex"),
  };
  const head = Buffer.alloc(128 + 4 + 12 * 2);
  head.writeUInt32BE(0x02100000, 8);
  head.write("mntrGRAYXYZ ", 12, "latin1");
  head.write("acsp", 36, "latin1");
  white.copy(head, 68);
  head.writeUInt32BE(2, 128);
  let end = head.length;
  for (const [nth, [name, data]] of Object.entries(tags).entries()) {
    head.write(name, 132 + 12 * nth, "latin1");
    head.writeUInt32BE(end, 136 + 12 * nth);
    head.writeUInt32BE(data.length, 140 + 12 * nth);
    end += data.length;
  }
  head.writeUInt32BE(end, 0);
  return Buffer.concat([head, ...Object.values(tags)]);
}

/** The JPEG with a colour profile (ICC.1:2022, B.4). */
function profiled(jpeg: Buffer, profile: Buffer): Buffer {
  const head = Buffer.from("ffe20000", "hex");
  const data = Buffer.concat([Buffer.from("ICC_PROFILE\0\x01\x01", "latin1"), profile]);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, data, jpeg.subarray(2)]);
}

test("a profile of other colours than the picture has is ignored, as browsers do", () => {
  const screen = readFileSync(require.resolve("pdfkit/js/data/sRGB_IEC61966_2_1.icc"));
  const print = blue(MagickFormat.Jpeg, (image) => {
    image.colorSpace = ColorSpace.CMYK;
  });
  const grey = blue(MagickFormat.Jpeg, (image) => {
    image.colorSpace = ColorSpace.Gray;
  });
  const middle = (bytes: Buffer) => stored(bytes, "logo", [0.5, 0.5]).colours[0];
  for (const [bytes, profile] of [
    [blue(MagickFormat.Jpeg), greyProfile()],
    [print, screen],
    [print, greyProfile()],
    [grey, screen],
  ] as const)
    expect(middle(profiled(bytes, profile))).toEqual(middle(bytes));
  // One of its own is applied.
  expect(middle(profiled(grey, greyProfile()))).not.toEqual(middle(grey));
});

test.each([
  ["a web page", "<!DOCTYPE html>"],
  ["a web page", "<?xml version='1.0'?><!DOCTYPE html><html/>"],
  ["a web page", "<!-- sign in first -->\n<!DOCTYPE html>"],
  ["text", "<?xml version='1.0' encoding='UTF-8'?>\n<Error><Code>AccessDenied</Code></Error>"],
  ["text", '{"error":"expired"}'],
  ["text", "version https://git-lfs.github.com/spec/v1\n"],
  ["text", "Not found"],
  ["a film", "\0\0\0\x18ftypmp42\0\0\0\0"],
])("%s in the place of a picture is called that (%#)", (name, text) => {
  expect(preparePicture(uri(Buffer.from(text, "latin1")), "photo")).toEqual({
    problem: `is ${name}, not a picture: send the picture itself, or its own address`,
    pixels: 0,
  });
});
