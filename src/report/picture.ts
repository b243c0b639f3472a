/** 9 megapixels are 36 MB when the PDF writer takes a PNG apart; a logo needs a hundredth of that. */
const MAX_PIXELS = 9_000_000;
const HEAD_BYTES = 32;

/** Why a data URI is no picture a PDF can carry, or null where it is one. Trusts the bytes, not the label. */
export function pictureProblem(dataUri: string): string | null {
  const comma = dataUri.indexOf(",");
  const head = Buffer.from(dataUri.slice(comma + 1, comma + 1 + Math.ceil(HEAD_BYTES / 3) * 4), "base64");
  const kind = dataUri.startsWith("data:image/png") ? "PNG" : "JPEG";
  if (kind === "JPEG") return head.subarray(0, 3).toString("hex") === "ffd8ff" ? null : "is not the JPEG it says it is";
  const isPng = head.subarray(0, 8).toString("hex") === "89504e470d0a1a0a" && head.length >= 24;
  if (!isPng || head.subarray(12, 16).toString("latin1") !== "IHDR") return "is not the PNG it says it is";
  const pixels = head.readUInt32BE(16) * head.readUInt32BE(20);
  if (pixels === 0 || pixels > MAX_PIXELS) return "must have between 1 and 9 million pixels";
  return null;
}
