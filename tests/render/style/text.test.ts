import { expect, test } from "bun:test";
import fc from "fast-check";
import { covers, REPLACEMENT } from "../../../src/render/fonts/fonts.ts";
import { clean, cutApart, fit, hasUncovered, measure, runs, shorten } from "../../../src/render/style/text.ts";

const words = fc.string({ unit: "binary", maxLength: 60 });

test("names of Latin Extended are set in the text face alone", () => {
  for (const name of ["Nguyễn Thị Hương", "Tāmati Ngāti Whātua", "Łukasz Żółć", "O'Brien & Søns", "$1.2m – 45 % †"])
    expect(runs(name, "Sans")).toEqual([{ text: name, family: "Sans" }]);
});

test("Chinese, Japanese and Korean names get the faces that have them, and only where they need them", () => {
  expect(runs("Lily 陳大文 Chen", "Serif")).toEqual([
    { text: "Lily ", family: "Serif" },
    { text: "陳大文", family: "Han" },
    { text: " Chen", family: "Serif" },
  ]);
  expect(runs("さくら", "Sans")).toEqual([{ text: "さくら", family: "Han" }]);
  expect(runs("김민수", "Sans")).toEqual([{ text: "김민수", family: "Hangul" }]);
});

test("what no face covers becomes one visible mark for each character a reader would see", () => {
  expect(
    runs("Smith 🏡", "Sans")
      .map(({ text }) => text)
      .join(""),
  ).toBe(`Smith ${REPLACEMENT}`);
  expect(
    runs("👨‍👩‍👧", "Serif")
      .map(({ text }) => text)
      .join(""),
  ).toBe(REPLACEMENT);
});

test("control characters and those that turn a name around are gone", () => {
  expect(clean("Smith\u202e & \u0000Co\u200b\r\n Pty\tLtd")).toBe("Smith & Co Pty Ltd");
  expect(clean("Zoe\u0308")).toBe("Zoë");
  // How a letter is to be drawn, where the font has several of it.
  expect(clean("神\ufe00 V\ufe0f 葛\u{e0100}")).toBe("神 V 葛");
});

test("what is all invisible is a visible mark, and is one that no font has the letters of", () => {
  for (const name of ["\u200b", "\u00ad\u2060", "\ud800", "\ufe0f"]) {
    expect(runs(name, "Sans")).toEqual([{ text: REPLACEMENT, family: "Sans" }]);
    expect(hasUncovered(name)).toBe(true);
  }
  expect(["", " ", "Zoe\u00ad"].map(hasUncovered)).toEqual([false, false, false]);
  expect(["", " "].map(clean)).toEqual(["", " "]);
});

test("whatever a name is made of, every run is covered by its face, and nothing invisible is left", () => {
  fc.assert(
    fc.property(words, (name) => {
      for (const { text, family } of runs(name, "Sans")) {
        expect(text).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u);
        for (const character of text) expect(covers(family, character.codePointAt(0) ?? 0)).toBe(true);
      }
    }),
  );
});

test("a text that is cut to a width has it, and one that is cut to a length has that", () => {
  fc.assert(
    fc.property(words, fc.integer({ min: 20, max: 200 }), (name, width) => {
      expect(measure(fit(name, width, "Sans", 9), "Sans", 9)).toBeLessThanOrEqual(width + 0.001);
      expect([...new Intl.Segmenter().segment(shorten(name, 12))].length).toBeLessThanOrEqual(12);
    }),
  );
});

test("what is cut short ends behind a word, unless that is most of it", () => {
  const name = "The Very Long Established Northern Beaches Residential Property Company";
  expect(shorten(name, 40)).toBe("The Very Long Established Northern…");
  expect(shorten("The Very Long Established", 14)).toBe("The Very Long…");
  expect(shorten("Ng Wolfeschlegelsteinhausenbergerdorff", 20)).toBe("Ng Wolfeschlegelste…");
  expect(fit(name, 150, "Sans", 9)).toMatch(/^The Very Long Established( Northern)?…$/);
});

test("names that would be cut alike are cut in the middle, with as many of the shared words as fit", () => {
  const cutTo = (length: number, ...names: string[]) => names.map(cutApart(names, (name) => shorten(name, length)));
  expect(cutTo(26, "Gull Realty Northern Beaches Manly", "Gull Realty Northern Beaches Dee Why", "Tern & Co")).toEqual([
    ...["Gull Realty … Manly", "Gull Realty … Dee Why", "Tern & Co"],
  ]);
  // One that is alone is cut at its end, and so is what no place makes shorter.
  expect(cutTo(14, "Gull Realty Northern Beaches", "Tern Realty Northern Beaches")).toEqual([
    ...["Gull Realty…", "Tern Realty…"],
  ]);
  expect(cutTo(20, "Gull Realty Northern Beaches", "Gull Realty Northern Beaches Manly")).toEqual([
    ...["Gull … Beaches", "Gull … Beaches Manly"],
  ]);
  expect(cutTo(8, "Gullrealtymanly", "Gullrealtydeewhy")).toEqual(["Gullrea…", "Gullrea…"]);
});
