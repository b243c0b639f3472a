import { renderPdf } from "../../src/render/document.ts";
import { applyPatches, PATCH_NAMES } from "../../src/render/patches/patches.ts";
import { unpatch } from "../../src/render/writer.ts";
import { model } from "./data-sets.ts";

/**
 * Writes a report of names that are hard to set to the path that is its first argument: with all patches, or
 * "plain", as pdfmake does it by itself, but for the patches that change how pages look on purpose: which faces
 * there are, how high a line with them is, how a bold name is drawn in a face of one weight, how a long word is cut, and
 * what stays on one page.
 * "shaped" has names of scripts, too, which pdfmake by itself cannot set; "svg" these with its charts drawn by pdfmake.
 */
const [path = "", how = ""] = process.argv.slice(2);
const OF_LOOK: readonly string[] = [
  "shared-faces",
  "script-lines",
  "bold-scripts",
  "hyphens",
  "keep-together",
  "lower-drawings",
];
unpatch();
applyPatches(
  how === "plain" ? PATCH_NAMES.filter((name) => !OF_LOOK.includes(name)) : how === "svg" ? ["drawings"] : [],
);
const NAMES = [
  "Q̃uentin Ávila",
  "AV Tāwhai fi ffi",
  "J̊ørn X̌ Y̋",
  "陳大文 Chan",
  "김민수",
  "Nguyễn Thị Hương",
  "Żółć & Co",
  ...(how === "svg" || how === "shaped" ? ["دانيال رضا", "דוד כהן", "สมชาย ใจดี", "अमित शर्मा"] : []),
];
const report = model({
  agents: 22,
  sales: 60,
  agentName: (index) => `${NAMES[index % NAMES.length]} ${index}`,
  market: true,
});
await Bun.write(path, (await renderPdf(report)).bytes);
