/*
 * Changes that the build makes to packages, and the check of every patch, which the build runs.
 * A patch that saves time must give the same page; one that repairs a fault must repair it, and the fault must still exist.
 * Not here: anything that runs in the service.
 */

import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import type { TDocumentDefinitions } from "pdfmake/interfaces";
import { box, drawing, words, yielding } from "../../charts/marks.ts";
import { fontkit, openFace } from "../../fonts/face.ts";
import { type Family, FONTS } from "../../fonts/fonts.ts";
import { writePdf } from "../../pdf.ts";
import { unpatch } from "../../writer.ts";
import { skipMissingAnchors } from "../mark-anchors.ts";
import { override } from "../patch.ts";
import { applyPatches, type Patch } from "../patches.ts";
import { bundledProblems } from "./check-bundled.ts";
import { type Letter, lettersOf } from "./letters.ts";

/** What the patches were written for. After an upgrade: read what has changed, then write the new version here. */
const WRITTEN_FOR = [
  ["pdfmake", "0.3.11"],
  ["pdfkit", "0.19.1"],
  ["fontkit", "2.0.4"],
  ["piscina", "5.3.2"],
] as const;

/** With kerning and a ligature. */
const PLAIN = "Anne-Marie AV To Jeff";
/** Where several characters share a glyph. */
const SHARED = "Anne-Marie Anne\u2010Marie Je\ufb00 Jeff";
/** A vowel that is before its letter. */
const CLUSTER = "\u0915\u093f";
/** One red dot. */
const DOT =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC";

const page = (line: string, font: Family): TDocumentDefinitions => ({
  compress: false,
  version: "1.7",
  defaultStyle: { font, fontSize: 10 },
  info: { title: "Smith & Co <Manly>", creationDate: new Date(0) },
  content: [
    { text: [`${line} `, { text: "then bold", bold: true, link: "https://example.com/" }, " and plain"] },
    { text: "S P A C E D", characterSpacing: 2, color: "#336699" },
    {
      columns: [
        { image: DOT, width: 9 },
        { image: DOT, width: 9 },
      ],
    },
    { svg: `<svg width="200" height="20"><text x="1" y="9" font-family="${font}" font-size="8">${line}</text></svg>` },
    drawing(60, 20, [
      box(1, 14, 20, 4, "#336699"),
      box(30, 14, 20, 4, "#336699"),
      words(30, 9, "AV 1 km", { color: "#000000", anchor: "middle" }),
    ]),
  ],
});

/** A bookmark, and a table of which the page has room for all rows but one. */
const parted = (): TDocumentDefinitions => ({
  ...{ compress: false, version: "1.7", pageSize: { width: 200, height: 200 }, pageMargins: 20 },
  defaultStyle: { font: "Sans", fontSize: 10 },
  info: { creationDate: new Date(0) },
  content: [
    { text: "T", outline: true },
    {
      table: {
        ...{ headerRows: 1, keepWithHeaderRows: 1, keepLastRows: 3, dontBreakRows: true },
        body: ["H", ..."12345678"].map((row) => [row]),
      },
    },
  ],
});

const { default: Stack } = require("pdfmake/js/StyleContextStack.js") as { default: { readonly prototype: object } };

/** Too narrow for its word. */
const narrow = (): TDocumentDefinitions => ({
  ...{ compress: false, version: "1.7", pageSize: { width: 100, height: 200 }, pageMargins: 20 },
  defaultStyle: { font: "Sans", fontSize: 10 },
  info: { creationDate: new Date(0) },
  content: [{ text: "Featherstonehaughs" }],
});

/** A block that is to be on one page, and is taller than that. */
const tall = (): TDocumentDefinitions => ({
  ...{ compress: false, version: "1.7", pageSize: { width: 200, height: 200 }, pageMargins: 20 },
  defaultStyle: { font: "Sans", fontSize: 10 },
  info: { creationDate: new Date(0) },
  content: [
    { stack: Array.from({ length: 40 }, (_, line) => ({ text: `<${line}>` })), unbreakable: true },
    { text: "end" },
  ],
});

/** A block that the page has room for if its chart is drawn lower. */
const lowerable = (): TDocumentDefinitions => ({
  ...{ compress: false, version: "1.7", pageSize: { width: 200, height: 200 }, pageMargins: 20 },
  defaultStyle: { font: "Sans", fontSize: 10 },
  info: { creationDate: new Date(0) },
  content: [
    ...Array.from({ length: 5 }, (_, line) => ({ text: `<${line}>` })),
    {
      stack: [
        yielding({ most: 90, least: 40 }, (height) => drawing(60, height, [box(1, 4, 20, height - 4, "#336699")])),
        { text: "end" },
      ],
      unbreakable: true,
    },
  ],
});

/** In points: finer than any printer. */
const SEEN = 0.01;

/** Returns what is wrong, if anything is. */
type OutputCheck = (patched: string, plain: string) => string | false;

