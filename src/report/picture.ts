/// <reference path="./wasm.d.ts" />

import {
  AlphaAction,
  ColorSpace,
  type IMagickImage,
  initializeImageMagick,
  MagickColor,
  MagickFormat,
  MagickGeometry,
  MagickImage,
  MagickImageInfo,
  MagickReadSettings,
} from "@imagemagick/magick-wasm";
import wasm from "@imagemagick/magick-wasm/magick.wasm" with { type: "file" };
import { readPacked } from "../host/packed.ts";
import { messages } from "./messages.ts";

/**
 * The one rule for pictures: what is taken is decoded here, turned upright, scaled to what is printed and written again,
 * so that whatever is stored can be drawn. ImageMagick reads more kinds of damage, colour spaces and depths than
 * anything written in JavaScript; it runs as WebAssembly, and gets but the four kinds of file that are named here.
 */

/** What a picture is for: it decides its size and how it is written. */
export type PictureUse = "photo" | "logo";

/** `pixels` is what it had, and so what it took to prepare. */
export type PreparedPicture =
  | { readonly picture: string; readonly pixels: number }
  | { readonly problem: string; readonly pixels: number };

/** The longest side in dots: the largest photo is printed 5 cm wide, the largest logo 7. */
const LONGEST_SIDE = { photo: 640, logo: 840 } as const;
const JPEG_QUALITY = { photo: 82, logo: 90 } as const;
/** A phone's photo has 12; each takes four bytes while it is scaled. */
const MAX_MEGAPIXELS = 40;
const MAX_SIDE = 16_000;

/** By how a file begins, whatever its label says. */
const KINDS: readonly { readonly head: string; readonly at: number; readonly format: MagickFormat }[] = [
  { head: "\x89PNG\r\n\x1a\n", at: 0, format: MagickFormat.Png },
  { head: "\xff\xd8\xff", at: 0, format: MagickFormat.Jpeg },
  { head: "GIF87a", at: 0, format: MagickFormat.Gif },
  { head: "GIF89a", at: 0, format: MagickFormat.Gif },
  { head: "WEBP", at: 8, format: MagickFormat.WebP },
];

/** Said to {@link withPictures}: nobody else sees it. */
class NotLoaded extends Error {}

let loaded = false;
let loading: Promise<void> | undefined;

/**
 * Runs the work. Where that meets the first picture of this thread it is run again once the library is loaded: that
 * takes a moment and memory, and most requests have no pictures.
 */
export async function withPictures<T>(work: () => T): Promise<T> {
  try {
    return work();
  } catch (error) {
    if (!needsPictures(error)) throw error;
    loading ??= initializeImageMagick(readPacked(wasm));
    await loading;
    loaded = true;
    return work();
  }
}

/** Was the work of {@link preparePicture} refused because the library is not loaded in this thread? */
export function needsPictures(error: unknown): boolean {
  return error instanceof NotLoaded;
}

/**
 * A picture as it is stored and drawn: a data URI of a baseline JPEG or of an 8-bit PNG. Call it within
 * {@link withPictures}.
 */
export function preparePicture(dataUri: string, use: PictureUse): PreparedPicture {
  const bytes = Buffer.from(dataUri.slice(dataUri.indexOf(",") + 1), "base64");
  const head = bytes.toString("latin1", 0, 16);
  const kind = KINDS.find((each) => head.startsWith(each.head, each.at));
  if (kind === undefined) return { problem: otherKind(head), pixels: 0 };
  if (!loaded) throw new NotLoaded(messages.pictureLibrary);
  // One frame of an animation; and never another reader than that of the kind.
  const settings = new MagickReadSettings({ format: kind.format, frameIndex: 0, frameCount: 1 });
  let pixels = 0;
  try {
    const { width, height } = MagickImageInfo.create(bytes, settings);
    if (width * height > MAX_MEGAPIXELS * 1e6) return { problem: messages.tooManyPixels(MAX_MEGAPIXELS), pixels };
    if (width > MAX_SIDE || height > MAX_SIDE)
      return { problem: messages.sideTooLong(width, height, MAX_SIDE), pixels };
    pixels = width * height;
    const side = LONGEST_SIDE[use];
    // A JPEG can be read at half, a quarter or an eighth of its size; asked for more, it would be blown up.
    if (kind.format === MagickFormat.Jpeg && Math.max(width, height) > 2 * side)
      settings.setDefine(MagickFormat.Jpeg, "size", `${2 * side}x${2 * side}`);
    const image = MagickImage.create(bytes, settings);
    try {
      return { picture: written(image, use, side), pixels };
    } finally {
      image.dispose();
    }
  } catch {
    return { problem: messages.damagedPicture, pixels };
  }
}

/** Kinds of pictures that people have and that are not read, by how their files begin. */
const OTHER_KINDS: readonly (readonly [RegExp, string])[] = [
  [/^.{4}ftyp(hei|hev|mif1|msf1)/s, messages.heic],
  [/^.{4}ftypavi/s, "an AVIF picture"],
  [/^(II\*\0|MM\0\*)/, "a TIFF picture"],
  [/^BM/, "a BMP picture"],
  [/^\0\0.\0/s, "an icon (ICO)"],
  [/^8BPS/, "a Photoshop file"],
  [/^(\xff\n|\0\0\0.JXL )/s, "a JPEG XL picture"],
  [/^(\xff\x4f\xff\x51|\0\0\0.jP {2})/s, "a JPEG 2000 picture"],
  [/^(\xef\xbb\xbf)?\s*<(svg|\?xml)/i, "an SVG drawing"],
  [/^(\xef\xbb\xbf)?\s*<(!doctype|html)/i, "a web page"],
  [/^%PDF-/, "a PDF file"],
  [/^(%!PS|\xc5\xd0\xd3\xc6)/, "a PostScript file"],
];

function otherKind(head: string): string {
  const [, name = "no PNG, JPEG, GIF or WebP picture"] = OTHER_KINDS.find(([begins]) => begins.test(head)) ?? [];
  return messages.otherPicture(name);
}

function written(image: IMagickImage, use: PictureUse, side: number): string {
  image.autoOrient();
  // Print colours and greys, too: the page is drawn in RGB.
  image.colorSpace = ColorSpace.sRGB;
  if (image.width > side || image.height > side) image.resize(new MagickGeometry(side, side));
  // Also what a camera notes, such as the place where it was taken.
  image.strip();
  const transparent = !image.isOpaque;
  if (transparent && use === "logo") {
    image.depth = 8;
    return dataUriOf(image, MagickFormat.Png32, "png");
  }
  if (transparent) {
    image.backgroundColor = new MagickColor(255, 255, 255);
    image.alpha(AlphaAction.Remove);
  }
  image.quality = JPEG_QUALITY[use];
  return dataUriOf(image, MagickFormat.Jpeg, "jpeg");
}

function dataUriOf(image: { write: IMagickImage["write"] }, format: MagickFormat, label: string): string {
  // The bytes are the library's own: they are copied before it uses them again.
  return image.write(format, (bytes) => `data:image/${label};base64,${Buffer.from(bytes).toString("base64")}`);
}
