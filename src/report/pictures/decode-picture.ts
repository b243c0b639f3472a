/// <reference path="./files.d.ts" />

import {
  AlphaAction,
  ColorProfile,
  ColorSpace,
  Gravity,
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
import standardColours from "pdfkit/js/data/sRGB_IEC61966_2_1.icc" with { type: "file" };
import { readPacked } from "../../host/files/packed.ts";
import { messages } from "../messages.ts";
import { canvasOf, cropToFrame, setOnCanvas } from "./canvas.ts";
import { hasUnreadSamples, lacksScans, scansIn } from "./jpeg.ts";
import { withReadableKey } from "./png.ts";
import { firstFrame, withFirstFrame } from "./webp.ts";

/*
 * Decodes, turns, scales and writes pictures. Loaded with the first picture of a thread (see picture.ts): the library is
 * large, and most requests have none.
 */

/** What a picture is for: it decides its size and how it is written. */
export type PictureUse = "photo" | "logo";

/** `pixels` is what it took to prepare: those that were decoded. */
export type PreparedPicture =
  | { readonly picture: string; readonly pixels: number }
  | { readonly problem: string; readonly pixels: number };

/** The longest side in dots: the largest photo is printed 5 cm wide, the largest logo 7. */
const LONGEST_SIDE = { photo: 640, logo: 840 } as const;
const JPEG_QUALITY = { photo: 82, logo: 90 } as const;
/**
 * A phone's photo has 12; what is no JPEG is decoded whole, with four to sixteen bytes a pixel, and the library never
 * gives back memory.
 */
const MAX_MEGAPIXELS = { Jpeg: 40, Png: 20, Gif: 20, WebP: 20 } as const;
const MAX_SIDE = 16_000;
/** A progressive JPEG of a camera has ten; each that a small file claims would go over all pixels once more. */
const MAX_SCANS = 100;
/** What is larger than so many times the size that is printed is sampled before it is scaled: that halves the work. */
const SAMPLED_FROM = 5;
/** Of a JPEG that is read at a part of its size, the pixels that take as long to unpack as one that is drawn. */
const UNPACKED_AS_ONE = 8;

/** Takes a picture of a kind that is read, and returns it as it is stored. */
export type DecodePicture = (
  bytes: Buffer,
  format: "Png" | "Jpeg" | "Gif" | "WebP",
  use: PictureUse,
) => PreparedPicture;

/** Loads the library, in this thread. */
export async function loadDecoder(): Promise<DecodePicture> {
  await initializeImageMagick(readPacked(wasm));
  return decodePicture;
}

function decodePicture(file: Buffer, format: "Png" | "Jpeg" | "Gif" | "WebP", use: PictureUse): PreparedPicture {
  const bytes = READABLE[format](file);
  // One frame of an animation; and never another reader than that of the kind.
  const settings = new MagickReadSettings({ format: MagickFormat[format], frameIndex: 0, frameCount: 1 });
  let pixels = 0;
  if (format === "Jpeg" && hasUnreadSamples(bytes))
    return { problem: messages.otherPicture(messages.greyOf12), pixels };
  try {
    const { width, height } = MagickImageInfo.create(bytes, settings);
    const most = MAX_MEGAPIXELS[format];
    if (width * height > most * 1e6) return { problem: messages.tooManyPixels(most), pixels };
    if (width > MAX_SIDE || height > MAX_SIDE)
      return { problem: messages.sideTooLong(width, height, MAX_SIDE), pixels };
    if (format === "Jpeg" && (scansIn(bytes) > MAX_SCANS || lacksScans(bytes)))
      return { problem: messages.damagedPicture, pixels };
    pixels = width * height;
    const side = LONGEST_SIDE[use];
    // A JPEG can be read at half, a quarter or an eighth of its size; any larger, it would be scaled up.
    if (format === "Jpeg" && Math.max(width, height) > 2 * side)
      settings.setDefine(MagickFormat.Jpeg, "size", `${2 * side}x${2 * side}`);
    const image = MagickImage.create();
    let isCut = false;
    image.onWarning = ({ error: { message } }) => {
      isCut ||= CUT.test(message);
    };
    try {
      image.read(format === "Jpeg" ? withEnd(bytes) : bytes, settings);
      const decoded = image.width * image.height;
      if (decoded < pixels) pixels = decoded + Math.ceil(pixels / UNPACKED_AS_ONE);
      if (isCut) return { problem: messages.damagedPicture, pixels };
      if (format === "WebP") cropToFrame(image, firstFrame(bytes));
      if (format !== "Jpeg" && format !== "Png") {
        const canvas = canvasOf(image);
        pixels = canvas.width * canvas.height;
        if (pixels > most * 1e6) return { problem: messages.tooManyPixels(most), pixels: decoded };
        setOnCanvas(image, canvas, side);
      }
      const picture = written(image, use, side);
      return picture === null ? { problem: messages.transparentPicture, pixels } : { picture, pixels };
    } finally {
      image.dispose();
    }
  } catch {
    return { problem: messages.damagedPicture, pixels };
  }
}

/** What the decoder would not read, or not as other programs do, put right. */
const READABLE: Readonly<Record<"Png" | "Jpeg" | "Gif" | "WebP", (file: Buffer) => Buffer>> = {
  Png: withReadableKey,
  Jpeg: (file) => file,
  Gif: (file) => file,
  WebP: withFirstFrame,
};

/** What ImageMagick warns of where it paints what is missing of a JPEG grey, which may be all but a strip of a face. */
const CUT = /premature end/i;

/** With the marker that ends a JPEG (T.81, B.1.1.3): a file that lacks but that is whole. */
function withEnd(bytes: Uint8Array): Uint8Array {
  return bytes.at(-2) === 0xff && bytes.at(-1) === 0xd9 ? bytes : Buffer.concat([bytes, Buffer.of(0xff, 0xd9)]);
}

/** Null for one of which nothing can be seen: it would leave an empty place in a document. */
function written(image: IMagickImage, use: PictureUse, side: number): string | null {
  image.autoOrient();
  const size = new MagickGeometry(side, side);
  if (Math.max(image.width, image.height) > SAMPLED_FROM * side) image.thumbnail(size);
  if (image.width > side || image.height > side) image.resize(size);
  toStandardColours(image);
  // Also what a camera notes, such as where it was taken.
  image.strip();
  const transparent = !image.isOpaque;
  if (transparent && isClear(image)) return null;
  if (transparent && use === "logo") {
    if (isForDarkGround(image)) setOnDarkGround(image);
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

/** Print colours, greys and the wider colours of phones, too, by their profile: the page is drawn in sRGB. */
function toStandardColours(image: IMagickImage): void {
  if (!hasOwnProfile(image)) image.removeProfile("icc");
  try {
    if (image.hasProfile("icc")) image.transformColorSpace(new ColorProfile(readPacked(standardColours)));
  } catch {
    // The profile is damaged: then the colours are taken for the usual ones.
  }
  image.colorSpace = ColorSpace.sRGB;
}

/** Where a profile states which colours it is of (ICC.1:2022, 7.2.1), and how each is written there. */
const PROFILE_COLOURS_AT = 16;
const PROFILE_COLOURS: Partial<Record<ColorSpace, readonly string[]>> = {
  [ColorSpace.CMYK]: ["CMYK"],
  // A grey is a colour of three equal parts, too.
  [ColorSpace.Gray]: ["GRAY", "RGB "],
  [ColorSpace.sRGB]: ["RGB "],
};

/**
 * Is the profile of the colours that the picture has? Programs leave that of greys in a picture that was coloured later, and
 * that of a screen in one for print: applied, it would turn a photo grey, or its colours around. Browsers ignore it.
 */
function hasOwnProfile(image: IMagickImage): boolean {
  const profile = image.getProfile("icc")?.data ?? new Uint8Array();
  const colours = Buffer.from(profile).toString("latin1", PROFILE_COLOURS_AT, PROFILE_COLOURS_AT + 4);
  return PROFILE_COLOURS[image.colorSpace]?.includes(colours) ?? false;
}

/** Of what is not transparent, the part that paper must show. */
const LEAST_SEEN = 0.25;
/** Of 255: what is lighter cannot be seen on paper. */
const LIGHT = 190;

/** Of 255: what is less opaque cannot be seen. */
const CLEAR = 16;

function isClear(image: IMagickImage): boolean {
  const bytes = bytesOf(image);
  for (let at = 3; at < bytes.length; at += 4) if ((bytes[at] ?? 0) >= CLEAR) return false;
  return true;
}

/** Red, green, blue and opacity of each pixel. */
function bytesOf(image: IMagickImage): Uint8Array {
  const { width, height } = image;
  return image.getPixels((pixels) => pixels.toByteArray(0, 0, width, height, "RGBA")) ?? new Uint8Array();
}

/** Is it white, or nearly so, on nothing, as logos for dark grounds are? Documents print logos on white. */
function isForDarkGround(image: IMagickImage): boolean {
  const bytes = bytesOf(image);
  let [solid, seen] = [0, 0];
  for (let at = 0; at < bytes.length; at += 4) {
    if ((bytes[at + 3] ?? 0) < 128) continue;
    solid++;
    const luminance = 0.2126 * (bytes[at] ?? 0) + 0.7152 * (bytes[at + 1] ?? 0) + 0.0722 * (bytes[at + 2] ?? 0);
    if (luminance < LIGHT) seen++;
  }
  return solid > 0 && seen < solid * LEAST_SEEN;
}

/** The ink of the documents, and a margin of an eighth of the shorter side. */
function setOnDarkGround(image: IMagickImage): void {
  const margin = Math.ceil(Math.min(image.width, image.height) / 8);
  const dark = new MagickColor(0x15, 0x19, 0x1e);
  image.backgroundColor = dark;
  image.alpha(AlphaAction.Remove);
  image.extent(new MagickGeometry(image.width + 2 * margin, image.height + 2 * margin), Gravity.Center, dark);
}

function dataUriOf(image: { write: IMagickImage["write"] }, format: MagickFormat, label: string): string {
  // The bytes are the library's own: they are copied before it uses them again.
  return image.write(format, (bytes) => `data:image/${label};base64,${Buffer.from(bytes).toString("base64")}`);
}