interface PatchCheck {
  readonly line?: string;
  /** "Sans" where none is named. */
  readonly font?: Family;
  /** What is set instead of a page with the line. */
  readonly definition?: () => TDocumentDefinitions;
  /** What is left out to see the package as it comes: the patch alone, if nothing is given. */
  readonly without?: readonly Patch[];
  readonly compare: OutputCheck;
  /** What it saves: a second document with it calls this less than half as often as one without. */
  readonly saves?: { readonly owner: object; readonly method: string };
}

const MENDED = "the package does so by itself by now: take the patch out";

const sameBytes: OutputCheck = (patched, plain) => patched !== plain && "the page is another one";

const tagged: OutputCheck = (patched, plain) =>
  (!(patched.includes("/P <</MCID 0>> BDC") && patched.includes("/P <</MCID 1>> BDC")) &&
    "what is written is not marked with its elements") ||
  (different(lettersOf(patched), lettersOf(plain)) && "letters stand elsewhere") ||
  (plain.includes("/MCID") && MENDED);

/** `clusters` is a part of two patches. */
const CHECKS: Readonly<Record<Patch | "clusters", PatchCheck>> = {
  "shared-faces": {
    compare: sameBytes,
    saves: { owner: Object.getPrototypeOf(openFace(FONTS.Sans.normal)) as object, method: "layout" },
  },
  "style-lookup": { compare: sameBytes, saves: { owner: Stack.prototype, method: "getProperty" } },
  drawings: {
    compare: (patched, plain) =>
      (count(patched, "\nq\n") >= count(plain, "\nq\n") && "each mark of a chart has a state of its own") ||
      (different(lettersOf(patched), lettersOf(plain)) && "letters stand elsewhere"),
  },
  lines: {
    compare: (patched, plain) =>
      (count(patched, "\nBT\n") >= count(plain, "\nBT\n") && "no words are set at once") ||
      (different(lettersOf(patched), lettersOf(plain)) && "letters stand elsewhere"),
  },
  "bold-scripts": {
    ...{ line: "\u0645\u062d\u0645\u062f", font: "Arabic" },
    compare: (patched, plain) =>
      (count(patched, "\n2 Tr\n") !== 1 && "bold letters of a face of one weight have no outline") ||
      (plain.includes("2 Tr") && MENDED),
  },
  phrases: {
    ...{
      line: "\u0e01\u0e23\u0e38\u0e07\u0e40\u0e17\u0e1e\u0e21\u0e2b\u0e32\u0e19\u0e04\u0e23".repeat(20),
      font: "Thai",
    },
    compare: (patched, plain) => patched === plain && "a phrase is not cut where its words end",
  },
  hyphens: {
    definition: narrow,
    compare: (patched, plain) =>
      (!/^Feather\p{L}+\u00ad\p{L}+$/u.test(textOf(patched)) && "a word that is cut has no hyphen") ||
      (textOf(plain).includes("\u00ad") && MENDED),
  },
  "tall-blocks": {
    definition: tall,
    compare: (patched, plain) =>
      (!textOf(patched).includes("<39>end") && "a block taller than a page is not whole") ||
      (textOf(plain).includes("<39>") && MENDED),
  },
  "lower-drawings": {
    definition: lowerable,
    compare: (patched, plain) =>
      (count(patched, "/Type /Page\n") !== 1 && "a chart does not give way to what its page has already") ||
      (count(plain, "/Type /Page\n") === 1 && MENDED),
  },
  "script-lines": {
    ...{ line: "\u0645\u062d\u0645\u062f", font: "Arabic" },
    compare: (patched, plain) => patched === plain && "a line of another script is higher than others",
  },
  "glyph-text": {
    line: SHARED,
    without: ["glyph-text", "lines"],
    compare: (patched, plain) =>
      (count(textOf(patched), SHARED) !== 2 && `the text is "${textOf(patched)}"`) ||
      (patched.includes("[<0000>") && "the glyph for a missing character reads as U+0000") ||
      (textOf(plain).startsWith(SHARED) && MENDED),
  },
  clusters: {
    ...{ line: CLUSTER, font: "Devanagari", without: ["lines", "glyph-text"] },
    compare: (patched, plain) =>
      (!isOneGlyph(patched) && "a letter with its vowel is not one glyph") || (isOneGlyph(plain) && MENDED),
  },
  metadata: {
    compare: (patched, plain) =>
      (!patched.includes(">Smith &amp; Co &lt;Manly&gt;<") && "the title is not escaped in the XMP packet") ||
      (!plain.includes(">Smith & Co <Manly><") && MENDED),
  },
  "keep-together": {
    definition: parted,
    compare: (patched, plain) =>
      (!textOf(patched).endsWith("H678") && "the last rows of a table do not stay together") ||
      (!textOf(plain).endsWith("H8") && MENDED),
  },
  bookmarks: {
    definition: parted,
    compare: (patched, plain) =>
      (!/\/Dest \[\d+ 0 R \/XYZ 20 180 null\]/.test(patched) && "a bookmark does not open at its line") ||
      (!/\/Dest \[\d+ 0 R \/XYZ 200 200 0\]/.test(plain) && MENDED),
  },
  "structure-content": { without: ["structure-content", "structure-layout"], compare: tagged },
  "structure-layout": { without: ["structure-content", "structure-layout"], compare: tagged },
  "object-streams": {
    compare: (patched, plain) => {
      if (!patched.includes("/Type/ObjStm")) return "objects are not packed";
      return plain.includes("/ObjStm") && MENDED;
    },
  },
  "shared-pictures": {
    compare: (patched, plain) =>
      (count(patched, "/Subtype /Image") !== 1 && "a picture that is used twice is not embedded once") ||
      (count(plain, "/Subtype /Image") !== 2 && MENDED),
  },
};

