// JSON with photos as they come from phones. Each is taken out of the body as it comes and drawn in the size that is
// printed, one after the other, so that a body with twelve photos takes no more memory than one with two.
import { createHasher } from "../host/hash.ts";
import { PICTURE_CHARACTERS } from "../report/input/patterns.ts";
import type { PictureUse, PreparedPicture } from "../report/pictures/picture.ts";
import { drawWithinPixels } from "../report/pictures/pictures.ts";
import { type BodyLimits, nextTurn, readChunks } from "./body.ts";
import { errors } from "./errors.ts";

/** Of a body with its pictures: twelve photos of 8 MB. Without them it has the limit of every body. */
const MOST_PICTURE_BODY_BYTES = 128 * 1_024 * 1_024;
/** A slower upload is cut off. */
const LEAST_BYTES_A_SECOND = 1_024 * 1_024;
/** A shorter one stays in the body. */
const LARGE_BYTES = 65_536;
const READ_A_TURN_BYTES = 131_072;
const [QUOTE, BACKSLASH] = [0x22, 0x5c];

/** Draws a text of a body: a data URI, with what JSON escapes in it. */
type DrawText = (text: Uint8Array<ArrayBuffer>, use: PictureUse) => Promise<PreparedPicture>;

export interface PictureBody {
  /** The body without its large pictures. In place of each is a data URI that no other body has. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** By these. */
  readonly pictures: ReadonlyMap<string, PreparedPicture>;
  /** Of all bytes, as they came. */
  readonly sha256: string;
}

interface Memory {
  /** Gets the bytes before they are stored in memory, and may throw. */
  reserve(bytes: number): void;
  release(bytes: number): void;
}

/** @throws Failure as {@link readChunks}; what `reserve` and `draw` throw. */
export async function readPictureBody(
  request: Request,
  limits: BodyLimits,
  { reserve, release }: Memory,
  draw: DrawText,
): Promise<PictureBody> {
  const length = Number(request.headers.get("content-length") ?? 0);
  const timeoutMs = limits.timeoutMs + (1_000 * length) / LEAST_BYTES_A_SECOND;
  const hasher = createHasher("sha256");
  const pictures = new Map<string, PreparedPicture>();
  const drawn = drawWithinPixels(draw);
  const extractor = createExtractor(limits.maxBytes);
  /** The picture that is being drawn while the next one comes. */
  let drawing = Promise.resolve();
  let sinceTurn = 0;
  try {
    for await (const chunk of readChunks(request, { maxBytes: MOST_PICTURE_BODY_BYTES, timeoutMs })) {
      reserve(chunk.length);
      hasher.update(chunk);
      for (const { placeholder, use, text, bytes } of extractor.add(chunk)) {
        await drawing;
        drawing = drawn(text, use).then((picture) => {
          pictures.set(placeholder, picture);
          release(bytes);
        });
        drawing.catch(() => undefined);
      }
      sinceTurn += chunk.length;
      if (sinceTurn > READ_A_TURN_BYTES) {
        sinceTurn = 0;
        await nextTurn();
      }
    }
    await drawing;
  } catch (error) {
    await drawing.catch(() => undefined);
    throw error;
  }
  return { bytes: extractor.rest(), pictures, sha256: hasher.digest("hex") };
}

interface Extracted {
  readonly placeholder: string;
  readonly use: PictureUse;
  /** Null of one that is too large to be drawn. */
  readonly text: Uint8Array<ArrayBuffer> | null;
  /** What it took of the body. */
  readonly bytes: number;
}

