import { expect, test } from "bun:test";
import { MagickFormat, MagickImage, MagickReadSettings } from "@imagemagick/magick-wasm";
import { preparePicture, withPictures } from "../../../src/report/pictures/picture.ts";
import { drawWithinPixels } from "../../../src/report/pictures/pictures.ts";
import { png } from "../../render/pictures.ts";
import { workOf } from "../../work.ts";

/** What a small file may cost: the thread that draws pictures is one for all clients. */

await withPictures(() => preparePicture(png(), "photo"));

/** A JPEG of one colour. */
function jpeg(width: number, height: number): string {
  const image = MagickImage.create("xc:gray", new MagickReadSettings({ width, height }));
  try {
    return image.write(MagickFormat.Jpeg, (bytes) => `data:image/jpeg;base64,${Buffer.from(bytes).toString("base64")}`);
  } finally {
    image.dispose();
  }
}

const segment = (marker: number, data: readonly number[]) => [0xff, marker, 0, data.length + 2, ...data];

/** A progressive JPEG of 8 × 8 pixels that goes over them so many times, the last time for all that is left. */
function scanned(times: number): string {
  const scan = (last: number, precision: number) => [...segment(0xda, [1, 1, 0, 1, last, precision]), 0x3f];
  const bytes = Buffer.from([
    ...[0xff, 0xd8, ...segment(0xdb, [0, ...Array(64).fill(1)]), ...segment(0xc2, [8, 0, 8, 0, 8, 1, 1, 0x11, 0])],
    ...[...segment(0xc4, [0, 1, ...Array(15).fill(0), 0]), ...segment(0xc4, [0x10, 1, ...Array(15).fill(0), 0])],
    ...[
      ...segment(0xda, [1, 1, 0, 0, 0, 0]),
      0x7f,
      ...Array(times - 2)
        .fill(scan(1, 0xd))
        .flat(),
      ...scan(63, 0),
      0xff,
      0xd9,
    ],
  ]);
  return `data:image/jpeg;base64,${bytes.toString("base64")}`;
}

test("a JPEG that goes over its pixels more often than any camera does is refused, whatever its size", () => {
  expect(preparePicture(scanned(20), "photo")).toHaveProperty("picture");
  expect(preparePicture(scanned(101), "photo")).toEqual({ problem: expect.stringContaining("is damaged"), pixels: 0 });
});

test("what a phone adds behind a photo, such as a film, is not counted as scans", () => {
  const photo = Buffer.from(scanned(20).split(",")[1] ?? "", "base64");
  const moving = Buffer.concat([photo, Buffer.alloc(300, "ffda", "hex")]);
  expect(preparePicture(`data:image/jpeg;base64,${moving.toString("base64")}`, "photo")).toHaveProperty("picture");
});

/** A WebP whose animation has so many frames, all of them the same (RFC 9649, 2.7.1). */
function animated(frames: number): string {
  const image = MagickImage.create("xc:gray", new MagickReadSettings({ width: 256, height: 256 }));
  const still = image.write(MagickFormat.WebP, (bytes) => Buffer.from(bytes).subarray(12));
  image.dispose();
  const chunk = (name: string, ...data: readonly Buffer[]) => {
    const head = Buffer.from(`${name}\0\0\0\0`, "latin1");
    head.writeUInt32LE(
      data.reduce((sum, { length }) => sum + length, 0),
      4,
    );
    return Buffer.concat([head, ...data]);
  };
  const size = Buffer.of(255, 0, 0, 255, 0, 0);
  const frame = chunk("ANMF", Buffer.alloc(6), size, Buffer.of(100, 0, 0, 0), still);
  const file = chunk(
    "RIFF",
    Buffer.from("WEBP"),
    chunk("VP8X", Buffer.of(2, 0, 0, 0), size),
    chunk("ANIM", Buffer.alloc(6)),
    ...Array<Buffer>(frames).fill(frame),
  );
  return `data:image/webp;base64,${file.toString("base64")}`;
}

test("an animation takes as much work and memory as its first frame, which is drawn", () => {
  const [one, many] = [animated(1), animated(200)];
  expect(preparePicture(many, "photo")).toEqual(preparePicture(one, "photo"));
  expect(preparePicture(one, "photo")).toHaveProperty("picture");
  const work = (dataUri: string) => workOf(() => preparePicture(dataUri, "photo"));
  expect(work(many)).toBeLessThan(10 * work(one));
}, 60_000);

test("a JPEG counts as what is decoded of it, so that forty photos of phones are within the limit", () => {
  const prepared = preparePicture(jpeg(4_000, 3_000), "photo");
  expect(prepared).toHaveProperty("picture");
  expect(prepared.pixels * 40).toBeLessThan(200e6);
  expect(prepared.pixels).toBeGreaterThan(1_280 * 960);
}, 60_000);

test("of what is no JPEG, and is decoded whole, 20 megapixels are taken", () => {
  expect(preparePicture(png({ width: 6_000, height: 3_334 }), "logo")).toEqual({
    ...{ problem: "has more than 20 megapixels: send a smaller one", pixels: 0 },
  });
});

test("the pictures of a request have 200 megapixels in all", async () => {
  const draw = drawWithinPixels(async () => ({ picture: "", pixels: 60e6 }));
  const drawn = [];
  for (let index = 0; index < 5; index++) drawn.push(await draw(new Uint8Array(), "photo"));
  expect(drawn.map((each) => ("problem" in each ? each.problem : ""))).toEqual([
    ...["", "", "", "", "comes after 200 megapixels of other pictures: send smaller ones"],
  ]);
});
