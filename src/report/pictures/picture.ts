import { messages } from "../messages.ts";
import type { DecodePicture, PictureUse, PreparedPicture } from "./decode-picture.ts";

export type { PictureUse, PreparedPicture };

/**
 * The one rule for pictures: what is taken is decoded here, turned upright, scaled to what is printed and written again,
 * so that whatever is stored can be drawn. ImageMagick reads more kinds of damage, colour spaces and depths than
 * anything written in JavaScript; it runs as WebAssembly, and gets but the four kinds of file that are named here.
 */

/** By how a file begins, whatever its label. */
const KINDS: readonly {
  readonly head: string;
  readonly at: number;
  readonly format: "Png" | "Jpeg" | "Gif" | "WebP";
}[] = [
  { head: "\x89PNG\r\n\x1a\n", at: 0, format: "Png" },
  { head: "\xff\xd8\xff", at: 0, format: "Jpeg" },
  { head: "GIF87a", at: 0, format: "Gif" },
  { head: "GIF89a", at: 0, format: "Gif" },
  { head: "WEBP", at: 8, format: "WebP" },
];

/** For {@link withPictures}; no part of the report. */
class NotLoaded extends Error {}

let decode: DecodePicture | undefined;
let loading: Promise<DecodePicture> | undefined;

/**
 * Runs the work. Where that meets the first picture of this thread it is run again once the library is loaded: that
 * takes a moment and memory, and most requests have no pictures.
 */
export async function withPictures<T>(work: () => T): Promise<T> {
  try {
    return work();
  } catch (error) {
    if (!needsPictures(error)) throw error;
    loading ??= load();
    decode = await loading;
    return work();
  }
}

async function load(): Promise<DecodePicture> {
  const { loadDecoder } = await import("./decode-picture.ts");
  return loadDecoder();
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
  const bytes = bytesOf(dataUri);
  if (bytes === null) return { problem: messages.notBase64, pixels: 0 };
  const head = bytes.toString("latin1", 0, HEAD_BYTES);
  const kind = KINDS.find((each) => head.startsWith(each.head, each.at));
  if (kind === undefined) return { problem: otherKind(head), pixels: 0 };
  if (decode === undefined) throw new NotLoaded(messages.pictureLibrary);
  return decode(bytes, kind.format, use);
}

/** Line breaks, spaces, escapes (%2B) and no "=" at the end are taken, as browsers do (Fetch, 6, "data: URL processor"). */
function bytesOf(dataUri: string): Buffer | null {
  const body = dataUri.slice(dataUri.indexOf(",") + 1);
  try {
    const { buffer } = Uint8Array.fromBase64(body.includes("%") ? decodeURIComponent(body) : body);
    return Buffer.from(buffer);
  } catch {
    return null;
  }
}

/** Enough to find what a text is behind its comments. */
const HEAD_BYTES = 512;

/** Files that people have and that are not read, by how they begin: the first that fits. */
const OTHER_KINDS: readonly (readonly [RegExp, string])[] = [
  [/^.{4}ftyp(hei|hev|mif1|msf1)/s, messages.otherPicture(messages.heic)],
  [/^.{4}ftypavi/s, messages.otherPicture("an AVIF picture")],
  [/^.{4}ftyp/s, messages.noPicture("a film")],
  [/^(II[*+]\0|MM\0[*+])/, messages.otherPicture("a TIFF picture")],
  [/^BM/, messages.otherPicture("a BMP picture")],
  [/^\0\0[^\0]\0/, messages.otherPicture(messages.icon)],
  [/^8BPS/, messages.otherPicture("a Photoshop file")],
  [/^(\xff\n|\0\0\0.JXL )/s, messages.otherPicture("a JPEG XL picture")],
  [/^(\xff\x4f\xff\x51|\0\0\0.jP {2})/s, messages.otherPicture("a JPEG 2000 picture")],
  [
    /^(\xef\xbb\xbf)?\s*<(!doctype html|html|head|body|(\?xml|!--).*<(!doctype )?html)/is,
    messages.noPicture("a web page"),
  ],
  [/^(\xef\xbb\xbf)?\s*((<\?xml[^>]*>|<!--.*?-->)\s*)*<(?!(\w+:)?svg)\w/is, messages.noPicture("text")],
  [/^(\xef\xbb\xbf)?\s*<(\w+:)?(svg|\?xml|!--|!doctype svg)/i, messages.otherPicture("an SVG drawing")],
  [/^%PDF-/, messages.otherPicture("a PDF file")],
  [/^(%!PS|\xc5\xd0\xd3\xc6)/, messages.otherPicture("a PostScript file")],
  [/^[\t\n\r\x20-\x7e\x80-\xff]+$/, messages.noPicture("text")],
];

function otherKind(head: string): string {
  const [, problem = messages.otherPicture(messages.unknownKind)] =
    OTHER_KINDS.find(([begins]) => begins.test(head)) ?? [];
  return problem;
}
