import { fullGC } from "bun:jsc";
import { type Outcome, outcomeOf } from "../failure.ts";
import { lowerPriority } from "../host/scheduling/priority.ts";
import { PATTERN, patternSentence } from "../report/input/patterns.ts";
import { type PictureUse, type PreparedPicture, preparePicture, withPictures } from "../report/pictures/picture.ts";
import type { PreparedPictures } from "../report/pictures/pictures.ts";
import { checkDataSet } from "../report/sources/checked-data-set.ts";
import type { Parsed, ParsingTask } from "./parsing.ts";
import { readBatch, readReport, readTable } from "./requests.ts";

/** Below the main thread, which responds, and before the renders. */
const NICE = 5;

lowerPriority(NICE);

/** By default the thread retains what it has parsed: a few bodies of this size were half a gigabyte. */
const COLLECT_ABOVE_BYTES = 1_000_000;

type Read<Kind extends keyof Parsed> = (bytes: Uint8Array, pictures?: PreparedPictures) => Parsed[Kind];

const READ: { readonly [Kind in keyof Parsed]: Read<Kind> } = {
  report: readReport,
  batch: readBatch,
  table: readTable,
  dataSet: (bytes) => checkDataSet(new TextDecoder().decode(bytes)),
  photo: (bytes) => drawn(new TextDecoder().decode(bytes), "photo"),
  logo: (bytes) => drawn(new TextDecoder().decode(bytes), "logo"),
};

const IS_PICTURE = new RegExp(PATTERN.picture);

/** Of a JSON text that was taken out of a body as it came: many programs escape each slash, and a line break must be. */
function drawn(text: string, use: PictureUse): PreparedPicture {
  const dataUri = text.includes("\\") ? unescaped(text) : text.trim();
  if (dataUri !== null && IS_PICTURE.test(dataUri)) return preparePicture(dataUri, use);
  return { problem: patternSentence(PATTERN.picture), pixels: 0 };
}

function unescaped(text: string): string | null {
  try {
    return (JSON.parse(`"${text}"`) as string).trim();
  } catch {
    return null;
  }
}

/** What runs in the thread that parses large texts. */
export async function read({ kind, bytes, pictures }: ParsingTask): Promise<Outcome<Parsed[keyof Parsed]>> {
  const { length } = bytes;
  const outcome = await outcomeOf<Parsed[keyof Parsed]>(() => withPictures(() => READ[kind](bytes, pictures)));
  if (length > COLLECT_ABOVE_BYTES) fullGC();
  return outcome;
}
