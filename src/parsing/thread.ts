import { fullGC } from "bun:jsc";
import { type Outcome, outcomeOf } from "../failure.ts";
import { lowerPriority } from "../host/priority.ts";
import { preparePicture, withPictures } from "../report/picture.ts";
import { checkDataSet } from "../report/sources/checked-data-set.ts";
import type { Parsed, ParsingTask } from "./parsing.ts";
import { readBatch, readReport, readTable } from "./requests.ts";

/** Below the main thread, which responds, and before the renders. */
const NICE = 5;

lowerPriority(NICE);

/** Left to itself the thread keeps what it has parsed: a few bodies of this size were half a gigabyte. */
const COLLECT_ABOVE_BYTES = 1_000_000;

const READ: { readonly [Kind in keyof Parsed]: (bytes: Uint8Array) => Parsed[Kind] } = {
  report: readReport,
  batch: readBatch,
  table: readTable,
  dataSet: (bytes) => checkDataSet(new TextDecoder().decode(bytes)),
  photo: (bytes) => preparePicture(new TextDecoder().decode(bytes), "photo"),
  logo: (bytes) => preparePicture(new TextDecoder().decode(bytes), "logo"),
};

/** What runs in the thread that parses large texts. */
export async function read({ kind, bytes }: ParsingTask): Promise<Outcome<Parsed[keyof Parsed]>> {
  const { length } = bytes;
  const outcome = await outcomeOf<Parsed[keyof Parsed]>(() => withPictures(() => READ[kind](bytes)));
  if (length > COLLECT_ABOVE_BYTES) fullGC();
  return outcome;
}