/** Copies a JSON text but for its large pictures. */
function createExtractor(maxBytes: number) {
  const rest = createBuffer();
  let picture = createBuffer();
  let state: "between" | "text" | "picture" = "between";
  /** Where the text that is read begins in the rest, and how long it is. */
  let [start, length] = [0, 0];
  /** The text before, which is the name of the field where this one is a value. */
  let before = "";
  /** Whether an odd number of backslashes was the last that came. */
  let escaped = false;

  function keep(bytes: Uint8Array): void {
    if (rest.length() + bytes.length > maxBytes) throw errors.bodyTooLarge(maxBytes);
    rest.add(bytes);
  }

  function read(bytes: Uint8Array): void {
    length += bytes.length;
    if (state === "picture") {
      if (picture.length() <= PICTURE_CHARACTERS) picture.add(bytes);
      return;
    }
    keep(bytes);
    if (length < LARGE_BYTES || !FIELDS.includes(before) || !IS_PICTURE.test(latin1(rest.part(start, start + 16))))
      return;
    state = "picture";
    picture = createBuffer();
    picture.add(rest.part(start, rest.length()));
    rest.cut(start);
  }

  function end(): Extracted | null {
    const was = state;
    state = "between";
    if (was === "text") {
      before = length <= 16 ? latin1(rest.part(start, rest.length())) : "";
      return null;
    }
    const placeholder = `data:image/jpeg;base64,${crypto.randomUUID().replaceAll("-", "")}`;
    keep(new TextEncoder().encode(placeholder));
    const use = before === "logo" ? "logo" : "photo";
    return { placeholder, use, text: length > PICTURE_CHARACTERS ? null : picture.take(), bytes: length };
  }

  return {
    /** The pictures that end in the chunk. */
    add(chunk: Uint8Array): readonly Extracted[] {
      const found: Extracted[] = [];
      for (let at = 0; at < chunk.length; ) {
        if (state === "between") {
          const quote = chunk.indexOf(QUOTE, at);
          const stop = quote === -1 ? chunk.length : quote + 1;
          keep(chunk.subarray(at, stop));
          at = stop;
          if (quote !== -1) [state, start, length, escaped] = ["text", rest.length(), 0, false];
          continue;
        }
        const quote = endOfText(chunk, at, escaped);
        const stop = quote === -1 ? chunk.length : quote;
        read(chunk.subarray(at, stop));
        if (quote === -1) escaped = backslashes(chunk, at, stop, escaped) % 2 === 1;
        else {
          const picture = end();
          if (picture !== null) found.push(picture);
          keep(chunk.subarray(quote, quote + 1));
        }
        at = stop + 1;
      }
      return found;
    },
    rest: () => rest.take(),
  };
}

/** Of a person, agency, partner or brand. */
const FIELDS: readonly string[] = ["photo", "logo"];
const IS_PICTURE = /^ *data:/i;

/** Where the quotation mark is that ends the text; -1 where it is not in this chunk. */
function endOfText(chunk: Uint8Array, from: number, escaped: boolean): number {
  for (let quote = chunk.indexOf(QUOTE, from); quote !== -1; quote = chunk.indexOf(QUOTE, quote + 1))
    if (backslashes(chunk, from, quote, escaped) % 2 === 0) return quote;
  return -1;
}

/** How many are before `at`, with one more where the last of the chunk before escapes what comes. */
function backslashes(chunk: Uint8Array, from: number, at: number, escaped: boolean): number {
  let count = 0;
  while (at - count > from && chunk[at - count - 1] === BACKSLASH) count++;
  return at - count === from && escaped ? count + 1 : count;
}

/** Bytes that grow: parts of what came would retain all of it in memory. */
function createBuffer() {
  let bytes = new Uint8Array(4_096);
  let length = 0;
  return {
    length: () => length,
    add(more: Uint8Array): void {
      if (length + more.length > bytes.length) {
        const larger = new Uint8Array(Math.max(2 * bytes.length, length + more.length));
        larger.set(bytes.subarray(0, length));
        bytes = larger;
      }
      bytes.set(more, length);
      length += more.length;
    },
    part: (from: number, to: number) => bytes.subarray(from, Math.min(to, length)),
    cut(to: number): void {
      length = to;
    },
    /** In a buffer of their own. */
    take: () => bytes.slice(0, length),
  };
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}
