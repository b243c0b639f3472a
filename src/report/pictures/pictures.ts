/*
 * The pictures of a request or a data set: decoded, turned upright, scaled to what is printed, and encoded again.
 * Each is accepted, or refused with the name of its owner, before a job exists.
 * Not here: pictures at an address (sources/addressed-pictures.ts), and how one is drawn (render/parts).
 */

import type { DataSet } from "../data-set.ts";
import { PATTERN, PICTURE_CHARACTERS } from "../input/patterns.ts";
import type { SchemaViolation } from "../input/schema.ts";
import { messages } from "../messages.ts";
import { type PictureUse, type PreparedPicture, preparePicture } from "./picture.ts";

/**
 * Of all pictures of a data set or request, as decoded: a small file can have forty, and twenty take a second of a
 * processor. Forty photos of a phone are fewer: a JPEG is read at a part of its size.
 */
const MAX_MEGAPIXELS = 200;
/** Of base64 four characters are three bytes. */
const MAX_MEGABYTES = (PICTURE_CHARACTERS * 3) / 4e6;

/** Pictures that were prepared before, by what replaces them. */
export type PreparedPictures = ReadonlyMap<string, PreparedPicture>;

/**
 * Prepares the pictures of one document: each once, however often it is used, and no more than can be paid for.
 * `before`: what was prepared as the document came.
 */
export function createPicturePreparation(
  before?: PreparedPictures,
): (dataUri: string, use: PictureUse) => PreparedPicture {
  const known = new Map<string, PreparedPicture>();
  let left = MAX_MEGAPIXELS * 1e6;
  return (dataUri, use) => {
    const key = `${use} ${dataUri}`;
    let prepared = known.get(key) ?? before?.get(dataUri);
    if (prepared === undefined) {
      prepared = left > 0 ? preparePicture(dataUri, use) : usedUp();
      left -= prepared.pixels;
      known.set(key, prepared);
    }
    return prepared;
  };
}

/** The same of pictures that come one after the other; null stands for one that is too large to be read. */
export function drawWithinPixels<Bytes>(
  draw: (bytes: Bytes, use: PictureUse) => Promise<PreparedPicture>,
): (bytes: Bytes | null, use: PictureUse) => Promise<PreparedPicture> {
  let left = MAX_MEGAPIXELS * 1e6;
  return async (bytes, use) => {
    if (bytes === null) return { problem: messages.fileTooLarge(MAX_MEGABYTES), pixels: 0 };
    if (left <= 0) return usedUp();
    const prepared = await draw(bytes, use);
    left -= prepared.pixels;
    return prepared;
  };
}

function usedUp(): PreparedPicture {
  return { problem: messages.pixelsUsedUp(MAX_MEGAPIXELS), pixels: 0 };
}

/**
 * The data set with its pictures as they are stored and drawn, and what is wrong with those that cannot be: they are
 * left out of it.
 */
export function withPreparedPictures(
  dataSet: DataSet,
  path: string,
  prepare = createPicturePreparation(),
): { readonly dataSet: DataSet; readonly problems: readonly SchemaViolation[] } {
  const problems: SchemaViolation[] = [];
  function prepared<Row extends object>(
    rows: readonly Row[],
    list: string,
    uses: Partial<Record<keyof Row & string, PictureUse>>,
    nameOf: (row: Row) => string,
  ): readonly Row[] {
    let any = false;
    const made = rows.map((row, index) => {
      let changed = row;
      for (const [field, use] of Object.entries(uses) as [keyof Row & string, PictureUse][]) {
        const given = row[field];
        // What is at an address is fetched when the report is made.
        if (typeof given !== "string" || IS_ADDRESS.test(given)) continue;
        any = true;
        const picture = prepare(given, use);
        if ("problem" in picture)
          problems.push({
            path: `${path}/${list}/${index}/${field}`,
            message: `${picture.problem} (the ${field} of ${nameOf(row)})`,
          });
        changed = { ...changed, [field]: "problem" in picture ? null : picture.picture };
      }
      return changed;
    });
    return any ? made : rows;
  }
  const lists = {
    agencies: dataSet.agencies && prepared(dataSet.agencies, "agencies", { logo: "logo" }, ({ name }) => name),
    agents: dataSet.agents && prepared(dataSet.agents, "agents", { photo: "photo" }, ({ name }) => name),
    partners:
      dataSet.partners &&
      prepared(dataSet.partners, "partners", { photo: "photo", logo: "logo" }, ({ agent }) => agent),
  };
  const changed = Object.entries(lists).filter(([kind, rows]) => rows !== dataSet[kind as keyof typeof lists]);
  return { dataSet: changed.length === 0 ? dataSet : { ...dataSet, ...Object.fromEntries(changed) }, problems };
}

const IS_ADDRESS = new RegExp(PATTERN.address);
const HAS_ADDRESS = /"(?:photo|logo)":\s*"https?:/i;

/** Has a data set, as JSON text, pictures that are fetched when the report is made? */
export function hasPictureAddresses(dataSet: string): boolean {
  return HAS_ADDRESS.test(dataSet);
}

const PICTURE_PATH = /\/(?:agents|agencies|partners)\/\d+\/(photo|logo)$/;

/** A problem of a document, with whose picture it is about where it is about one. */
export function namingOwner({ path, message }: SchemaViolation, document: unknown): SchemaViolation {
  const field = PICTURE_PATH.exec(path)?.[1];
  if (field === undefined) return { path, message };
  let row = document;
  for (const key of path.split("/").slice(1, -1)) row = (row as Record<string, unknown> | null)?.[key];
  const { name, agent } = (row ?? {}) as { readonly name?: unknown; readonly agent?: unknown };
  const owner = name ?? agent;
  return { path, message: typeof owner === "string" ? `${message} (the ${field} of ${owner})` : message };
}
