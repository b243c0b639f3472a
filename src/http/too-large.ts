import { type BodyLimits, readChunks } from "./body.ts";
import type { LargePicture } from "./errors.ts";

/** A body above that is refused unread: no photo of a phone makes one. */
const MOST_READ_BYTES = 16 * 1_024 * 1_024;
/** What is left of a body without its pictures. */
const MOST_OUTLINE_BYTES = 1_024 * 1_024;
/** Of a longer text only the beginning is in it. */
const LONG_TEXT_BYTES = 1_000;
const BEGINNING_BYTES = 24;
/** Who asks first whether to send so much gets its response at once. */
const FIRST_BYTE_MS = 500;
const [QUOTE, BACKSLASH] = [0x22, 0x5c];

/**
 * Finds the largest picture of a JSON body that is too large to be read, so that its sender learns which to send smaller.
 * Null where it has none of anybody, does not say how long it is, or while another is looked through: of a flood of
 * large bodies each but one is refused unread.
 */
export function createPictureFinder(limits: BodyLimits): (request: Request) => Promise<LargePicture | null> {
  /** Written by what `createPictureFinder` returns. */
  let isReading = false;
  return async (request) => {
    const length = Number(request.headers.get("content-length") ?? 0);
    if (isReading || length <= limits.maxBytes || length > MOST_READ_BYTES) return null;
    isReading = true;
    try {
      const outline = createOutline();
      const whole = { ...limits, maxBytes: MOST_READ_BYTES, firstByteMs: FIRST_BYTE_MS };
      for await (const chunk of readChunks(request, whole)) if (!outline.add(chunk)) return null;
      const pictures = picturesIn(JSON.parse(outline.text()), outline.lengths);
      return pictures.sort((a, b) => b.bytes - a.bytes)[0] ?? null;
    } catch {
      // Cut short, too slow or no JSON: that it is too large is all there is to say.
      return null;
    } finally {
      isReading = false;
    }
  };
}

/** The JSON text without most of its long texts, each of which ends in "…" and its place in `lengths`. */
function createOutline() {
  const outline = new Uint8Array(MOST_OUTLINE_BYTES);
  const lengths: number[] = [];
  let [at, length, start] = [0, 0, 0];
  let [inText, escaped] = [false, false];
  const put = (byte: number) => {
    outline[at++] = byte;
  };
  return {
    lengths,
    /** False where even the outline is too large. */
    add(chunk: Uint8Array): boolean {
      for (const byte of chunk) {
        if (at >= MOST_OUTLINE_BYTES - LONG_TEXT_BYTES) return false;
        if (!inText) {
          put(byte);
          if (byte === QUOTE) [inText, length, start] = [true, 0, at];
          continue;
        }
        if (byte === QUOTE && !escaped) {
          if (length > LONG_TEXT_BYTES) {
            at = start + BEGINNING_BYTES;
            for (const mark of new TextEncoder().encode(`…${lengths.length}`)) put(mark);
            lengths.push(length);
          }
          put(byte);
          inText = false;
          continue;
        }
        escaped = byte === BACKSLASH && !escaped;
        if (length++ < LONG_TEXT_BYTES) put(byte);
      }
      return true;
    },
    text: () => new TextDecoder().decode(outline.subarray(0, at)),
  };
}

/** The pictures of agents, agencies, partners and the branding, wherever these are. */
function picturesIn(value: unknown, lengths: readonly number[]): LargePicture[] {
  if (Array.isArray(value)) return value.flatMap((each) => picturesIn(each, lengths));
  if (typeof value !== "object" || value === null) return [];
  const { name, agent } = value as { readonly name?: unknown; readonly agent?: unknown };
  const owner = name ?? agent;
  return Object.entries(value).flatMap(([field, inner]): LargePicture[] => {
    if (typeof inner !== "string") return picturesIn(inner, lengths);
    const [, index] = /^data:image\/.*…(\d+)$/u.exec(inner) ?? [];
    if (index === undefined || typeof owner !== "string") return [];
    return [{ field, owner, bytes: lengths[Number(index)] ?? 0 }];
  });
}
