/*
 * Changes of the code of pdfmake, pdfkit and fontkit, one file each: why, and what pins it. build/ has those of the build.
 * A patch stays if it repairs a fault or saves a tenth of the CPU time. The build checks each, with it and without it.
 * Not here: sections and documents: a patch knows nothing of reports.
 */

import { embolden } from "./bold-scripts.ts";
import { placeBookmarks } from "./bookmarks.ts";
import { writeDrawings } from "./drawings.ts";
import { preserveText } from "./glyph-text.ts";
import { hyphenate } from "./hyphens.ts";
import { keepTogether } from "./keep-together.ts";
import { joinWords } from "./lines.ts";
import { lowerDrawings } from "./lower-drawings.ts";
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
import { breakTallBlocks } from "./tall-blocks.ts";

/** In the order in which they are laid over each other. A face is mended where it is opened (../face.ts). */
const PATCHES = {
  "shared-faces": shareFaces,
  "glyph-text": preserveText,
  lines: joinWords,
  "bold-scripts": embolden,
  // A phrase is cut into its words before a word is cut.
  hyphens: hyphenate,
  phrases: cutPhrases,
  "script-lines": evenLines,
  "style-lookup": lookUpStyles,
  drawings: writeDrawings,
  metadata: escapeMetadata,
  "shared-pictures": sharePictures,
  "object-streams": packObjects,
  "structure-content": tagContent,
  "structure-layout": tagLayout,
  "tall-blocks": breakTallBlocks,
  "lower-drawings": lowerDrawings,
  "keep-together": keepTogether,
  bookmarks: placeBookmarks,
} satisfies Readonly<Record<string, () => Undo>>;

export type Patch = keyof typeof PATCHES;

export const PATCH_NAMES = Object.keys(PATCHES) as readonly Patch[];

/** Applies all patches but these. */
export function applyPatches(without: readonly Patch[] = []): Undo {
  return undoAll(PATCH_NAMES.filter((name) => !without.includes(name)).map((name) => PATCHES[name]()));
}
