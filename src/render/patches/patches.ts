/*
 * What is changed in the code of pdfmake, pdfkit and fontkit: a file a patch, which says why, and what pins it.
 * build/ has what is changed while the binary is built.
 * One stays where it mends a fault, or saves a tenth of a report's CPU time (`bun run bench plain`; ratios in docs/benchmarks.md).
 * The build sets a line with each and without it, and fails where one does not do what it is for (build/check.ts).
 */

import { embolden } from "./bold-scripts.ts";
import { placeBookmarks } from "./bookmarks.ts";
import { writeDrawings } from "./drawings.ts";
import { preserveText } from "./glyph-text.ts";
import { keepTogether } from "./keep-together.ts";
import { joinWords } from "./lines.ts";
import { escapeMetadata } from "./metadata.ts";
import { packObjects } from "./object-streams.ts";
import { type Undo, undoAll } from "./patch.ts";
import { cutPhrases } from "./phrases.ts";
import { evenLines } from "./script-lines.ts";
import { shareFaces } from "./shared-faces.ts";
import { sharePictures } from "./shared-pictures.ts";
import { tagContent } from "./structure-content.ts";
import { tagLayout } from "./structure-layout.ts";
import { lookUpStyles } from "./style-lookup.ts";

/** In the order in which they are laid over each other. A face is mended where it is opened (../face.ts). */
const PATCHES = {
  "shared-faces": shareFaces,
  "glyph-text": preserveText,
  lines: joinWords,
  "bold-scripts": embolden,
  phrases: cutPhrases,
  "script-lines": evenLines,
  "style-lookup": lookUpStyles,
  drawings: writeDrawings,
  metadata: escapeMetadata,
  "shared-pictures": sharePictures,
  "object-streams": packObjects,
  "structure-content": tagContent,
  "structure-layout": tagLayout,
  "keep-together": keepTogether,
  bookmarks: placeBookmarks,
} satisfies Readonly<Record<string, () => Undo>>;

export type Patch = keyof typeof PATCHES;

export const PATCH_NAMES = Object.keys(PATCHES) as readonly Patch[];

/** Applies all patches but these. */
export function applyPatches(without: readonly Patch[] = []): Undo {
  return undoAll(PATCH_NAMES.filter((name) => !without.includes(name)).map((name) => PATCHES[name]()));
}
