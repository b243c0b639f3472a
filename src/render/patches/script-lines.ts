// Why: faces of other scripts have more room above and below their letters, so that a row with such a name would be taller
// than others, and its words lower than those beside them. All lines are as high as the text's own face makes them.
// Pinned by: pdfkit 0.19.1, an embedded font's ascender and descender.
import { openFace } from "../fonts/face.ts";
import { FONTS } from "../fonts/fonts.ts";
import { embedsFont } from "./document-font.ts";
import type { Undo } from "./patch.ts";

const OWN = [FONTS.Sans.normal, FONTS.Sans.bold, FONTS.Serif.normal];

export function evenLines(): Undo {
  return embedsFont((embedded) => {
    if (OWN.some((path) => openFace(path) === embedded.font)) return;
    const { ascent, descent, unitsPerEm } = openFace(FONTS.Sans.normal);
    Object.assign(embedded, { ascender: (1000 * ascent) / unitsPerEm, descender: (1000 * descent) / unitsPerEm });
  });
}
