import { expect, test } from "bun:test";
import { MagickFormat, MagickImage, MagickReadSettings } from "@imagemagick/magick-wasm";
import { preparePicture, withPictures } from "../../../src/report/pictures/picture.ts";
import { drawWithinPixels } from "../../../src/report/pictures/pictures.ts";
import { png } from "../../render/pictures.ts";

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
