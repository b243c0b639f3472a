import { fullGC, heapStats } from "bun:jsc";
import { expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import fc from "fast-check";
import type { TDocumentDefinitions } from "pdfmake/interfaces";
import { openFace } from "../../src/render/fonts/face.ts";
import { covers, type Family, FONTS, REPLACEMENT } from "../../src/render/fonts/fonts.ts";
import { runsFromRight, scriptOf } from "../../src/render/fonts/scripts.ts";
import { writePdf } from "../../src/render/pdf.ts";
import { clean, inlines, runs } from "../../src/render/style/text.ts";
import { temporaryFolder } from "../e2e/binary.ts";
import { withPrograms } from "../programs.ts";
import { dataOf, objectsOf } from "./pdf-objects.ts";
import { SCRIPT_NAMES } from "./script-names.ts";

setDefaultTimeout(60_000);

const folder = temporaryFolder();
const NAMES = Object.values(SCRIPT_NAMES).flat().map(clean);

test("names of more than thirty scripts have a font", () => {
  expect(Object.keys(SCRIPT_NAMES).length).toBeGreaterThan(30);
  for (const names of Object.values(SCRIPT_NAMES)) expect(names.length).toBeGreaterThanOrEqual(10);
  expect(NAMES.filter((name) => runs(name, "Sans").some(({ text }) => text.includes(REPLACEMENT)))).toEqual([]);
});

test("a face takes no more memory than its tables and the outlines that are used", async () => {
  // A file of its own is opened again, whatever was opened before.
  const path = join(folder, "face.ttf");
  await Bun.write(path, Bun.file(FONTS.Han.normal));
  const external = () => {
    fullGC();
    return heapStats().extraMemorySize;
  };
  const before = external();
  const face = openFace(path);
  for (const { path } of face.layout("李小龙").glyphs) expect(path.commands.length).toBeGreaterThan(5);
  const taken = external() - before;
  expect(taken).toBeGreaterThan(0);
  expect(taken).toBeLessThan(Bun.file(path).size / 3);
});

interface Glyph {
  readonly g: number;
  readonly dx: number;
  readonly dy: number;
  readonly ax: number;
}

withPrograms("hb-shape")("letters are joined, ordered and placed as HarfBuzz does it, glyph for glyph", async () => {
  const words = new Map<string, Set<string>>();
  for (const { text, family } of NAMES.flatMap((name) => name.split(" ")).flatMap((word) => runs(word, "Sans"))) {
    // A middle dot is drawn as one that looks like it.
    if (text === "\u30fb") continue;
    const key = `${FONTS[family].normal} ${runsFromRight(text) ? "rtl" : "ltr"}`;
    words.set(key, (words.get(key) ?? new Set()).add(text));
  }
  for (const [key, texts] of words) {
    const [path = "", direction] = key.split(" ");
    const lines =
      await Bun.$`hb-shape --no-glyph-names --output-format=json --direction=${direction} --font-file=${path} --text-file=- < ${Buffer.from([...texts].join("\n"))}`.text();
    const wanted = lines
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as readonly Glyph[]);
    for (const [index, text] of [...texts].entries()) {
      const { glyphs, positions } = openFace(path).layout(text);
      const placed = glyphs.map(({ id }, at) => {
        const { xOffset = 0, yOffset = 0, xAdvance = 0 } = positions[at] ?? {};
        return [id, xOffset, yOffset, xAdvance].map(Math.round);
      });
      expect({ text, placed }).toEqual({
        text,
        placed: (wanted[index] ?? []).map(({ g, dx, dy, ax }) => [g, dx, dy, ax]),
      });
    }
  }
});

test("no glyph stands for a joiner alone, which pdf.js leaves out of the text", () => {
  for (const word of ["क्\u200cष", "क्\u200dष", "र\u200dय", "علی\u200cرضا", "گل\u200cنار"])
    for (const { text, family } of runs(clean(word), "Sans")) {
      const characters = openFace(FONTS[family].normal)
        .layout(text)
        .glyphs.map(({ codePoints }) => codePoints);
      const inOrder = runsFromRight(text) ? characters.toReversed().map((each) => each.toReversed()) : characters;
      expect(String.fromCodePoint(...inOrder.flat())).toBe(text);
      expect(characters.filter((each) => each.length > 0 && each.every((c) => c === 0x200c || c === 0x200d))).toEqual(
        [],
      );
    }
});

/** A page of lines, each with its number before it. */
async function written(lines: readonly string[], font: Family = "Sans"): Promise<string> {
  const path = join(folder, `${Bun.randomUUIDv7()}.pdf`);
  const definition: TDocumentDefinitions = {
    ...{ version: "1.7", defaultStyle: { font, fontSize: 9 }, info: { creationDate: new Date(0) } },
    content: lines.map((line, index) => ({
      text: [{ text: `${index}= ` }, ...inlines(line, {}, font), { text: " ." }],
    })),
  };
  await Bun.write(path, await writePdf(definition, null, () => {}));
  return path;
}

/** The lines that a reader does not extract as they were set. */
function lost(lines: readonly string[], extracted: string): readonly string[] {
  const text = extracted.replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]|\s/g, "");
  return lines.filter((line, index) => !text.includes(`${index}=${line.replaceAll(" ", "")}.`));
}

const poppler = (path: string) => Bun.$`pdftotext -raw ${path} -`.text();
const mupdf = (path: string) => Bun.$`mutool draw -q -F txt ${path}`.text();