async function found(): Promise<readonly string[]> {
  unpatch();
  const problems: string[] = [];
  for (const [
    patch,
    {
      line = PLAIN,
      font = "Sans",
      without = patch === "clusters" ? [] : [patch],
      compare,
      definition = () => page(line, font),
      saves,
    },
  ] of Object.entries(CHECKS) as [keyof typeof CHECKS, PatchCheck][]) {
    // What is compressed cannot be compared.
    const packed: readonly Patch[] = patch === "object-streams" ? [] : ["object-streams"];
    const difference = compare(await written(definition, packed), await written(definition, [...packed, ...without]));
    if (difference !== false) problems.push(`src/render/patches: ${patch}: ${difference}`);
    if (saves === undefined) continue;
    const calls = (left: readonly Patch[]) => callsOf(saves, () => written(definition, [...packed, ...left]));
    if (2 * (await calls([])) > (await calls(without))) problems.push(`src/render/patches: ${patch}: it saves nothing`);
  }
  return problems;
}

async function written(definition: () => TDocumentDefinitions, without: readonly Patch[]): Promise<string> {
  const undo = applyPatches(without);
  try {
    return Buffer.from(await writePdf(definition(), null, () => {})).toString("latin1");
  } finally {
    undo();
  }
}

/** How often the second of two documents calls the method. */
async function callsOf(
  { owner, method }: NonNullable<PatchCheck["saves"]>,
  write: () => Promise<string>,
): Promise<number> {
  await write();
  const methods = owner as Record<string, (...values: unknown[]) => unknown>;
  const original = methods[method];
  let calls = 0;
  const undo = override(method, methods, {
    [method](...values: unknown[]) {
      calls += 1;
      return original?.apply(this, values);
    },
  });
  await write();
  undo();
  return calls;
}

/** A face that has no anchor for a caron on an X. */
function anchorProblems(): readonly string[] {
  const shape = (mended: boolean) => {
    const font = fontkit.create(readFileSync(FONTS.Serif.normal));
    if (!("layout" in font)) throw new Error("a face is a collection");
    if (mended) skipMissingAnchors(font);
    try {
      return font.layout("X\u030c").glyphs.length;
    } catch {
      return null;
    }
  };
  if (shape(true) !== 2) return ["src/render/patches: mark-anchors: a mark without an anchor is not set"];
  return shape(false) === null ? [] : [`src/render/patches: mark-anchors: ${MENDED}`];
}

/** As pdfmake finds it: a second copy of another version would be patched without effect. */
function manifest(name: string): string {
  return Bun.resolveSync(`${name}/package.json`, dirname(Bun.resolveSync("pdfmake/package.json", import.meta.dir)));
}

function versionProblems(): readonly string[] {
  return WRITTEN_FOR.flatMap(([name, version]) => {
    const { version: installed } = JSON.parse(readFileSync(manifest(name), "utf8")) as { version: string };
    return installed === version
      ? []
      : [`src/render/patches are for ${name} ${version}, and ${installed} is installed`];
  });
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

/** The cluster, before a blank. */
function isOneGlyph(pdf: string): boolean {
  const [first, second] = lettersOf(pdf);
  return first?.text === CLUSTER && second?.text === " ";
}

function textOf(pdf: string): string {
  return lettersOf(pdf)
    .map(({ text }) => text)
    .join("");
}

function different(some: readonly Letter[], others: readonly Letter[]): boolean {
  return (
    some.length !== others.length ||
    some.some((letter, at) => {
      const other = others[at];
      return (
        other === undefined ||
        letter.text !== other.text ||
        letter.size !== other.size ||
        Math.hypot(letter.x - other.x, letter.y - other.y) > SEEN
      );
    })
  );
}

const bundled = bundledProblems();
const problems = [...(await found()), ...anchorProblems(), ...versionProblems(), ...(await bundled)];
for (const problem of problems) console.error(problem);
process.exit(problems.length === 0 ? 0 : 1);
