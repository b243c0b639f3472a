import pdfmake from "pdfmake";
import { FONT_FILES, FONTS } from "./fonts/fonts.ts";
import { applyPatches } from "./patches/patches.ts";

/** Takes off what is changed in pdfmake, to see or measure it unpatched. */
export const unpatch = applyPatches();

pdfmake.setFonts(FONTS);
// pdfmake would fetch what a definition names; nothing of ours does, and no one else's may.
pdfmake.setUrlAccessPolicy(() => false);
pdfmake.setLocalAccessPolicy((path) => FONT_FILES.has(path));

/** pdfmake with the report's faces, and with the patches of ./patches. */
export const writer = pdfmake;