withPrograms("pdftotext", "mutool")(
  "poppler and MuPDF extract names as they were set, in every script that runs from the left",
  async () => {
    // MuPDF writes the letters of a ligature that is one character.
    const names = NAMES.filter((name) => !runsFromRight(name) && !/[\ufb00-\ufb06]/.test(name));
    expect(names.length).toBeGreaterThan(300);
    const path = await written(names);
    expect(lost(names, await poppler(path))).toEqual([]);
    expect(lost(names, await mupdf(path))).toEqual([]);
    const { objects } = await objectsOf(path);
    const maps = Object.values(objects).map((object) => dataOf(object).toString("latin1"));
    expect(maps.filter((map) => map.includes("beginbfrange") && /<>/.test(map))).toEqual([]);
  },
);

withPrograms("pdftotext", "mutool")(
  "poppler extracts Hebrew, Arabic and Syriac as they were set, vowels too",
  async () => {
    const names = ["Hebrew", "Arabic", "Syriac"]
      .flatMap((script) => SCRIPT_NAMES[script] ?? [])
      .map(clean)
      // It takes the words around a number in another order.
      .filter((name) => !/[\u0660-\u0669\u06f0-\u06f9]/.test(name));
    const path = await written(names);
    const extracted = await Bun.$`pdftotext ${path} -`.text();
    for (const name of names) expect(extracted.replace(/[\u200e\u200f\u202a-\u202e]/g, "")).toContain(name);
    // MuPDF 1.21 leaves letters as they are on paper, from the left (docs/upstream.md).
    const turned = (name: string) =>
      name
        .split(" ")
        .map((word) => Array.from(word).reverse().join(""))
        .join("");
    const standing = (await mupdf(path)).replace(/\s/g, "");
    for (const name of names) expect(standing).toContain(turned(name));
  },
);

/** Yoruba, Marshallese, Guaraní and others: letters with marks that no character is composed of, or no face has composed. */
const MARKED = ["Ọ̀ṣunlàjà Ẹ̀ṣọ́", "Q̈uinn X̌avier", "Ẍeniẍ Ǩoan", "M̧ajr̥o n̂g ŋ́o", "Pykasũ g̃uarã", "Zhe⸺Lee"].map(clean);

withPrograms("pdftotext", "mutool").each(["Sans", "Serif"] as const)(
  "a letter with its marks is one glyph, extracted as it was sent: %s",
  async (font) => {
    const path = await written(MARKED, font);
    const [read, drawn] = [await Bun.$`pdftotext ${path} -`.text(), await mupdf(path)];
    for (const name of MARKED) {
      expect(read).toContain(name);
      expect(drawn).toContain(name);
    }
    const { objects } = await objectsOf(path);
    const maps = Object.values(objects).map((object) => dataOf(object).toString("latin1"));
    expect(maps.filter((map) => map.includes("beginbfrange") && map.includes("<>"))).toEqual([]);
  },
);

test("a mark that the face has no place for on its letter is centred above it, and on the marks before", () => {
  const face = openFace(FONTS.Serif.normal);
  for (const letters of ["Q\u0308", "J\u030c", "\u1ecc\u0300", "X\u030c\u0301"]) {
    const { glyphs, positions } = face.layout(letters);
    const boxes: (typeof face)["bbox"][] = [];
    let pen = 0;
    for (const [at, { id }] of glyphs.entries()) {
      const { minX, maxX, minY, maxY } = face.getGlyph(id).bbox;
      const { xOffset = 0, yOffset = 0, xAdvance = 0 } = positions[at] ?? {};
      const x = pen + xOffset;
      boxes.push({ minX: minX + x, maxX: maxX + x, minY: minY + yOffset, maxY: maxY + yOffset } as typeof face.bbox);
      pen += xAdvance;
    }
    const [letter] = boxes;
    expect(boxes.length).toBeGreaterThan(1);
    for (const [at, box] of boxes.slice(1).entries()) {
      expect(Math.abs(box.minX + box.maxX - (letter?.minX ?? 0) - (letter?.maxX ?? 0))).toBeLessThanOrEqual(2);
      expect(box.minY).toBeGreaterThan(boxes[at]?.maxY ?? 0);
    }
  }
});

const FROM_LEFT = (Object.keys(FONTS) as Family[]).flatMap((family) => {
  const letters: string[] = [];
  for (let codePoint = 0x0530; codePoint < 0xac00; codePoint++) {
    const letter = String.fromCodePoint(codePoint);
    if (scriptOf(codePoint) === family && /[\p{L}\p{M}\p{Nd}]/u.test(letter) && covers(family, codePoint))
      letters.push(letter);
  }
  return letters.length === 0 || letters.some(runsFromRight) ? [] : [letters];
});

withPrograms("pdftotext", "mutool")("any letters and marks of a script are extracted as they were set", async () => {
  expect(FROM_LEFT.length).toBeGreaterThan(18);
  const words = FROM_LEFT.map((letters) =>
    fc
      .tuple(
        fc.constantFrom(...letters.filter((letter) => /\p{L}/u.test(letter))),
        fc.array(fc.constantFrom(...letters, "\u200c", "\u200d"), { minLength: 1, maxLength: 7 }),
      )
      .map(([first, rest]) => clean(first + rest.join("")))
      // MuPDF takes the same mark twice at one position for one that is printed bold.
      .filter((word) => !/(.)\1/u.test(word)),
  );
  await fc.assert(
    fc.asyncProperty(fc.tuple(...words, ...words, ...words), async (lines) => {
      const set = lines.filter((line) => runs(line, "Sans").every(({ text }) => text !== REPLACEMENT));
      const path = await written(set);
      expect(lost(set, await poppler(path))).toEqual([]);
      expect(lost(set, await mupdf(path))).toEqual([]);
    }),
    { numRuns: 4, endOnFailure: true },
  );
});
